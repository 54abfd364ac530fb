"""The app's class: what Flask and Jinja work out anew for each request, though it stays the same, is worked out once.

Together a sixteenth of a page's time. Each is a place that Flask or Jinja leaves open to be overridden.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from forum.kit.escaping import escaped_text
from forum.kit.web import Request


class Generator(CodeGenerator):
    """Templates' code: what is markup already is written as it is, without a copy of it."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class Drawing(Environment):
    """The environment of our templates."""

    code_generator_class = Generator

    @staticmethod
    def escaped(value: Any) -> str:
        """The value as it may stand in HTML."""
        kind = type(value)
        return value if kind is Markup else escaped_text(value) if kind is str else escape(value)


class Sessions(SecureCookieSessionInterface):
    """Session cookies as Flask makes them, with one signer for as long as the keys stay."""

    def __init__(self) -> None:
        self._signers: dict[Any, URLSafeTimedSerializer | None] = {}

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs with the app's key."""
        keys = app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ())
        if keys not in self._signers:
            self._signers[keys] = super().get_signing_serializer(app)
        return self._signers[keys]


class Site(Flask):
    """Flask, without functions to be awaited."""

    request_class = Request
    jinja_environment = Drawing

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: ours are all plain ones."""
        return func
