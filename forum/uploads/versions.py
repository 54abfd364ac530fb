"""The versions of a document that is there: an old one made the newest again, one taken away. Nothing here commits."""

from functools import partial

from sqlalchemy import delete, func, insert, select, update
from werkzeug.exceptions import Conflict

from forum.kit import fate
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Preview, Scan, Slide, Version
from forum.uploads.place import Unstored, at_hand, store
from forum.uploads.posting import recount
from forum.uploads.quota import make_room
from forum.uploads.slides import UNSEEN, forget_slides
from forum.who import Person

#: how the virus scanner lets others open a version
OPEN = (Scan.NONE, Scan.CLEAN)
#: what a document carries of its newest version
CARRIED = ("kind", "extension", "size")


def next_number(document: Document) -> int:
    """The number of a document's next version: of numbers given once, none is given again. The document is locked.

    By a write, for a statement that reads holds no lock here. Raises Conflict for one that was deleted meanwhile.
    """
    held = update(Document).where(Document.id == document.id, Document.deleted_at.is_(None))
    same = held.values(last_version=Document.last_version)
    if db.session.execute(same, execution_options=UNSEEN).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This file was deleted in this moment.")
    highest = select(func.max(Version.number)).where(Version.document_id == document.id)
    return (db.session.scalar(highest) or 0) + 1


def lead_with(document: Document, version: Version) -> None:
    """The document is this version from now on; not yet, if the virus scanner is to look at it first."""
    if version.scan not in OPEN:
        return
    carried = {**{name: getattr(version, name) for name in CARRIED}, "checked": True}
    newest = update(Document).where(Document.id == document.id).values(last_version=version.number, **carried)
    db.session.execute(newest, execution_options=UNSEEN)
    db.session.expire(document)
    recount(document.group)


def adopt(document: Document, draft: Document) -> Version:
    """The newest version from now on, which came as a draft of its own; the draft is no more. Raises Conflict."""
    gone = delete(Document).where(Document.id == draft.id, Document.posted_at.is_(None), Document.deleted_at.is_(None))
    version = db.session.scalars(select(Version).where(Version.document_id == draft.id)).one()
    moved = {"document_id": document.id, "number": next_number(document)}
    db.session.execute(update(Version).where(Version.id == version.id).values(**moved), execution_options=UNSEEN)
    if db.session.execute(gone, execution_options=UNSEEN).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This file was posted already, or thrown away, in another window.")
    db.session.expire(version)
    lead_with(document, version)
    return version


def again(document: Document, version: Version, me: Person) -> Version:
    """A new newest version with the bytes of an old one, and its slides as they were made and described.

    Raises Full, Conflict when it was deleted meanwhile, and Unstored where the bytes can't be copied.
    """
    make_room(me, document.group, version.size)
    same = ("group_id", "name", "extension", "media_type", "kind", "size", "sha256", "scan")
    copied = {name: getattr(version, name) for name in same}
    number = next_number(document)
    if db.session.scalar(select(Version.id).where(Version.id == version.id, Version.deleted_at.is_(None))) is None:
        raise Conflict("This version was deleted in this moment.")
    key = _copied(version.storage_key)
    copy = Version(document_id=document.id, number=number, uploader_id=me.id, storage_key=key, **copied)
    db.session.add(copy)
    db.session.flush()
    _copy_slides(version, copy)
    lead_with(document, copy)
    return copy


def _copied(key: str) -> str:
    try:
        with at_hand(key) as path:
            copy = store().add(path)
    except OSError as error:
        raise Unstored from error
    fate.if_undone(partial(store().remove, copy))
    return copy


def _copy_slides(version: Version, copy: Version) -> None:
    """The slides of a version, for another with the same bytes: with pictures of its own, for each is removed alone."""
    for model in (Preview, Slide):
        names = [column.key for column in model.__table__.columns if column.key not in ("id", "version_id")]
        columns = (getattr(model, name) for name in names)
        rows = db.session.execute(select(*columns).where(model.version_id == version.id))
        made = [{**row._asdict(), "version_id": copy.id} for row in rows]
        for row in made:
            row.update({name: _copied(row[name]) for name in ("small_key", "large_key") if row.get(name)})
        if made:
            db.session.execute(insert(model), made)


def withdraw(document: Document, version: Version) -> None:
    """Takes a version away for good, with its bytes and slides; the newest that is left leads. Raises Conflict."""
    next_number(document)  # nobody else changes its versions now
    there = (Version.document_id == document.id, Version.deleted_at.is_(None), Version.id != version.id)
    left = (*there, Version.scan.in_(OPEN))
    newest = db.session.scalar(select(Version).where(*left).order_by(Version.number.desc()).limit(1))
    if newest is None:
        raise Conflict("This is the only version there is. Delete the file instead.")
    live = update(Version).where(Version.id == version.id, Version.deleted_at.is_(None))
    gone = db.session.execute(live.values(deleted_at=now(), name=""), execution_options=UNSEEN)
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This version was deleted already, in another window.")
    forget_slides(Version.id == version.id)
    fate.once_done(partial(store().remove, version.storage_key))
    lead_with(document, newest)
