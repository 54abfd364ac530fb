"""What happened, written once: events for the community, entries for the log. The only writer of both."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from forum.kit import origin
from forum.kit.db import db
from forum.kit.hot import Change, given
from forum.models import AuditEntry, Document, Event, Group, Post, Topic, User
from forum.who import Person

EVENT = Change(
    insert(Event).values(
        given(Event, "kind", "actor_id", "subject_id", "group_id", "topic_id", "post_id", "created_at")
    )
)


def record(
    kind: str, actor: Person | User | None, *, group: Group | None = None, topic: Topic | None = None,
    post: Post | None = None, document: Document | None = None, subject: User | None = None,
) -> Event:  # fmt: skip
    """The event of something a person did. Flushes, so that it has its number; does not commit."""
    event = Event(kind=kind, actor_id=actor.id if actor else None, subject_id=subject.id if subject else None)
    event.group_id, event.topic_id = group.id if group else None, topic.id if topic else None
    event.post_id, event.document_id = post.id if post else None, document.id if document else None
    db.session.add(event)
    db.session.flush()
    return event


def log(
    action: str,
    actor: Person | User | None,
    *,
    group: Group | None = None,
    subject: User | None = None,
    **details: Any,
) -> None:
    """Appends to the audit log: who, what, when, from where. Does not commit.

    Details hold no secrets and no text of posts.
    """
    entry = AuditEntry(action=action, details=details, address=origin.address(), request_id=origin.request_id())
    entry.actor_id, entry.group_id = actor.id if actor else None, group.id if group else None
    entry.subject_id = subject.id if subject else None
    db.session.add(entry)


def record_post(kind: str, actor: Person, post: Post, told: Mapping[int, str]) -> None:
    """The events of a post: that it was written, and for whom it is (`told`: what it is to that person)."""
    EVENT.run({"to_kind": kind, "to_subject_id": None, **_of(actor, post), "to_created_at": post.created_at})
    record_told(actor, post, told)


def record_told(actor: Person, post: Post, told: Mapping[int, str]) -> None:
    """For whom a post is, and what it is to them. Nobody is told of what they did themselves."""
    at = post.edited_at or post.created_at
    for who, what in told.items():
        if who != actor.id:
            EVENT.run({"to_kind": what, "to_subject_id": who, **_of(actor, post), "to_created_at": at})


def _of(actor: Person, post: Post) -> dict[str, Any]:
    of = {"to_actor_id": actor.id, "to_group_id": post.group_id}
    return {**of, "to_topic_id": post.topic_id, "to_post_id": post.id}
