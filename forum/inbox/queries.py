"""What somebody was told, as their inbox shows it: one row a conversation, newest first in each section. One statement.

The rule decides in the same statement: what they may not read any more was never there.
"""

from collections.abc import Iterable
from datetime import datetime
from textwrap import shorten
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable
from forum.inbox.words import PLACES, SAYS, SECTIONS, sentence
from forum.kit import text
from forum.kit.hot import Hot
from forum.models import Group, Notice, Post, Topic, User
from forum.notices import UNREAD, with_posts

#: so many notices are looked at; of a post so many letters
NEWEST, OPENING, SHORT = 120, 1_200, 150

_ACTOR = aliased(User)
COLUMNS = (
    Notice.id, Notice.kind, Notice.code, Notice.created_at, case((UNREAD, 1), else_=0).label("unread"),
    Post.no, Post.topic_id, func.substr(Post.html, 1, OPENING).label("html"), Topic.n, Topic.title,
    Group.id.label("group_id"), Group.slug, Group.name.label("group_name"), Group.hue, _ACTOR.name.label("actor"),
)  # fmt: skip


def told(*conditions: Any) -> Any:
    """SELECT of notices that whoever asks may read now, newest first, with what each is of."""
    found = with_posts(select(*COLUMNS).select_from(Notice)).outerjoin(Topic, Topic.id == Post.topic_id)
    found = found.join(Group, Group.id == func.coalesce(Notice.group_id, Post.group_id))
    found = found.outerjoin(_ACTOR, _ACTOR.id == Notice.actor_id)
    mine = (Notice.user_id == bindparam("me"), readable(Notice, ASKER))
    return found.where(*mine, *conditions).order_by(Notice.id.desc()).limit(NEWEST)


LIST = Hot(told())


class Row(NamedTuple):
    """What happened in one conversation, or to one thing."""

    section: str
    says: str
    title: str
    address: str
    group: tuple[str, str, int]
    at: datetime
    excerpt: str
    #: how many of these they have not read
    new: int


def inbox_of(me: Person) -> dict[str, list[Row]]:
    """Their rows by section. What waits for them does so until they have seen it, or it is done."""
    rows = [row for row in grouped(LIST.rows(asked_by(me))) if row.new or row.section != "needs"]
    return {name: found for name in SECTIONS if (found := [row for row in rows if row.section == name])}


def grouped(notices: Iterable[Any]) -> list[Row]:
    """One row for the notices of a conversation that stand in the same section."""
    together: dict[Any, list[Any]] = {}
    for one in notices:
        section = SAYS.get(one.kind, ("news",))[0]
        key = (section, one.topic_id) if one.topic_id else (one.kind, one.group_id, one.code)
        together.setdefault(key, []).append(one)
    return [_row(several) for several in together.values()]


def _row(several: list[Any]) -> Row:
    """The row of notices of one thing, newest first. The oldest unread one is where it leads."""
    unread = [one for one in several if one.unread]
    newest, first = several[0], (unread or several)[-1] if unread else several[0]
    same = [one for one in unread or several if one.kind == newest.kind]
    names = list(dict.fromkeys(one.actor for one in same if one.actor))
    return Row(
        SAYS.get(newest.kind, ("news",))[0], sentence(newest.kind, names), newest.title or newest.group_name,
        address(first), (newest.slug, newest.group_name, newest.hue), newest.created_at, excerpt(newest.html),
        len(unread),
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
