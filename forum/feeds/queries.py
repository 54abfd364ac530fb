"""What feeds hold: the newest of what one person may read, asked at each fetch."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from forum.access import Person, readable
from forum.kit.db import db
from forum.models import SEATED, Document, Group, Post, Topic, TopicTag, User

#: entries in one feed
MOST = 30


def _posts(me: Person) -> Any:
    """Posts that this person may read, each with its topic, group and author."""
    columns = (
        Post.id, Post.no, Post.html, Post.created_at, Post.edited_at, Post.topic_id, Topic.n, Topic.title,
        Group.slug, Group.name.label("group"), User.name.label("author"),
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(Post)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Group, Group.id == Post.group_id)
        .join(User, User.id == Post.author_id)
        .where(readable(Post, me), Post.deleted_at.is_(None))
        .limit(MOST)
    )


def in_topic(me: Person, topic: Topic) -> Sequence[Any]:
    """The newest posts of a topic."""
    return db.session.execute(_posts(me).where(Post.topic_id == topic.id).order_by(Post.no.desc())).all()


def in_group(me: Person, group: Group, tag: str = "") -> Sequence[Any]:
    """The newest topics of a group; those with a tag."""
    found = _posts(me).where(Topic.group_id == group.id, Post.no == 0).order_by(Topic.n.desc())
    if tag:
        found = found.where(
            Topic.id.in_(select(TopicTag.topic_id).where(TopicTag.group_id == group.id, TopicTag.tag == tag))
        )
    return db.session.execute(found).all()


def in_groups_of(me: Person) -> Sequence[Any]:
    """The newest topics of a person's groups."""
    mine = Topic.group_id.in_(me.holding(SEATED))
    return db.session.execute(_posts(me).where(mine, Post.no == 0).order_by(Topic.id.desc())).all()


def tags_of(rows: Sequence[Any]) -> dict[int, list[str]]:
    """The tags of these posts' topics."""
    found = defaultdict(list)
    topics = {row.topic_id for row in rows}
    for topic_id, tag in db.session.execute(
        select(TopicTag.topic_id, TopicTag.tag).where(TopicTag.topic_id.in_(topics)).order_by(TopicTag.tag)
    ):
        found[topic_id].append(tag)
    return found


def files_of(me: Person, rows: Sequence[Any]) -> dict[int, list[Any]]:
    """The files of these posts that this person may open."""
    found = defaultdict(list)
    asked = select(Document.post_id, Document.n, Document.title, Group.slug).join(Group, Group.id == Document.group_id)
    for row in db.session.execute(
        asked.where(Document.post_id.in_({row.id for row in rows}), readable(Document, me)).order_by(Document.n)
    ):
        found[row.post_id].append(row)
    return found
