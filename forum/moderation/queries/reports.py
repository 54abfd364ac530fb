"""What was reported, as those who decide see it: the thing, what is wrong with it, never who said so."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from forum.access import Person, readable
from forum.discussions.queries.quotations import words_in
from forum.kit.db import db
from forum.models import Concern, Document, Group, Post, Verdict
from forum.moderation.queries.paging import Page, page_of

LATELY = 20


class Shown(NamedTuple):
    """A reported thing with all that its page shows. `html` None: it is a file, or gone."""

    concern: Concern
    title: str
    address: str
    author: str
    at: datetime
    html: Markup | None
    #: the text it answers, where it answers one
    parent: Markup | None
    gone: bool


def _about() -> Select[Concern]:
    post = joinedload(Concern.post)
    return select(Concern).options(
        post.joinedload(Post.parent), joinedload(Concern.document), joinedload(Concern.author),
        joinedload(Concern.decided_by),
    )  # fmt: skip


def _loaded() -> Select[Concern]:
    return _about().options(selectinload(Concern.reports))


def concerns_in(group: Group, me: Person, page: int = 1) -> Page:
    """A page of what waits in a group for this person to decide, oldest first."""
    here = (Concern.group_id == group.id, readable(Concern, me), Concern.verdict == Verdict.OPEN)
    return page_of(_loaded().where(*here).order_by(Concern.opened_at, Concern.id), page)


def decided_in(group: Group, me: Person) -> Sequence[Concern]:
    """What was decided lately, without the reports."""
    here = (Concern.group_id == group.id, readable(Concern, me), Concern.verdict != Verdict.OPEN)
    found = _about().where(*here).order_by(Concern.decided_at.desc()).limit(LATELY)
    return db.session.scalars(found).unique().all()


def waiting_in(group: Group, me: Person) -> Any:
    """How many wait in a group for this person, and since when."""
    here = (Concern.group_id == group.id, Concern.verdict == Verdict.OPEN, readable(Concern, me))
    return db.session.execute(select(func.count(), func.min(Concern.opened_at)).where(*here)).one()


def concern_named(code: str, group: Group, me: Person) -> Concern | None:
    """One of a group, for a person who decides about it."""
    return (
        db.session.scalars(_loaded().where(Concern.code == code, Concern.group_id == group.id, readable(Concern, me)))
        .unique()
        .first()
    )


def _orphans() -> Select[Concern]:
    """What waits where nobody looks after the group: administrators decide there."""
    open_ = (Concern.verdict == Verdict.OPEN, Group.facilitator_count == 0)
    return _loaded().join(Group, Group.id == Concern.group_id).where(*open_)


def escalated(me: Person, page: int = 1) -> Page:
    """A page of what waits for an administrator, oldest first; their own things do not."""
    return page_of(_orphans().where(Concern.author_id != me.id).order_by(Concern.opened_at, Concern.id), page)


def escalated_named(code: str, me: Person) -> Concern | None:
    """One of them."""
    return db.session.scalars(_orphans().where(Concern.code == code, Concern.author_id != me.id)).unique().first()


def shown(concern: Concern, me: Person | None = None) -> Shown:
    """What its page shows: the reported item, and the post it answers, alone. `me`: with what they quote."""
    if concern.document:
        return _file(concern, concern.document)
    post = concern.post
    assert post is not None
    filled = words_in(me, [one for one in (post, post.parent) if one]) if me else _bare
    return _post(concern, post, filled)


def _bare(post: Post) -> Markup:
    return Markup(post.html)  # noqa: S704 (rendered by kit.text)


def _file(concern: Concern, document: Document) -> Shown:
    address = f"/groups/{concern.group.slug}/library/{document.n}"
    title = f"File: {document.title}" if document.title else "A file that is deleted"
    at = document.posted_at or document.created_at
    return Shown(concern, title, address, concern.author.name, at, None, None, bool(document.deleted_at))


def _post(concern: Concern, post: Post, filled: Callable[[Post], Markup]) -> Shown:
    topic, gone = post.topic, bool(post.deleted_at or post.topic.deleted_at)
    address = f"/groups/{concern.group.slug}/topics/{topic.n}/posts/{post.no}"
    of = f"post {post.no} of “{topic.title}”" if post.no else f"“{topic.title}”"
    above = post.parent if post.parent and not post.parent.deleted_at else None
    parent = filled(above) if above else None
    html = None if gone else filled(post)
    title = "A post that is deleted" if gone else of[0].upper() + of[1:]
    return Shown(concern, title, address, concern.author.name, post.created_at, html, parent, gone)
