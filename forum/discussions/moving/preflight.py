"""Who would come to read what is moved, and who no longer: the rule itself, asked of the thing as it would be."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, literal, select
from sqlalchemy.orm import aliased

from forum.access import EVERYONE, READ, VISITOR, level, readable
from forum.kit.db import db
from forum.kit.when import plural
from forum.models import Document, Group, Post, Topic, User


class Reach(NamedTuple):
    """What moves, and whom it reaches then."""

    #: posts besides the first, and files
    replies: int
    files: int
    #: registered people who come to read it, and who no longer do
    gains: int
    loses: int
    #: visitors: 1 come to read it, -1 no longer do
    web: int

    @property
    def wider(self) -> bool:
        """Whether anybody comes to read what they could not."""
        return bool(self.gains or self.web > 0)

    @property
    def seal(self) -> str:
        """What was shown, for the form that confirms it."""
        return " ".join(map(str, self))

    @property
    def what(self) -> str:
        """'the post, its 6 replies and 2 files'."""
        replies = f"its {plural(self.replies, 'reply', 'replies')}" if self.replies else ""
        parts = ["the post", *filter(None, [replies, plural(self.files, "file") if self.files else ""])]
        return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def of_topic(topic: Topic, there: Group) -> Reach:
    """What moving a topic into a group would do."""
    posts = select(Post.id).where(Post.topic_id == topic.id)
    return _reach(Topic, topic.id, {"group_id": there.id}, posts, topic.group, there)


def of_post(ids: list[int], topic: Topic, there: Topic) -> Reach:
    """What moving posts (the first of them, and its replies) to a topic would do: for the one that most people read."""
    as_if = {"group_id": there.group_id, "topic_id": there.id}
    seen = select(Post.id).where(Post.id.in_(ids)).order_by(Post.hidden_at.is_not(None), Post.no).limit(1)
    return _reach(
        Post,
        db.session.scalar(seen) or ids[0],
        as_if,
        select(Post.id).where(Post.id.in_(ids)),
        topic.group,
        there.group,
    )


def _reach(model: Any, key: int, as_if: dict[str, int], posts: Any, here: Group, there: Group) -> Reach:
    kept = select(func.count()).select_from(Post).where(Post.id.in_(posts), Post.deleted_at.is_(None))
    files = select(func.count()).select_from(Document).where(Document.post_id.in_(posts), Document.deleted_at.is_(None))
    gains, loses = _shift(_reads(aliased(model), key), _reads(_as_if(model, key, as_if), key))
    web = int(level(VISITOR, there) >= READ) - int(level(VISITOR, here) >= READ)
    return Reach(max(0, (db.session.scalar(kept) or 0) - 1), db.session.scalar(files) or 0, gains, loses, web)


def _as_if(model: Any, key: int, values: dict[str, int]) -> Any:
    """The row as it would be, in SQL: with other values in some columns."""
    columns = [literal(values[c.key]).label(c.key) if c.key in values else c for c in model.__table__.columns]
    return aliased(model, select(*columns).where(model.id == key).subquery(), adapt_on_names=True)


def _reads(model: Any, key: int) -> ColumnElement[bool]:
    found = select(1).select_from(model).where(model.id == key, readable(model, EVERYONE))
    return exists(found.correlate(User))


def _shift(before: ColumnElement[bool], after: ColumnElement[bool]) -> tuple[int, int]:
    people = (User.active, User.confirmed_at.is_not(None))
    counts = [
        select(func.count()).select_from(User).where(*people, both).scalar_subquery()
        for both in (and_(after, ~before), and_(before, ~after))
    ]
    gained, lost = db.session.execute(select(*counts)).one()
    return gained, lost


def wider(topic: Topic, slug: str) -> bool:
    """Whether a topic is read by somebody who can't read the group of that address, where it was."""
    before = aliased(Group)
    found = select(1).select_from(before).where(before.slug == slug, readable(before, EVERYONE))
    gained, _ = _shift(exists(found.correlate(User)), _reads(aliased(Topic), topic.id))
    group = db.session.scalar(select(Group).where(Group.slug == slug))
    web = level(VISITOR, topic.group) >= READ
    return bool(gained) or (web and (group is None or level(VISITOR, group) < READ))
