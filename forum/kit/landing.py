"""Where a form sent by script lands: the redirect is told, not followed.

A browser that follows a 303 for a script drops the #fragment and fetches the page twice, and with it swallows the
words that were meant for the reader. So upload.js says what it is, and gets 201 with the same Location.
"""

from flask import Flask, Response, request


def init_app(app: Flask) -> None:
    """Redirects to upload.js are told from now on."""
    app.after_request(tell)


def tell(reply: Response) -> Response:
    """The same reply; for upload.js a redirect becomes 201 Created."""
    if reply.status_code == 303 and request.headers.get("X-Requested-With") == "upload":
        reply.status_code = 201
    return reply
