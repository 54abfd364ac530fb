"""Changing what was written: every earlier text is kept, and nobody writes over a text they have not seen."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from forum import activity
from forum.access import Person
from forum.discussions.actions.citing import cite_anew
from forum.discussions.actions.counting import UNSEEN, touch
from forum.discussions.actions.quoting import quote_anew, quotes_other
from forum.discussions.actions.tagging import tell_of_tags
from forum.discussions.actions.telling import tell_newly_mentioned
from forum.discussions.writing import Written, author_of
from forum.held import take_topic
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.text import RENDERER
from forum.models import NO_ANSWER, Post, Revision, Topic, TopicKind, TopicTag


class Stale(Exception):
    """Someone edited it since it was opened; nothing was changed."""


def edit(me: Person, post: Post, written: Written, revision: int) -> None:
    """The post says this from now on. `revision` is the one the writer saw. Does not commit. Raises Stale."""
    if post.revision == revision and post.body == written.body and not quotes_other(post, written.quotes):
        if cite_anew(post, written.cites):
            touch(post.topic)
        return
    kept = {"number": revision, "title": post.topic.title if post.no == 0 else "", "body": post.body}
    values = {"body": written.body, "html": written.html, "renderer": RENDERER}
    take_topic(post.topic_id)
    _revise(post, revision, kept, values)
    cite_anew(post, written.cites)
    quote_anew(post, written.quotes)
    tell_newly_mentioned(me, post, written.mentioned)
    touch(post.topic)


def change_topic(me: Person, topic: Topic, opening: Post, kind: TopicKind, title: str, tags: list[str]) -> None:
    """The topic is called and filed like this from now on; its earlier title stays in the history. Does not commit.

    Raises Stale when the opening post was edited in this very moment.
    """
    take_topic(topic.id)
    if title != topic.title and not opening.deleted_at:
        _revise(opening, opening.revision, {"number": opening.revision, "title": topic.title, "body": opening.body}, {})
    gone = NO_ANSWER if kind != TopicKind.QUESTION else {}
    tagged = set(db.session.scalars(select(TopicTag.tag).where(TopicTag.topic_id == topic.id)))
    if not set(tags) <= tagged or kind != topic.kind:  # others may know about it now
        gone = {**gone, "offered_at": None}
    db.session.execute(
        update(Topic).where(Topic.id == topic.id).values(title=title, kind=kind, **gone), execution_options=UNSEEN
    )
    had = set(db.session.scalars(select(TopicTag.tag).where(TopicTag.topic_id == topic.id)))
    db.session.execute(delete(TopicTag).where(TopicTag.topic_id == topic.id), execution_options=UNSEEN)
    if tags:
        rows = [{"topic_id": topic.id, "group_id": topic.group_id, "tag": tag} for tag in tags]
        db.session.execute(insert(TopicTag), rows)
    tell_of_tags(me, opening, sorted(set(tags) - had), (topic.author_id,))
    if topic.author_id != me.id:
        activity.log("topic.edited", me, group=topic.group, subject=author_of(topic), topic=topic.n)
    touch(topic)


def _revise(post: Post, revision: int, kept: dict[str, Any], values: dict[str, Any]) -> None:
    """Writes the new text and keeps the old one, if the post still is at that revision. Raises Stale."""
    moment, written_at = now(), post.edited_at or post.created_at
    same = (Post.id == post.id, Post.revision == revision, Post.deleted_at.is_(None))
    changed: Any = db.session.execute(
        update(Post).where(*same).values(revision=revision + 1, edited_at=moment, **values), execution_options=UNSEEN
    )
    if changed.rowcount != 1:
        raise Stale
    db.session.execute(insert(Revision), [{"post_id": post.id, "written_at": written_at, **kept}])
    db.session.expire(post)
