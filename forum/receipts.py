"""Who opened a file whose readers are told that this is recorded: kept for a year, for its uploader alone.

The only door to its table. Of those who were told "without your name" nothing is shown but how many there are of an
organisation, and only where that names nobody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, select

from forum.access import ASKER, asked_by, readable, shown
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.models import Document, Opening, Receipts, User
from forum.who import Person

LASTS = timedelta(days=365)
#: a count of fewer people would tell who they are
FEW = 3
UNSEEN = {"synchronize_session": False}

#: a document, a person, whether they were told that their name is shown, and the day
Key = tuple[int, int, bool, date]


def key_of(me: Person, document_id: int, uploader_id: int, says: Receipts) -> Key | None:
    """What is to be noted of someone who opens a file that says so; None for nothing."""
    if not me or me.id is None or says == Receipts.NONE or me.id == uploader_id:
        return None
    return document_id, me.id, says == Receipts.NAMES, now().date()


def keep(openings: Mapping[Key, int]) -> None:
    """Keeps how often somebody opened a file, if it is still there and says so, and they are too. Does not commit."""
    files = select(Document.id).where(Document.deleted_at.is_(None), Document.receipts != Receipts.NONE)
    there = set(db.session.scalars(files.where(Document.id.in_({key[0] for key in openings}))))
    people = set(db.session.scalars(select(User.id).where(User.active, User.id.in_({key[1] for key in openings}))))
    names = ("document_id", "user_id", "named", "day")
    rows = [
        {**dict(zip(names, key, strict=True)), "times": times}
        for key, times in openings.items()
        if key[0] in there and key[1] in people
    ]
    if rows:
        new = insert_or(Opening)
        more = new.on_conflict_do_update(index_elements=names, set_={"times": Opening.times + new.excluded.times})
        db.session.connection().execute(more, rows)


class Seen(NamedTuple):
    """Who opened a file, as its uploader sees it."""

    #: rows of .name .handle .organisation .times .last, of people who were told so
    named: list[Any]
    #: of the others: organisations, and how many people of each
    organisations: list[tuple[str, int]]
    #: people of all other organisations; None where that would tell who they are
    others: int | None


_SEEN = (
    select(
        Opening.named, User.name, User.handle, shown(ASKER, "organisation").label("organisation"),
        func.sum(Opening.times).label("times"), func.max(Opening.day).label("last"),
    )
    .join(User, User.id == Opening.user_id)
    .where(Opening.document_id == bindparam("document"), Opening.day > bindparam("since"), readable(User, ASKER))
    .group_by(Opening.named, User.id)
    .order_by(func.max(Opening.day).desc(), User.name)
)  # fmt: skip


def seen(me: Person, document: Document) -> Seen:
    """Who opened a file, for its uploader, in the words that `shown` lets them have. One statement."""
    asked = {**asked_by(me), "document": document.id, "since": now().date() - LASTS}
    rows: list[Any] = list(db.session.connection().execute(_SEEN, asked))
    organisations, others = folded(row.organisation or "" for row in rows if not row.named)
    return Seen([row for row in rows if row.named], organisations, others)


def folded(people: Iterable[str]) -> tuple[list[tuple[str, int]], int | None]:
    """How many people there are of each organisation with FEW of them or more, and of all others together."""
    counts = Counter(people)
    told = sorted((name, many) for name, many in counts.items() if name and many >= FEW)
    rest = counts.total() - sum(many for _, many in told)
    return told, rest if rest == 0 or rest >= FEW else None


def forget(user: User) -> None:
    """Nobody sees any more what this person opened. Does not commit."""
    db.session.execute(delete(Opening).where(Opening.user_id == user.id), execution_options=UNSEEN)


def forget_file(document: Document) -> None:
    """Nobody sees any more who opened this file. Does not commit."""
    db.session.execute(delete(Opening).where(Opening.document_id == document.id), execution_options=UNSEEN)


def sweep() -> None:
    """Forgets what is older than a year. Does not commit."""
    db.session.execute(delete(Opening).where(Opening.day <= now().date() - LASTS), execution_options=UNSEEN)
