"""Telling those who follow a tag."""

from collections.abc import Iterable, Sequence

from forum import activity, outbox, vocabulary
from forum.access import READ, Person
from forum.models import Post
from forum.notices import News, some, tell


def tell_of_tags(me: Person, opening: Post, tags: Sequence[str], told: Iterable[int] = ()) -> None:
    """Followers of these tags hear of the topic, each once; not its writer, nor those told already. Does not commit."""
    if not tags:
        return
    topic = opening.topic
    people = vocabulary.listeners(topic, tags, {me.id or 0, *told})
    activity.record_told(me, opening, dict.fromkeys(people, "topic.tagged"))
    tell(News("tag", opening, by=me.id, needs=READ), some(people))
    outbox.queue_each("topic-tagged", people, vocabulary.news(topic), topic.group_id, post=opening.id, tags=list(tags))
