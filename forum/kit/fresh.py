"""Pages that did not change are not sent again: an ETag made of versions, asked for before the page is made."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, session

from forum.kit.clock import now

#: where an app keeps what its every page shows besides
EVERY_PAGE = "every_page"


def on_every_page(app: Flask, facts: Callable[[], Any]) -> None:
    """What `facts` says (the reader's groups, with counts) is on every page: when it changes, pages are sent anew."""
    app.extensions.setdefault(EVERY_PAGE, []).append(facts)


def tag(*facts: Any) -> str:
    """The ETag of a page that is made of these facts, of what every page shows, and of our templates and assets."""
    noted: list[Callable[[], Any]] = current_app.extensions.get(EVERY_PAGE, [])
    asset: Any = current_app.jinja_env.globals["asset"]
    made_of = look(current_app.root_path), asset("css/site.css")
    words = repr((facts, [also() for also in noted], made_of))
    return hashlib.blake2b(words.encode(), digest_size=12).hexdigest()


def by_text(page: bytes) -> str:
    """The ETag of a page by what it says, where naming all that it is made of takes as long as making it."""
    return hashlib.sha256(page).hexdigest()[:24]


def often(minutes: int = 10) -> int:
    """What changes every few minutes: in the tag of a page that says '20 min ago'."""
    return int(now().timestamp()) // (60 * minutes)


def unchanged(name: str) -> Response | None:
    """The empty answer 304, if the reader has this very page. Never when something is to be said to them once."""
    if "_flashes" in session or not request.if_none_match.contains_weak(name):
        return None
    return stamped(Response(status=304), name)


def stamped(reply: Response, name: str) -> Response:
    """The reply with its ETag; for its reader's own browser alone, and asked again each time."""
    reply.set_etag(name, weak=True)
    reply.headers["Cache-Control"] = "private, no-cache"
    return reply


@lru_cache(maxsize=8)
def look(root: str) -> str:
    """A hash over the templates of the app in that folder: it changes when the site is updated."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted((Path(root) / "templates").rglob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
