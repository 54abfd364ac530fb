"""What every answer carries: no foreign code, no guessing, no sharing, and a number to find it in the log.

A view that sets one of these itself keeps its own (a download is sandboxed by its own policy).
"""

import secrets

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
ALWAYS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
TWO_YEARS = "max-age=63072000"


def init_app(app: Flask) -> None:
    """Every answer of the app carries the headers, and every request has a number."""
    app.before_request(number)
    app.after_request(protect)
    app.jinja_env.globals["request_id"] = request_id


def number() -> None:
    """Gives the request its number."""
    g.request_id = secrets.token_hex(8)


def request_id() -> str:
    """The number of this request: 16 hexadecimal digits, also in the log and on error pages."""
    if "request_id" not in g:
        number()
    return str(g.request_id)


def protect(reply: Response) -> Response:
    """The same reply with its headers."""
    wanted = [*ALWAYS]
    if reply.mimetype == "text/html":
        wanted.append(("Cache-Control", "private, no-cache"))
    if request.is_secure:
        wanted.append(("Strict-Transport-Security", TWO_YEARS))
    there = {name.lower() for name, _ in reply.headers}
    for name, value in wanted:
        if name.lower() not in there:
            reply.headers.add(name, value)
    reply.headers["X-Request-Id"] = request_id()
    return reply
