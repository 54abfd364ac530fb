"""Several files as one zip: those of a folder, or those that were ticked, that the reader may open at that moment."""

import logging
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request
from sqlalchemy import Row

from forum.access import Person, enter, viewer
from forum.kit.filenames import content_disposition
from forum.kit.packing import Part, own_names, zipped
from forum.kit.rates import limiter
from forum.kit.store import Store
from forum.kit.when import filesize, plural
from forum.library import shelves
from forum.library.blueprint import bp
from forum.library.views.adding import by_person
from forum.library.views.downloads import POLICY, counted
from forum.library.views.receiving import note
from forum.models import Group, Receipts
from forum.uploads import megabytes, store

log = logging.getLogger(__name__)
#: files in one zip
MOST = 1_000
LEFT_OUT = "Left out.txt"


def zip_limit() -> str:
    """How many zips a person may have."""
    return str(current_app.config["LIMIT_ZIP"])


@bp.get("/zip")
@limiter.limit(zip_limit, key_func=by_person)
def pack(slug: str) -> Response | tuple[str, int]:
    """The zip; or a page that says why there is none."""
    me = viewer()
    group, folder = enter(me, slug), request.args.get("folder", "")[:60]
    files = shelves.to_pack(me, group, folder, request.args.getlist("n", type=int), MOST)
    if not files:
        return page(group, folder, "Nothing to download", "Tick files in the library first, or choose a folder."), 404
    if words := too_much(files):
        return page(group, folder, "This is too much for one zip", words), 413
    hears = [file for file in files if file.receipts != Receipts.NONE and file.uploader_id != me.id] if me else []
    must = max((file.receipts for file in hears), default=Receipts.NONE)
    if hears and request.args.get("told") != must:
        return page(
            group, folder, "Opening some of these is recorded", "", hears=hears, told=f"{onward()}&told={must}"
        ), 200
    return packed(me, f"{folder or group.name}.zip", files)


def onward() -> str:
    """The address that was asked for, but for what its reader was told."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "told"]
    return f"{request.path}?{urlencode(asked)}"


def page(group: Group, folder: str, title: str, words: str, **more: Any) -> str:
    """Why there is no zip, or not yet."""
    return render_template(
        "library/zip.html", nav="groups", group=group, folder=folder, title=title, words=words, **more
    )


def too_much(files: list[Row[Any]]) -> str:
    """A sentence when these are more, or larger together, than a zip may be; else ''."""
    if len(files) > MOST:
        return f"There are more than {MOST:,} files. Tick those that you need."
    size, most = sum(file.size for file in files), current_app.config["ZIP_MOST"]
    if size <= most:
        return ""
    many = plural(files, "This file has", "files")
    said = f"{many} {filesize(size)}" if len(files) == 1 else f"These {many} have {filesize(size)} together"
    return (
        f"{said}. A zip can have up to {megabytes(most)}: tick fewer of them, or download the large ones by themselves."
    )


def packed(me: Person, name: str, files: list[Row[Any]]) -> Response:
    """The zip, as it is made. Each of its files counts as downloaded, once it is begun."""
    whole = zipped(parts(files))
    reply = Response(told(iter(whole)), mimetype="application/zip")
    reply.content_length = len(whole)
    reply.headers["Content-Disposition"] = content_disposition(name)
    reply.headers["Content-Security-Policy"] = POLICY
    reply.headers["Cache-Control"] = "private, no-store"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.method == "GET":
        for file in files:
            counted.put(file.id, 1)
            note(me, file.id, file)
    return reply


def parts(files: list[Row[Any]]) -> Iterator[Part]:
    """What the zip is made of. What can't be read now is named in a text of its own."""
    place, lost = store(), []
    for file, name in zip(files, own_names(file.name for file in files), strict=True):
        if place.size(file.storage_key) == file.size:
            yield Part(name, file.size, partial(opened, place, file.storage_key))
        else:
            log.error("The bytes of document %s are missing or damaged", file.id)
            lost.append(file.title)
    if lost:
        words = "\r\n".join(["We can't read these files at the moment:", *lost, ""]).encode()
        yield Part(LEFT_OUT, len(words), partial(BytesIO, words))


def opened(place: Store, key: str) -> BinaryIO:
    """The bytes of a file, wherever they are kept."""
    return place.open(key)[0]


def told(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks. Bytes that are gone meanwhile are noted; the reader's browser sees that the zip is cut off."""
    try:
        yield from blocks
    except (OSError, EOFError) as error:
        log.error("A zip was cut off: %s", error)
        raise
