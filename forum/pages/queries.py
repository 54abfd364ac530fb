"""The pages of a group, and what each said at which time."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, tuple_

from forum.access import Person, readable, shown
from forum.kit.db import db
from forum.models import Group, Page, PageVersion, User

#: pages on one page of the list, versions on the page of a history
SHOWN, VERSIONS = 50, 100


class Shelf(NamedTuple):
    """Some pages of a group, and the key of those after them."""

    rows: list[Any]
    older: str


def pages_of(me: Person, group: Group, before: str) -> Shelf:
    """The pages of a group, those changed last first. `before`: the key of the page of the list before."""
    columns = (Page.n, Page.title, Page.edited_at, Page.protected, User.name.label("editor"))
    found = (
        select(*columns, shown(me, "organisation").label("organisation"))
        .join(User, User.id == Page.editor_id)
        .where(Page.group_id == group.id, readable(Page, me))
        .order_by(Page.edited_at.desc(), Page.n.desc())
        .limit(SHOWN + 1)
    )
    if key := from_key(before):
        found = found.where(tuple_(Page.edited_at, Page.n) < key)
    rows = list(db.session.execute(found).all())
    return Shelf(rows[:SHOWN], to_key(rows[SHOWN - 1]) if len(rows) > SHOWN else "")


def to_key(row: Any) -> str:
    """What names the end of a list in an address: a moment, and a number in the group."""
    return f"{(row.edited_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)}-{row.n}"


def from_key(key: str) -> tuple[datetime, int] | None:
    """The moment and number of a key; None for anything else."""
    micro, _, n = key.partition("-")
    if not (key.isascii() and micro.isdecimal() and n.isdecimal() and len(micro) < 18 and len(n) < 10):
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micro)), int(n)


def editor_of(page: Page, me: Person) -> Any:
    """Who wrote what a page says now: name, handle, organisation."""
    found = select(User.name, User.handle, shown(me, "organisation").label("organisation"))
    return db.session.execute(found.where(User.id == page.editor_id)).one()


def versions_of(page: Page, me: Person) -> list[Any]:
    """What a page they were let into said, newest first: number, when, by whom; at most VERSIONS."""
    columns = (PageVersion.number, PageVersion.written_at, PageVersion.restores, User.name, User.handle)
    found = select(*columns, shown(me, "organisation").label("organisation"))
    here = found.join(User, User.id == PageVersion.editor_id).where(PageVersion.page_id == page.id)
    return list(db.session.execute(here.order_by(PageVersion.number.desc()).limit(VERSIONS)).all())


def version_at(page: Page, number: int) -> PageVersion | None:
    """What a page they were let into said as its version of that number."""
    mine = (PageVersion.page_id == page.id, PageVersion.number == number)
    return db.session.scalar(select(PageVersion).where(*mine)) if 0 < number < 2**31 else None
