"""What somebody was told, as their inbox shows it: one row a conversation, newest first in each section.

Two statements. The rule decides in each: what they may not read any more was never there.
"""

from collections.abc import Iterable
from datetime import datetime
from textwrap import shorten
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import String, and_, bindparam, case, cast, func, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable
from forum.inbox.words import MEETINGS, PLACES, SAYS, SECTIONS, sentence
from forum.kit import text
from forum.kit.hot import Hot
from forum.kit.lean import one_of
from forum.models import Group, Notice, Post, Topic, User, Workshop
from forum.notices import UNREAD, with_posts

#: so many notices are looked at; of a post so many letters
NEWEST, OPENING, SHORT = 120, 1_200, 150
#: above the number of any notice
NEVER = 2**31 - 1

_ACTOR = aliased(User)
COLUMNS = (
    Notice.id, Notice.kind, Notice.code, Notice.created_at, case((UNREAD, 1), else_=0).label("unread"),
    Post.no, Post.topic_id, func.substr(Post.html, 1, OPENING).label("html"), Topic.n, Topic.title,
    Group.id.label("group_id"), Group.slug, Group.name.label("group_name"), Group.hue, _ACTOR.name.label("actor"),
    Workshop.title.label("workshop"),
)  # fmt: skip


def told(*conditions: Any) -> Any:
    """SELECT of notices that whoever asks may read now, newest first, with what each is of."""
    found = with_posts(select(*COLUMNS).select_from(Notice)).outerjoin(Topic, Topic.id == Post.topic_id)
    found = found.join(Group, Group.id == func.coalesce(Notice.group_id, Post.group_id))
    found = found.outerjoin(_ACTOR, _ACTOR.id == Notice.actor_id)
    named = (Workshop.group_id == Notice.group_id, cast(Workshop.n, String) == Notice.code)
    found = found.outerjoin(Workshop, and_(one_of(Notice.kind, MEETINGS), *named))
    mine = (Notice.user_id == bindparam("me"), readable(Notice, ASKER))
    return found.where(*mine, *conditions).order_by(Notice.id.desc()).limit(NEWEST)


#: kinds that wait for their reader to do something
ASKS = [kind for kind, (section, _) in SAYS.items() if section == "needs"]
#: what waits for somebody, however much was told since; and what else they were told before that number
WAITING = Hot(told(one_of(Notice.kind, ASKS), UNREAD))
LIST = Hot(told(~one_of(Notice.kind, ASKS), Notice.id < bindparam("before")))


class Row(NamedTuple):
    """What happened in one conversation, or to one thing."""

    section: str
    says: str
    title: str
    address: str
    group: tuple[str, str, int]
    at: datetime
    excerpt: str
    #: the numbers of those that they have not read
    unread: list[int]

    @property
    def new(self) -> int:
        """How many of these they have not read."""
        return len(self.unread)


class Inbox(NamedTuple):
    """Rows by section, and the number before which the next page begins; 0 = this is the last."""

    rows: dict[str, list[Row]]
    older: int


def inbox_of(me: Person, before: int = 0) -> Inbox:
    """Their newest rows, or those before a number. What waits for them stands on the first page until it is done."""
    found = LIST.rows({**asked_by(me), "before": before or NEVER})
    waits = [] if before else WAITING.rows(asked_by(me))
    rows = grouped([*waits, *found])
    sections = {name: several for name in SECTIONS if (several := [row for row in rows if row.section == name])}
    return Inbox(sections, found[-1].id if len(found) == NEWEST else 0)


def grouped(notices: Iterable[Any]) -> list[Row]:
    """One row for the notices of a conversation that stand in the same section."""
    together: dict[Any, list[Any]] = {}
    for one in notices:
        section = SAYS.get(one.kind, ("news",))[0]
        key = (section, one.topic_id) if one.topic_id else (section == "workshops" or one.kind, one.group_id, one.code)
        together.setdefault(key, []).append(one)
    return [_row(several) for several in together.values()]


def _row(several: list[Any]) -> Row:
    """The row of notices of one thing, newest first. The oldest unread one is where it leads."""
    unread = [one for one in several if one.unread]
    newest, first = several[0], (unread or several)[-1] if unread else several[0]
    same = [one for one in unread or several if one.kind == newest.kind]
    names = list(dict.fromkeys(one.actor for one in same if one.actor))
    return Row(
        SAYS.get(newest.kind, ("news",))[0], sentence(newest.kind, names),
        newest.title or newest.workshop or newest.group_name,
        address(first), (newest.slug, newest.group_name, newest.hue), newest.created_at, excerpt(newest.html),
        [one.id for one in unread],
    )  # fmt: skip


def address(one: Any) -> str:
    """Where a notice leads."""
    base = f"/groups/{one.slug}"
    if one.topic_id:
        return f"{base}/topics/{one.n}" + (f"/posts/{one.no}" if one.no else "")
    return base + PLACES.get(one.kind, "").format(one.code)


def excerpt(html: str | None) -> str:
    """The opening words of a post."""
    return shorten(text.plain(Markup(html)), SHORT, placeholder="…") if html else ""  # noqa: S704 only its words
