"""Files wait for the virus scanner, as their uploader's alone; clean they are open, infected they are gone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import Row, case, func, select, update

from forum.kit import clamd, fate
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.signals import preview_waits, scan_waits
from forum.models import Document, Scan, Version
from forum.uploads.place import store
from forum.uploads.posting import recount
from forum.uploads.slides import UNSEEN, forget_slides
from forum.uploads.versions import OPEN, lead_with

UNSCANNED = (Scan.WAITING, Scan.STALLED)


def first_state() -> Scan:
    """How a version begins that comes now. The scanner is told once it is committed."""
    if not current_app.config["CLAMD_URL"]:
        return Scan.NONE
    fate.once_done(_tell)
    return Scan.WAITING


def _tell() -> None:
    scan_waits.send(current_app._get_current_object())  # type: ignore[attr-defined]


def unscanned() -> list[Row[Any]]:
    """The id and key of each version that waits for a verdict: those never asked for first, then by their age."""
    waits = (Version.scan.in_(UNSCANNED), Version.deleted_at.is_(None))
    order = case((Version.scan == Scan.WAITING, 0), else_=1)
    return list(db.session.execute(select(Version.id, Version.storage_key).where(*waits).order_by(order, Version.id)))


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else on this machine asks the scanner for this site while this lasts."""
    place = store()
    place.prepare()
    with (place.folder / "scanning.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def virus_in(key: str) -> str:
    """What the scanner finds in the bytes of a key; '' for nothing. Raises OSError when it or they can't be reached."""
    stream = store().open(key)[0]
    with stream:
        return clamd.virus_in(current_app.config["CLAMD_URL"], stream)


def judge(version_id: int, verdict: Scan) -> Version | None:
    """The version, if this is the verdict that it waited for: it is open now, or its bytes go. Does not commit."""
    waits = (Version.id == version_id, Version.scan.in_(UNSCANNED), Version.deleted_at.is_(None))
    judged: Any = db.session.execute(update(Version).where(*waits).values(scan=verdict), execution_options=UNSEEN)
    if judged.rowcount != 1 or verdict in UNSCANNED:
        return None
    version = db.session.scalars(select(Version).where(Version.id == version_id)).one()
    db.session.refresh(version)
    if verdict in OPEN:
        _open(version)
    else:
        _delete(version)
    return version


def _open(version: Version) -> None:
    """From now on it is open to whom its document is."""
    document = version.document
    first = update(Document).where(Document.id == document.id, Document.checked.is_(False)).values(checked=True)
    db.session.execute(first, execution_options=UNSEEN)
    db.session.refresh(document)
    if version.number > document.last_version:
        lead_with(document, version)
    else:
        recount(document.group)
    fate.once_done(_tell_previews)


def _tell_previews() -> None:
    preview_waits.send(current_app._get_current_object())  # type: ignore[attr-defined]


def _delete(version: Version) -> None:
    """Its bytes go, with all that was made of them."""
    forget_slides(Version.id == version.id)
    version.deleted_at = now()
    fate.once_done(partial(store().remove, version.storage_key))
    recount(version.document.group)


def state_of(document: Document) -> Scan:
    """How the newest version of a document stands with the scanner."""
    newest = select(Version.scan).where(Version.document_id == document.id).order_by(Version.number.desc()).limit(1)
    return db.session.scalars(newest).one()


def counts() -> dict[Scan, int]:
    """How many versions wait, and how many could not be judged."""
    found = select(Version.scan, func.count()).where(Version.scan.in_(UNSCANNED), Version.deleted_at.is_(None))
    rows: Any = db.session.execute(found.group_by(Version.scan))
    return dict(rows.all())
