"""Files that come in pieces, over as many requests as it takes, until they are drafts like any other."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, select, update
from werkzeug.exceptions import NotFound

from forum.kit import fate, fragments
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.filenames import clean_name
from forum.kit.filetypes import FileType, Refused, named, recognise
from forum.kit.fragments import Fragment
from forum.kit.when import filesize
from forum.models import Document, Group, Upload
from forum.uploads.arriving import megabytes
from forum.uploads.drafting import Kept, draft_of
from forum.uploads.place import Unstored, store
from forum.uploads.posting import discard, drafts
from forum.uploads.quota import make_room
from forum.uploads.slides import UNSEEN
from forum.who import Person

#: after its last byte
LASTS = timedelta(hours=24)


class TooLarge(Refused):
    """Larger than any file may be."""


class WrongType(Refused):
    """Not a type that is stored here."""


def begin(me: Person, group: Group, name: str, size: int) -> Upload:
    """An upload with nothing in it yet, and room for all of it. Asked of someone who may upload. Does not commit.

    Raises TooLarge, WrongType, Full, or Refused for an empty file; Unstored when the disk can't be written.
    """
    name = clean_name(name)
    try:
        named(name)
    except Refused as error:
        raise WrongType(str(error)) from None
    if not size:
        raise Refused("This file is empty.")
    if size > (most := current_app.config["MAX_UPLOAD"]):
        raise TooLarge(f"This file has {filesize(size)}. A file can be up to {megabytes(most)}.")
    make_room(me, group, size)
    upload = Upload(code=secrets.token_hex(16), user_id=me.id, group_id=group.id, name=name, size=size)
    _make(place_of(upload))
    db.session.add(upload)
    db.session.flush()
    return upload


def _make(place: Path) -> None:
    try:
        store().prepare()
        fragments.begin(place)
    except OSError as error:
        raise Unstored from error
    fate.if_undone(partial(place.unlink, missing_ok=True))


def place_of(upload: Upload) -> Path:
    """Where its bytes gather."""
    return store().incoming / upload.code


def begun(me: Person, group: Group, code: str) -> Upload:
    """The upload of this code that this person began in this group, not a day ago. Raises NotFound."""
    mine = (Upload.code == code, Upload.user_id == me.id, Upload.group_id == group.id)
    found = db.session.scalars(select(Upload).where(*mine, Upload.touched_at > now() - LASTS)).first()
    if found is None:
        raise NotFound
    return found


def arrived(upload: Upload) -> int:
    """How many of its bytes are here. Raises NotFound when they were lost."""
    try:
        return upload.size if upload.document_n else place_of(upload).stat().st_size
    except FileNotFoundError as error:
        raise NotFound from error


def unchecked(upload: Upload) -> bool:
    """Whether the draft that it has become waits for the virus scanner."""
    draft = (Document.group_id == upload.group_id, Document.n == (upload.document_n or 0), Document.checked.is_(False))
    return bool(db.session.scalar(select(Document.id).where(*draft)))


def expires(upload: Upload) -> datetime:
    """When it is given up, if nothing more comes."""
    return upload.touched_at + LASTS


@contextmanager
def held(upload: Upload) -> Iterator[Fragment]:
    """Its bytes, for this request alone. Raises fragments.Busy, NotFound."""
    try:
        with fragments.held(place_of(upload)) as fragment:
            yield fragment
    except FileNotFoundError as error:
        raise NotFound from error


def touch(upload: Upload) -> None:
    """Notes that bytes came just now. Does not commit. Raises NotFound when it was given up meanwhile."""
    moment = now()
    noted = update(Upload).where(Upload.id == upload.id).values(touched_at=moment).returning(Upload.id)
    if db.session.scalar(noted, execution_options=UNSEEN) is None:
        raise NotFound
    db.session.expire(upload)


def finish(upload: Upload, fragment: Fragment, me: Person, group: Group) -> Document:
    """The draft it has become, the same as of a file that came at once. Does not commit.

    Its bytes stay where they are until that is certain. Raises Refused, in plain words; Unstored.
    """
    found: FileType = recognise(fragment.path, upload.name)
    sha256 = fragment.sha256
    try:
        key = store().add(fragment.path)
    except OSError as error:
        raise Unstored from error
    fate.if_undone(partial(store().remove, key))
    document = draft_of(Kept(upload.name, found, key, upload.size, sha256), me, group)
    upload.document_n = document.n
    fate.once_done(partial(fragment.path.unlink, missing_ok=True))
    return document


def give_up(upload: Upload) -> None:
    """Forgets an upload with its bytes. A draft that it has become stays. Does not commit."""
    db.session.execute(delete(Upload).where(Upload.id == upload.id), execution_options=UNSEEN)
    fate.once_done(partial(place_of(upload).unlink, missing_ok=True))


def end(upload: Upload) -> None:
    """Forgets an upload that nobody writes to at this moment. Does not commit. Raises fragments.Busy."""
    try:
        with held(upload):
            give_up(upload)
    except NotFound:
        give_up(upload)


def take_back(upload: Upload, me: Person, group: Group) -> None:
    """Forgets an upload, and throws away the draft that it has become, unless that was posted. Does not commit.

    Raises fragments.Busy.
    """
    for document in drafts(me, group, [upload.document_n or 0]):
        discard(document)
    end(upload)


def stale() -> list[Upload]:
    """Uploads that nothing came to for a day, oldest first."""
    old = select(Upload).where(Upload.touched_at < now() - LASTS)
    return list(db.session.scalars(old.order_by(Upload.touched_at).limit(500)))
