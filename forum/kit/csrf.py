"""Every unsafe request proves that it comes from our own pages, before any view runs.

Browsers say where a request comes from (Sec-Fetch-Site, Origin): that is proof, and the page need hold no secret.
For those that do not say, forms carry a token bound to the session; without it the person gets their text back in a
form to send again.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from werkzeug.exceptions import Forbidden
from wtforms import ValidationError

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TOKEN = "csrf_token"  # noqa: S105 a field's name


class Foreign(Forbidden):
    """The request was sent by a page of another site."""

    description = "That came from another website, so we did not act on it. Open the page here and do it again."


class Unproven(Forbidden):
    """The request does not say where it comes from. What was typed is kept and offered again."""

    description = "We could not tell that this came from our own page, so we have not sent it yet."


def init_app(app: Flask) -> None:
    """Unsafe requests are checked from now on; templates know csrf_field()."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    app.before_request(check)
    app.jinja_env.globals["csrf_field"] = csrf_field


def check() -> None:
    """Refuses an unsafe request that is not ours. Sets g.csrf_valid, which every WTForms form honours."""
    if request.method in SAFE or current_app.config.get("WTF_CSRF_ENABLED") is False:
        return
    if getattr(current_app.view_functions.get(request.endpoint or ""), "proves_itself", False):
        return
    ours = said_to_be_ours()
    if ours is False:
        raise Foreign
    if ours is None and not token_fits():
        raise Unproven
    g.csrf_valid = True


def proves_itself(view: Any) -> Any:
    """The view. The secret in its address is proof enough: mail programs post there, from no page of ours."""
    view.proves_itself = True
    return view


def said_to_be_ours() -> bool | None:
    """Whether the browser says that one of our pages sent this; None when it does not say."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin", "null")
    if origin == "null":
        return None
    return origin in our_origins()


def our_origins() -> set[str]:
    """The origins this site answers to: the configured address, and the one that was asked."""
    found = {f"{request.scheme}://{request.host}"}
    if base := current_app.config.get("BASE_URL"):
        found.add("{0.scheme}://{0.netloc}".format(urlsplit(base)))
    return found


def token_fits() -> bool:
    """Whether the token of this session came along. A stranger's upload is not even read."""
    has_session = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    if request.mimetype == "multipart/form-data" and not has_session:
        return False
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.form.get(TOKEN))
    except ValidationError:
        return False
    return True


def csrf_field() -> Markup:
    """The hidden field with the token, only for a browser that does not say where requests come from."""
    if "Sec-Fetch-Site" in request.headers:
        return Markup()
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, generate_csrf())
