"""What a mail of a post says of it: the same to all who may read it, so read once for many letters.

Whether somebody may is asked for each letter, before; the key here holds whatever the letter shows.
"""

from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased, joinedload

from forum.kit.cache import Lru
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.kit.quoting import own_words
from forum.models import Group, Post, Topic, User
from forum.sight import sight


class Said(NamedTuple):
    """A post with its author, topic and group, all loaded and tied to no session; its words; who can see it."""

    post: Post
    words: str
    audience: str
    #: the post that opens its topic
    opening: int


_PARENT = aliased(Group)
#: what there is to a post now
_STATE = Hot(
    select(
        Post.id, Post.created_at, Post.group_id, Post.revision, Post.edited_at, Post.hidden_at, Post.deleted_at,
        User.name, User.active, Topic.version, Topic.title, Topic.kind, Topic.locked_at, Topic.hidden_at,
        Group.version, Group.slug, Group.name, Group.kind, Group.public_reading, Group.member_count,
        Group.facilitator_count, Group.organisation_count, _PARENT.version, _PARENT.name, _PARENT.member_count,
    )
    .join(Topic, Topic.id == Post.topic_id)
    .join(Group, Group.id == Post.group_id)
    .join(User, User.id == Post.author_id)
    .outerjoin(_PARENT, _PARENT.id == Group.parent_id)
    .where(Post.id == bindparam("post"))
)  # fmt: skip
_SAID: Lru[Any, Said] = Lru(20, ttl=5)


def said(post_id: int) -> Said:
    """What a post says at this moment."""
    return _SAID.get_or_make(tuple(_STATE.first({"post": post_id})), lambda: _read(post_id))


def _read(post_id: int) -> Said:
    with Session(db.engine) as reading:
        post = reading.scalars(select(Post).where(Post.id == post_id).options(joinedload(Post.author))).one()
        opening = select(Post.id).where(Post.topic_id == post.topic_id).order_by(Post.no).limit(1)
        audience = sight(post.topic).sentence.striptags()
        return Said(post, own_words(post.body), audience, reading.scalars(opening).one())
