"""Short forms of posts for cards and lists, remembered: making them parses HTML."""

from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import select

from forum.discussions.queries.gate import TopicRow
from forum.kit import text
from forum.kit.cache import Lru
from forum.kit.db import db
from forum.models import Topic, TopicTag

SHORT = 220
_short: Lru[str, str] = Lru(1_000)


class Answer(NamedTuple):
    """The accepted answer's opening words, and whose they are."""

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
    return Answer(topic.accepted_no, in_short(topic.answer), topic.answerer)


def tags_in(topic: Topic) -> list[str]:
    """The tags of a topic."""
    return list(db.session.scalars(select(TopicTag.tag).where(TopicTag.topic_id == topic.id).order_by(TopicTag.tag)))
