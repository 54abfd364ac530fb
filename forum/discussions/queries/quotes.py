"""The post that a reply answers, for the page of the reply; and whether there are replies."""

from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import exists, select

from forum.access import Person, inside
from forum.kit.db import db
from forum.kit.quoting import own_words, quoted_lines
from forum.models import Post, Topic, User


class Quoted(NamedTuple):
    """A readable post: its number, author, text, and the same as a quotation."""

    no: int
    name: str
    created_at: datetime
    html: Markup
    body: str
    address: str

    @property
    def as_quote(self) -> str:
        """Its words as a Markdown quotation, with author and link; without what it quotes itself."""
        return quoted_lines(f"**{self.name}**, [post {self.no}]({self.address}):", own_words(self.body))


def quoted(me: Person, topic: Topic, no: int) -> Quoted | None:
    """The post of that number in a topic they were let into, if there is one they may read."""
    if not 0 <= no <= topic.last_no:
        return None
    found = (
        select(Post.no, User.name, Post.created_at, Post.html, Post.body)
        .join(User, User.id == Post.author_id)
        .where(Post.topic_id == topic.id, Post.no == no, Post.deleted_at.is_(None), inside(Post, me, topic.group))
    )
    row = db.session.execute(found).first()
    if row is None:
        return None
    address = f"/groups/{topic.group.slug}/topics/{topic.n}/posts/{no}"
    return Quoted(row.no, row.name, row.created_at, Markup(row.html), row.body, address)  # noqa: S704


def post_at(me: Person, topic: Topic, no: int) -> Post | None:
    """The post of that number in a topic they were let into, if they may read it."""
    return db.session.scalar(
        select(Post).where(Post.topic_id == topic.id, Post.no == no, inside(Post, me, topic.group))
    )


def replied(topic: Topic) -> bool:
    """Whether a topic holds a reply that is not deleted, hidden or not."""
    kept = (Post.topic_id == topic.id, Post.no > 0, Post.deleted_at.is_(None))
    return bool(db.session.scalar(select(exists().where(*kept))))
