"""Pages leave compressed when the client takes it: gzip, fast, above a kilobyte, and never a stream."""

import zlib
from functools import lru_cache

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

SMALLEST = 1_024  # bytes; below it the header costs more than it saves
LEVEL = 4


def init_app(app: Flask) -> None:
    """Pages of the app are compressed from now on."""
    app.after_request(compress)


def compress(reply: Response) -> Response:
    """The same reply, smaller. Its ETag becomes weak: the page is the same, the bytes are not."""
    if reply.mimetype != "text/html" or reply.direct_passthrough or reply.is_streamed:
        return reply
    reply.vary.add("Accept-Encoding")
    if not takes_gzip(request.headers.get("Accept-Encoding", "")) or len(body := reply.get_data()) < SMALLEST:
        return reply
    packer = zlib.compressobj(LEVEL, wbits=31)
    reply.set_data(packer.compress(body) + packer.flush())
    reply.headers["Content-Encoding"] = "gzip"
    tag, weak = reply.get_etag()
    if tag and not weak:
        reply.set_etag(tag, weak=True)
    return reply


@lru_cache(maxsize=64)
def takes_gzip(accepted: str) -> bool:
    """Whether this Accept-Encoding header allows gzip."""
    return parse_accept_header(accepted, Accept).quality("gzip") > 0
