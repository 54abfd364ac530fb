"""Refusals and failures in the design of every other page: what happened, what to do, what was typed, a number."""

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from forum.kit.csrf import Unproven
from forum.kit.kept import Kept, kept
from forum.kit.when import plural

OURS = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})
ALONE = frozenset({500, 503})  # rendered without the rail and the reader: these may be what failed


def init_app(app: Flask) -> None:
    """Every HTTP error of the app is a page of ours."""
    app.register_error_handler(HTTPException, page)


def page(error: HTTPException) -> AnyResponse:
    """The page for an error, with its own headers (Allow, Retry-After). Redirects and ready answers pass."""
    code = error.code or 500
    if error.response is not None or code < 400:
        return error.get_response(request.environ)
    values = {"code": code, "says": own_words(error), "wait": waiting_time(error), "kept": kept_after(error)}
    name = "errors/again.html" if isinstance(error, Unproven) else template_for(code)
    reply = Response(drawn_alone(name, values) if code in ALONE else render_template(name, **values), status=code)
    for header, value in error.get_headers(request.environ):
        if header != "Content-Type":
            reply.headers[header] = value
    reply.headers.setdefault("Cache-Control", "private, no-store")
    return reply


def template_for(code: int) -> str:
    """The template of an error, or of its family."""
    return f"errors/{code if code in OURS else 400 if code < 500 else 500}.html"


def drawn_alone(name: str, values: dict[str, object]) -> str:
    """A page drawn without asking anything of the rest of the site."""
    site_name = current_app.config.get("SITE_NAME", "Guildhall")
    return current_app.jinja_env.get_template(name).render(
        site_name=site_name, alone=True, plain=True, session={}, **values
    )


def own_words(error: HTTPException) -> str:
    """The sentence someone here wrote for this error; none when it is only the library's."""
    kind = type(error)
    said = error.description or ""
    if kind.__module__.startswith("forum."):
        return said
    written = kind.__module__ == "werkzeug.exceptions" and isinstance(kind.description, str)
    return said if written and said != kind.description else ""


def waiting_time(error: HTTPException) -> str:
    """In how long to try again, in words; empty when nobody said."""
    seconds = dict(error.get_headers(request.environ)).get("Retry-After", "")
    if not seconds.isdigit():
        return ""
    return plural(-(-int(seconds) // 60), "minute") if int(seconds) > 90 else plural(int(seconds), "second")


def kept_after(error: HTTPException) -> Kept | None:
    """What was typed, to be offered again; a cross-site or wrong request is not."""
    repeatable = isinstance(error, Unproven | InternalServerError) or error.code in {409, 429, 503}
    return kept() if repeatable else None
