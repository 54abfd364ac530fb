"""Texts that wait for a facilitator: kept beside the posts, published as their authors' own, or given back.

Nothing here commits.
"""

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from forum import activity, drafts, outbox
from forum.access import Person, can, person
from forum.discussions.actions.posting import reply, start_topic
from forum.discussions.citing import picks
from forum.discussions.queries.quotes import post_at
from forum.discussions.writing import Written, draft_place, write
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Group, Held, HeldState, Post, Topic, TopicKind, User
from forum.spam import Weighed


class Gone(Exception):
    """Whoever wrote it may not post it any more, or its topic is not there; the sentence says which."""


class Sent(NamedTuple):
    """What came with a text: its files, and the slides chosen beside it."""

    documents: Sequence[Document] = ()
    picks: Sequence[str] = ()


def hold_topic(me: Person, group: Group, about: tuple[TopicKind, str, list[str]], written: Written, *rest: Any) -> Held:
    """A topic (its kind, title and tags) that waits; then what came with it, and why it waits."""
    kind, title, tags = about
    return _hold(me, group, written, *rest, kind=kind, title=title, tags=tags)


def hold_reply(me: Person, topic: Topic, written: Written, answers: int | None, *rest: Any) -> Held:
    """A reply that waits; then what came with it, and why it waits."""
    return _hold(me, topic.group, written, *rest, topic_id=topic.id, answers=answers)


def _hold(me: Person, group: Group, written: Written, sent: Sent, weighed: Weighed, **facts: Any) -> Held:
    held = Held(group_id=group.id, group=group, code=secrets.token_hex(12), author_id=me.id, **facts)
    held.body, held.html, held.picks = written.body, written.html, list(sent.picks)
    held.documents = [document.id for document in sent.documents]
    held.reasons, held.score = list(weighed.reasons), weighed.score
    held.state, held.created_at = HeldState.WAITING, now()
    db.session.add(held)
    db.session.flush()
    return held


def publish(me: Person, held: Held) -> Post | Topic:
    """It becomes a post of its author's, with its own time; whoever follows hears of it now. Raises Gone, Closed."""
    author = person(held.author_id)
    topic = _topic(held)
    where: Any = topic or held.group
    if not can(author, "reply" if topic else "start topic", where):
        raise Gone("Whoever wrote this may not post here any more. You can give it back.")
    written = write(held.body, where, author, picks(held.picks))
    files = list(db.session.scalars(_files(held)))
    made = _made(author, held, topic, written, files)
    _end(me, held, HeldState.PUBLISHED, "")
    return made


def _topic(held: Held) -> Topic | None:
    if held.topic_id is None:
        return None
    topic = db.session.scalars(select(Topic).where(Topic.id == held.topic_id)).one()
    if topic.deleted_at or topic.hidden_at:
        raise Gone("The topic that this answers is not there any more. You can give it back.")
    return topic


def _files(held: Held) -> Any:
    """The files that came with it, as far as they are still its author's drafts."""
    own = (Document.uploader_id == held.author_id, Document.group_id == held.group_id)
    unposted = (Document.posted_at.is_(None), Document.deleted_at.is_(None))
    return select(Document).where(Document.id.in_(held.documents), *own, *unposted).order_by(Document.n)


def _made(author: Person, held: Held, topic: Topic | None, written: Written, files: list[Document]) -> Post | Topic:
    if topic is None:
        kind = held.kind or TopicKind.DISCUSSION
        return start_topic(author, held.group, kind, held.title, written, held.tags, files, at=held.created_at)
    parent = post_at(author, topic, held.answers) if held.answers else None
    return reply(author, topic, written, parent, files, at=held.created_at)


def give_back(me: Person, held: Held, words: str) -> None:
    """Its author has it again as a draft, with the reason; nobody else ever read it."""
    _keep_as_draft(held)
    _end(me, held, HeldState.RETURNED, words)


def take_back(held: Held) -> None:
    """Its author has it again as a draft, and it waits no more."""
    _keep_as_draft(held)
    held.state, held.decided_at, held.body, held.html = HeldState.TAKEN_BACK, now(), "", ""


def _keep_as_draft(held: Held) -> None:
    """Puts the text before what its author may have begun there meanwhile."""
    topic = db.session.scalar(select(Topic).where(Topic.id == held.topic_id)) if held.topic_id else None
    place = draft_place(topic or held.group)
    kept = drafts.from_draft(held.author_id, place)
    fields = {**(kept.fields if kept else {})}
    fields["body"] = "\n\n".join(part for part in (held.body, fields.get("body", "")) if part)
    if topic is None:
        fields |= {"kind": held.kind.value if held.kind else "", "title": held.title, "tags": ", ".join(held.tags)}
    else:
        fields["to"] = str(held.answers or "")
    cites = " ".join([*held.picks, *fields.get("cite", "").split()])
    drafts.keep_draft(held.author_id, place, {**fields, **({"cite": cites} if cites else {})})


def _end(me: Person, held: Held, state: HeldState, words: str) -> None:
    author = db.session.scalars(select(User).where(User.id == held.author_id)).one()
    held.state, held.words, held.decided_by_id, held.decided_at = state, words, me.id, now()
    held.body, held.html = "", ""
    activity.log(
        "post.published" if state == HeldState.PUBLISHED else "post.given back", me, group=held.group, subject=author
    )
    facts = {"published": state == HeldState.PUBLISHED, "words": words, "title": held.title, "code": held.code}
    outbox.queue("held-decided", author, f"held:{held.code}", held.group, **facts)
