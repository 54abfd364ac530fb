"""What this reader may do on a page of a topic: asked once for the page, not for each post."""

from typing import Any, NamedTuple

from forum.access import FACILITATE, Person, can, level
from forum.models import TopicKind


class _Sample(NamedTuple):
    """A post of this topic, written by someone, in place of each of them."""

    topic: Any
    author_id: int | None
    deleted_at: None = None

    @property
    def group(self) -> Any:
        return self.topic.group


class Abilities(NamedTuple):
    """What they may: reply, follow, change the topic, accept or doubt an answer, edit and delete posts, lead, upload,
    say that posts of others helped, keep bookmarks; and report posts of others."""

    reply: bool
    follow: bool
    change: bool
    accept: bool
    doubt: bool
    edit_own: bool
    delete_own: bool
    lead: bool
    upload: bool
    thank: bool
    keep: bool
    report: bool


def abilities(me: Person, topic: Any) -> Abilities:
    """What they may in this topic (a Topic, or a row of the same facts)."""
    own = _Sample(topic, me.id)
    return Abilities(
        reply=can(me, "reply", topic), follow=can(me, "follow", topic), change=can(me, "edit topic", topic),
        accept=topic.kind == TopicKind.QUESTION and can(me, "accept", topic),
        doubt=can(me, "doubt", topic),
        edit_own=can(me, "edit post", own), delete_own=can(me, "delete post", own),
        lead=level(me, topic.group) >= FACILITATE, upload=can(me, "upload", topic.group),
        thank=can(me, "thank", _Sample(topic, 0)), keep=can(me, "keep", topic),
        report=can(me, "report", _Sample(topic, None)),
    )  # fmt: skip
