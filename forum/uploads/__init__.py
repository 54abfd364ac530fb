"""The bytes of files, and the rows that name them. The only writer of both.

A view that takes files calls `expect()` once it knows that the person may upload, and before it reads the form.
`receive` then makes drafts, seen by their uploader alone; `attach` and `publish` post them. Nothing here commits:
bytes are kept with the transaction that names them, and removed when it is rolled back.
"""

import logging
from typing import Any

from flask import Flask, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from forum.kit.storage import Arrivals
from forum.kit.when import filesize, plural
from forum.uploads.arriving import add_file, megabytes, receive, replace
from forum.uploads.carrying import Carried, carry
from forum.uploads.looking import (
    GRACE,
    damaged,
    live_versions,
    missing,
    named,
    orphans,
    ours,
    slides_without_pictures,
    sweep_strays,
)
from forum.uploads.offering import too_many, waiting
from forum.uploads.place import LARGEST, Unstored, at_hand, keep_picture, photo_key_of, store, store_at, stream_of
from forum.uploads.posting import (
    attach,
    attached,
    discard,
    drafts,
    hide,
    kept,
    marks,
    publish,
    recount,
    remove,
    restore,
)
from forum.uploads.quota import Full
from forum.uploads.reading import (
    attached_to,
    opens_inline,
    type_label,
    way_to_open,
)
from forum.uploads.scanning import alone, counts, judge, state_of, unscanned, virus_in
from forum.uploads.sending import (
    TooLarge,
    WrongType,
    arrived,
    begin,
    begun,
    end,
    expires,
    finish,
    give_up,
    held,
    stale,
    take_back,
    touch,
    unchecked,
)
from forum.uploads.slides import RENDERER, await_again, drop_pictures
from forum.uploads.versions import OPEN, adopt, again, withdraw

__all__ = [
    "GRACE", "LARGEST", "OPEN", "RENDERER", "Carried", "Full", "TooLarge", "Unstored", "WrongType", "add_file",
    "adopt", "again", "alone", "arrived", "at_hand", "attach", "attached", "attached_to", "await_again", "begin",
    "begun", "carry", "counts",
    "damaged", "discard", "drafts", "drop_pictures", "end", "expect", "expires", "finish", "give_up", "held", "hide",
    "init_app", "judge", "keep_picture", "kept", "live_versions", "marks", "megabytes", "missing", "named",
    "opens_inline", "orphans", "ours", "photo_key_of", "publish", "receive", "recount", "remove", "replace", "restore",
    "slides_without_pictures", "stale", "state_of", "store", "store_at", "stream_of", "sweep_strays", "take_back",
    "too_many", "touch", "type_label", "unchecked", "unscanned", "virus_in", "waiting", "way_to_open", "withdraw",
]  # fmt: skip

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Limits every request, and makes the folder of the files."""
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_REQUEST"]
    app.jinja_env.filters["type_label"] = type_label
    try:
        store_at(app.config["STORAGE_URL"], app.config).prepare()
    except OSError as error:
        log.warning("Files can't be stored: %s", error)


def expect() -> None:
    """From now on this request may bring files: they go straight to disk, counted and hashed. Once is enough."""
    config, asked, place = current_app.config, request, store()
    if getattr(asked, "arrivals", None) is not None:
        return
    try:
        if asked.mimetype == "multipart/form-data":  # no other form brings files
            place.prepare()
    except OSError as error:
        raise Unstored from error
    arriving: Any = asked
    arriving.take_files(Arrivals(place.incoming, config["MAX_UPLOAD"], config["MAX_FILES"]), config["MAX_REQUEST"])
    if (length := asked.content_length or 0) > (asked.max_content_length or 0):
        each, most = megabytes(config["MAX_UPLOAD"]), plural(config["MAX_FILES"], "file")
        limits = f"A file can be up to {each}, and {most} at a time."
        raise RequestEntityTooLarge(f"This is {filesize(length)} at once. {limits}")
