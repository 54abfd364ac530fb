"""Short forms of posts for cards and lists, remembered: making them parses HTML."""

from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access import Person, inside
from forum.discussions.queries.gate import TopicRow
from forum.kit import text
from forum.kit.cache import Lru
from forum.kit.db import db
from forum.models import Post, Topic, TopicTag

SHORT = 220
_short: Lru[str, str] = Lru(1_000)


class Answer(NamedTuple):
    """The accepted answer in short, as a facilitator says it or as it begins, and whose it is."""

    no: int
    words: str
    name: str


def in_short(html: str) -> str:
    """The opening words of a post, of the HTML that its statement let through."""
    return _short.get_or_make(html, lambda: shortened(html))


def shortened(html: str) -> str:
    """The first words of HTML, cut between words."""
    words = text.plain(Markup(html))  # noqa: S704 only its words are taken
    if len(words) <= SHORT:
        return words
    return words[:SHORT].rpartition(" ")[0].rstrip(" ,;:.") + "…"


def answer_in_short(topic: TopicRow) -> Answer | None:
    """The card under a question with an accepted answer."""
    if topic.accepted_no is None or topic.answer is None or topic.answerer is None:
        return None
    return Answer(topic.accepted_no, topic.answer_summary or in_short(topic.answer), topic.answerer)


def accepted_in(me: Person, topic: Topic) -> Post | None:
    """The accepted answer of a topic they were let into, with its author."""
    if topic.accepted_no is None:
        return None
    found = (Post.topic_id == topic.id, Post.no == topic.accepted_no, Post.deleted_at.is_(None))
    shown = inside(Post, me, topic.group)
    return db.session.scalar(select(Post).where(*found, shown).options(joinedload(Post.author)))


def tags_in(topic: Topic) -> list[str]:
    """The tags of a topic."""
    return list(db.session.scalars(select(TopicTag.tag).where(TopicTag.topic_id == topic.id).order_by(TopicTag.tag)))
