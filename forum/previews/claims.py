"""Whose turn it is: a version's slides are made by one worker at a time, who says so again and again while at it.

What a killed worker left is free again once its claim has run out. Each claim has a number; whoever comes with an older
one, or for a file that is gone, has lost it.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, update

from forum import uploads
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Preview, PreviewState, Version

#: how long a claim holds without being renewed, and how often it is
LEASE, RENEWED = timedelta(seconds=60), 15.0
#: waits before the second try and the third; then it has failed
WAITS = (timedelta(minutes=1), timedelta(minutes=15))
#: after which files are looked at again when it was not for them: a full disk, a folder that is not there
OURS = timedelta(minutes=5)
#: of tries that ended without a word, as when the machine went down
MOST_TRIES = 5
#: what needs LibreOffice is made apart, so that a PDF never waits for a deck
QUICK, SLOW = "quick", "slow"
FAILED = {"state": PreviewState.FAILED, "renderer": uploads.RENDERER}
GIVEN_UP = "We tried several times, and could not make slides of this file."


#: by preview: what this process works on
_here: dict[int, "Claim"] = {}


class Lost(Exception):
    """The claim is somebody else's by now, or the file is gone."""


class Claim(NamedTuple):
    """A version whose slides are ours to make."""

    preview_id: int
    number: int
    version_id: int
    group_id: int
    kind: str
    extension: str
    size: int
    storage_key: str
    #: slides that were made before
    done: int


def due(lane: str, most: int = 100) -> list[int]:
    """The previews of a lane that somebody should work on now, those that waited longest first."""
    slow = and_(Version.kind != "image", Version.extension != "pdf")
    waits = (
        select(Preview.id)
        .join(Version, Version.id == Preview.version_id)
        .where(_free(), Version.scan.in_(uploads.OPEN), slow if lane == SLOW else ~slow)
        .order_by(Preview.due_at, Preview.id)
        .limit(most)
    )
    with db.engine.connect() as connection:
        return list(connection.scalars(waits))


def _free() -> ColumnElement[bool]:
    unfinished = or_(Preview.state == PreviewState.WAITING, Preview.state == PreviewState.WORKING)
    return and_(unfinished, Preview.due_at <= now())


def take(preview_id: int) -> Claim | None:
    """The claim on a preview that is due; None when somebody else was first, or it was tried too often."""
    _give_up_on(preview_id)
    begun = {"state": PreviewState.WORKING, "due_at": now() + LEASE, "tries": Preview.tries + 1, "reason": ""}
    taken = update(Preview).where(Preview.id == preview_id, _free()).values(**begun)
    facts = (
        select(
            Preview.id, Preview.tries, Version.id, Version.group_id, Version.kind, Version.extension, Version.size,
            Version.storage_key, Preview.done,
        )
        .join(Version, Version.id == Preview.version_id)
        .join(Document, Document.id == Version.document_id)
        .where(Preview.id == preview_id, Version.deleted_at.is_(None), Document.deleted_at.is_(None))
    )  # fmt: skip
    with db.engine.begin() as connection:
        if connection.execute(taken).rowcount != 1:
            return None
        row = connection.execute(facts).first()
    if row is None:
        return None
    claim = _here[row[0]] = Claim(*row)
    return claim


def _give_up_on(preview_id: int) -> None:
    worn = (Preview.id == preview_id, _free(), Preview.tries >= MOST_TRIES)
    with db.engine.begin() as connection:
        connection.execute(update(Preview).where(*worn).values(**FAILED, reason=GIVEN_UP))


def _held(claim: Claim, **values: Any) -> Any:
    mine = (Preview.id == claim.preview_id, Preview.tries == claim.number, Preview.state == PreviewState.WORKING)
    return update(Preview).where(*mine).values(**values).execution_options(synchronize_session=False)


def note(claim: Claim, **values: Any) -> None:
    """Says how far it is, in the session's transaction, and holds the claim longer. Raises Lost. Does not commit."""
    changed: Any = db.session.execute(_held(claim, due_at=now() + LEASE, **values))
    if changed.rowcount != 1:
        raise Lost


def hold(claim: Claim) -> None:
    """Holds the claim longer, in a transaction of its own. Raises Lost."""
    with db.engine.begin() as connection:
        if connection.execute(_held(claim, due_at=now() + LEASE)).rowcount != 1:
            raise Lost


def end(claim: Claim, **values: Any) -> None:
    """Lays the claim down, saying how it ended. Nothing when it was lost meanwhile."""
    with db.engine.begin() as connection:
        connection.execute(_held(claim, **values))


def put_off(claim: Claim, reason: str) -> None:
    """Sets the next try, each later than the one before; after the last it has failed, with that reason."""
    if claim.number > len(WAITS):
        end(claim, **FAILED, reason=reason)
        return
    end(claim, state=PreviewState.WAITING, due_at=now() + WAITS[claim.number - 1])


def over(claim: Claim) -> None:
    """This process does nothing more for it."""
    _here.pop(claim.preview_id, None)


def lay_down() -> int:
    """How many files this process was still working on: it ends, and whoever comes next takes them up at once."""
    left = list(_here.values())
    for claim in left:
        end(claim, state=PreviewState.WAITING, due_at=now(), tries=claim.number - 1)
    return len(left)


def give_back(claim: Claim) -> None:
    """Lays the claim down as if it had not been taken, for a while."""
    end(claim, state=PreviewState.WAITING, due_at=now() + OURS, tries=claim.number - 1)
