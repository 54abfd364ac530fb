"""Bytes that are kept, as an answer: whole, a part of them, or the word that they are unchanged."""

from datetime import datetime
from typing import Any

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper, wrap_file

from forum.kit.storage import BLOCK
from forum.kit.store import Store

#: what nginx can't answer, since it does not know our ETag
OURS = ("If-Range", "If-Match", "If-Unmodified-Since")


def answer(store: Store, key: str, media_type: str, etag: str, modified: datetime | None, accel: str = "") -> Response:
    """The answer to this request for the bytes of a key. `accel`: the place in nginx that hands them out for us.

    A reader who has them already costs the store nothing. Raises OSError, RequestedRangeNotSatisfiable.
    """
    reply = Response(mimetype=media_type)
    reply.set_etag(etag)
    reply.last_modified = modified
    reply.make_conditional(request.environ)
    if reply.status_code == 304:
        return reply
    if accel and (place := store.beside(key)) and not any(name in request.headers for name in OURS):
        if store.size(key) is None:
            raise FileNotFoundError(place)
        reply.headers["X-Accel-Redirect"] = accel + place
        return reply
    return _filled(reply, *store.open(key))


def _filled(reply: Response, stream: Any, size: int) -> Response:
    """The answer with its bytes. A part begins where it begins: what comes before is not read."""
    whole = "Range" not in request.headers
    reply.response = wrap_file(request.environ, stream, BLOCK) if whole else FileWrapper(stream, BLOCK)
    reply.direct_passthrough = True
    reply.content_length = size
    try:
        reply.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        stream.close()
        raise
    return reply
