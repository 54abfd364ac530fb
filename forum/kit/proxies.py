"""Which addresses the site answers to, and whose word on them it takes."""

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

LOCAL = ("127.0.0.1", "localhost", "[::1]")


def init_app(app: Flask) -> None:
    """Answers 400 to unknown hosts, and to addresses that nothing can have.

    Believes X-Forwarded-* from as many proxies as configured.
    """
    app.config["TRUSTED_HOSTS"] = app.config["TRUSTED_HOSTS"] or [urlsplit(app.config["BASE_URL"]).hostname, *LOCAL]
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(refuse_zeros)


def refuse_zeros() -> None:
    """Refuses an address with a zero byte in it: nothing here is called so, and PostgreSQL can't even be asked."""
    if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
        raise BadRequest
