"""Files that come in pieces, by tus 1.0: begun, carried on after whatever happened, taken back.

Only the person who began one, and who may still upload there, meets it; to everybody else it answers as what does not
exist. Refusals are one sentence of plain text: it stands beside the file, in a page that stays where it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, current_app, request, url_for
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.http import http_date

from forum import uploads
from forum.access import Person, can, enter, require, viewer
from forum.kit import tus
from forum.kit.db import db
from forum.kit.filetypes import Refused
from forum.kit.fragments import Busy, Fragment, Mismatch, Proof
from forum.kit.rates import limiter
from forum.library.blueprint import sending
from forum.library.views.adding import by_person, upload_limit
from forum.models import Group, Upload

ALONE: dict[str, Any] = {"provide_automatic_options": False}
STATUS = {uploads.TooLarge: 413, uploads.Full: 413, uploads.WrongType: 415}


def answer(status: int | str, **headers: object) -> Response:
    """An answer without words. `Upload_Offset=5` is the header Upload-Offset."""
    reply = Response(status=status, headers={"Tus-Resumable": tus.VERSION, "Cache-Control": "private, no-store"})
    reply.headers.update({name.replace("_", "-"): str(value) for name, value in headers.items()})
    return reply


def refusal(status: int | str, words: str, **headers: object) -> HTTPException:
    """What to raise to answer with a sentence. Nothing of this request is kept."""
    db.session.rollback()
    reply = answer(status, **headers)
    reply.set_data(words)
    reply.mimetype = "text/plain"
    return HTTPException(response=reply)


def speaks() -> None:
    """Nothing, to a client of our version; the others learn which that is."""
    if request.headers.get("Tus-Resumable") != tus.VERSION:
        raise refusal(412, f"Files come in pieces by tus {tus.VERSION} here.", Tus_Version=tus.VERSION)


@sending.route("", methods=["OPTIONS"], endpoint="ways", **ALONE)
@sending.route("/<code>", methods=["OPTIONS"], endpoint="ways", **ALONE)
def ways(slug: str, code: str = "") -> Response:
    """What this site can do of tus: the same for everybody and every address."""
    return answer(
        204, Tus_Version=tus.VERSION, Tus_Extension=tus.EXTENSIONS, Tus_Max_Size=current_app.config["MAX_UPLOAD"],
        Tus_Checksum_Algorithm=",".join(tus.ALGORITHMS),
    )  # fmt: skip


@sending.route("", methods=["POST"], **ALONE)
@limiter.limit(upload_limit, key_func=by_person)
def begin(slug: str) -> Response:
    """The address to send a file to. What can't be taken is refused before its first byte."""
    me = viewer()
    group = enter(me, slug)
    require(me, "upload", group)
    speaks()
    name, size = what_comes()
    try:
        upload = uploads.begin(me, group, name, size)
    except Refused as error:
        raise refusal(STATUS.get(type(error), 422), str(error)) from None
    db.session.commit()
    place = url_for("sending.progress", slug=slug, code=upload.code)
    return answer(201, Location=place, **state(upload))


def what_comes() -> tuple[str, int]:
    """The name and the length of the file that is to come."""
    size = tus.number(request.headers.get("Upload-Length"))
    if size is None:
        raise refusal(400, "Upload-Length must say how many bytes the file has.")
    try:
        name = tus.metadata(request.headers.get("Upload-Metadata", "")).get("filename", "")
    except ValueError:
        raise refusal(400, "Upload-Metadata can't be read.") from None
    if not name:
        raise refusal(422, "Upload-Metadata must say the file's name, as filename.")
    return name, size


def state(upload: Upload) -> dict[str, Any]:
    """How far it is, as headers; of a draft also whether the virus scanner is at it."""
    scan = {"Upload_Scan": "waiting"} if uploads.unchecked(upload) else {}
    done = {"Upload_Draft": upload.document_n, **scan} if upload.document_n else {}
    offset, ends = uploads.arrived(upload), http_date(uploads.expires(upload))
    return {"Upload_Offset": offset, "Upload_Length": upload.size, "Upload_Expires": ends, **done}


def asked(slug: str, code: str) -> tuple[Person, Group, Upload]:
    """Who asks, where, and for which upload of theirs."""
    me = viewer()
    group = enter(me, slug)
    if not can(me, "upload", group):
        raise NotFound
    upload = uploads.begun(me, group, code)
    speaks()
    return me, group, upload


@contextmanager
def ours() -> Iterator[None]:
    """What stands in the way of writing to an upload, in words."""
    try:
        yield
    except Busy:
        raise refusal(423, "Another part of this file is on its way. Try again in a moment.") from None
    except Mismatch:
        raise refusal("460 Checksum Mismatch", "A part of the file was damaged on its way. Send it again.") from None


@sending.route("/<code>", methods=["HEAD"], **ALONE)
def progress(slug: str, code: str) -> Response:
    """How much of it is here: what to carry on from. Upload-Draft: the number of the draft it has become."""
    _me, _group, upload = asked(slug, code)
    return answer(200, **state(upload))


@sending.route("/<code>", methods=["PATCH"], **ALONE)
def carry_on(slug: str, code: str) -> Response:
    """The next bytes; with the last of them the file is checked, and becomes a draft."""
    me, group, upload = asked(slug, code)
    offset, proof = announced()
    if upload.document_n:
        fits(upload, offset, upload.size)
        return answer(204, **state(upload))
    with ours(), uploads.held(upload) as fragment:
        fits(upload, offset, fragment.size)
        take(upload, fragment, upload.size - offset, proof)
        db.session.commit()  # nobody else waits to write while a large file is read once more
        if fragment.size == upload.size:
            finish(upload, fragment, me, group)
            db.session.commit()
    return answer(204, **state(upload))


def announced() -> tuple[int, Proof | None]:
    """Where the bytes of this request belong, and the digest they must have."""
    if request.mimetype != tus.PIECE:
        raise refusal(415, f"Send bytes as {tus.PIECE}.")
    offset = tus.number(request.headers.get("Upload-Offset"))
    if offset is None:
        raise refusal(400, "Upload-Offset must say where these bytes belong.")
    try:
        return offset, tus.proof(request.headers.get("Upload-Checksum"))
    except ValueError:
        raise refusal(400, "Upload-Checksum can't be read.") from None


def fits(upload: Upload, offset: int, here: int) -> None:
    """Nothing, if bytes at this offset come next, and are not too many."""
    if offset != here:
        raise refusal(409, f"{here} bytes are here: carry on from there.", Upload_Offset=here)
    if (request.content_length or 0) > upload.size - offset:
        raise refusal(413, f"The file was to have {upload.size} bytes.")


def take(upload: Upload, fragment: Fragment, most: int, proof: Proof | None) -> None:
    """Adds the bytes of this request, as they come."""
    coming: Any = request
    coming.take_piece(most)
    try:
        fragment.take(request.stream, most, proof)
    except OSError:
        raise refusal(503, uploads.Unstored.description, Retry_After=300) from None
    uploads.touch(upload)


def finish(upload: Upload, fragment: Fragment, me: Person, group: Group) -> None:
    """Makes it a draft; what can't be one is forgotten, and the answer says why."""
    try:
        uploads.finish(upload, fragment, me, group)
    except Refused as error:
        uploads.give_up(upload)
        db.session.commit()
        raise refusal(422, str(error)) from None
    except uploads.Unstored as error:
        raise refusal(503, error.description, Retry_After=300) from None


@sending.route("/<code>", methods=["DELETE"], **ALONE)
def take_back(slug: str, code: str) -> Response:
    """Nothing stays of it, not even a draft, unless that was posted."""
    me, group, upload = asked(slug, code)
    with ours():
        uploads.take_back(upload, me, group)
    db.session.commit()
    return answer(204)
