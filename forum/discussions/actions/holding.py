"""Texts that wait for a facilitator: kept beside the posts, published as their authors' own, or given back.

Nothing here commits.
"""

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import exists, select, update

from forum import activity, drafts, outbox
from forum.access import Person, can, person
from forum.discussions.actions.asking import tie
from forum.discussions.actions.counting import UNSEEN
from forum.discussions.actions.posting import reply, start_topic
from forum.discussions.actions.reminding import facilitators
from forum.discussions.citing import picks
from forum.discussions.queries.quotes import post_at
from forum.discussions.writing import Written, draft_place, write
from forum.held import Settled, take_topic
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.text import TooLong
from forum.models import Document, Group, Held, HeldState, Post, Topic, TopicKind, User
from forum.spam import Weighed

UNQUOTED = (
    "It quotes something that is not there any more, or that not everyone here may read, so it can’t be published as "
    "it is. You can give it back: its author has the whole text."
)


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


def hold_answer(me: Person, topic: Topic, written: Written, question_id: int, weighed: Weighed) -> Held:
    """An answer to a question of a hot seat that waits, and why it waits."""
    return _hold(me, topic.group, written, Sent(), weighed, topic_id=topic.id, question_id=question_id)


def _hold(me: Person, group: Group, written: Written, sent: Sent, weighed: Weighed, **facts: Any) -> Held:
    group = db.session.get_one(Group, group.id)  # it may be a row that stands for it
    held = Held(group_id=group.id, group=group, code=secrets.token_hex(12), author_id=me.id, **facts)
    held.body, held.html, held.picks = written.source, str(written.shown), list(sent.picks)
    held.quotes = [one.source_id for one in written.quotes]
    held.documents = [document.id for document in sent.documents]
    held.reasons, held.score = list(weighed.reasons), weighed.score
    held.state, held.created_at = HeldState.WAITING, now()
    db.session.add(held)
    db.session.flush()
    _tell(held)
    return held


def _tell(held: Held) -> None:
    """Those who decide hear of the first text that waits: not of the next, until nothing waited in between."""
    others = (Held.group_id == held.group_id, Held.state == HeldState.WAITING, Held.id != held.id)
    if db.session.scalar(select(exists(select(1).where(*others)))):
        return
    for user in db.session.scalars(facilitators(held.group)).all():
        outbox.queue("held-waiting", user, f"held-waiting:{held.code}:{user.id}", held.group)


def publish(me: Person, held: Held) -> Post | Topic:
    """It becomes a post of its author's, with its own time; whoever follows hears of it now. Raises Gone, Closed."""
    author = person(held.author_id)
    topic = _topic(held)
    where: Any = topic or held.group
    if not can(author, "reply" if topic else "start topic", where):
        raise Gone("Whoever wrote this may not post here any more. You can give it back.")
    written = _written(held, where, author)
    files = list(db.session.scalars(_files(held)))
    made = _made(author, held, topic, written, files)
    _end(me, held, HeldState.PUBLISHED, "")
    return made


def _written(held: Held, where: Any, author: Person) -> Written:
    """The text, rendered anew with what it quotes. Raises Gone, where that can't be quoted there any more."""
    try:
        written = write(held.body, where, author, picks(held.picks))
    except TooLong:
        raise Gone(UNQUOTED) from None
    if not set(held.quotes) <= {one.source_id for one in written.quotes}:
        raise Gone(UNQUOTED)
    return written


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
    post = reply(author, topic, written, parent, files, at=held.created_at)
    if held.question_id:
        tie(author, topic, held.question_id, post)
    return post


def give_back(me: Person, held: Held, words: str) -> None:
    """Its author has it again as a draft, with the reason; nobody else ever read it."""
    _keep_as_draft(held)
    _end(me, held, HeldState.RETURNED, words)


def take_back(held: Held) -> None:
    """Its author has it again as a draft, and it waits no more.

    Raises Settled, if that was decided meanwhile, or its topic was moved.
    """
    stood = held.topic_id
    take_topic(stood)
    db.session.refresh(held, ["topic_id", "group_id", "answers", "documents"])
    if held.topic_id != stood:
        raise Settled("Its topic was moved in the same moment. Take it back again.")
    _keep_as_draft(held)
    _settle(held, HeldState.TAKEN_BACK)


def _keep_as_draft(held: Held) -> None:
    """Puts the text before what its author may have begun there meanwhile, whose title and tags stay."""
    topic = db.session.scalar(select(Topic).where(Topic.id == held.topic_id)) if held.topic_id else None
    place = draft_place(topic or held.group)
    kept = drafts.from_draft(held.author_id, place)
    begun = {**(kept.fields if kept else {})}
    body = "\n\n".join(part for part in (held.body, begun.get("body", "")) if part)
    own = {"to": str(held.answers or "")} if topic else _about(held)
    files = [str(number) for number in db.session.scalars(_files(held).with_only_columns(Document.n))]
    more = {"cite": [*held.picks, *begun.get("cite", "").split()], "kept": [*files, *begun.get("kept", "").split()]}
    typed = own | {name: value for name, value in begun.items() if value.strip()}
    lists = {name: " ".join(dict.fromkeys(found)) for name, found in more.items() if found}
    drafts.keep_draft(held.author_id, place, {**typed, "body": body, **lists})


def _about(held: Held) -> dict[str, str]:
    """What stands above a topic, as its form has it."""
    return {"kind": held.kind.value if held.kind else "", "title": held.title, "tags": ", ".join(held.tags)}


def _end(me: Person, held: Held, state: HeldState, words: str) -> None:
    _settle(held, state, me.id, words)
    author = db.session.scalars(select(User).where(User.id == held.author_id)).one()
    activity.log(
        "post.published" if state == HeldState.PUBLISHED else "post.given back", me, group=held.group, subject=author
    )
    facts = {"published": state == HeldState.PUBLISHED, "words": words, "title": held.title, "code": held.code}
    outbox.queue("held-decided", author, f"held:{held.code}", held.group, **facts)


def _settle(held: Held, state: HeldState, by: int | None = None, words: str = "") -> None:
    """It waits no more. Of what is published the text stands in its post; else its author reads it still.

    Raises Settled for the second who ends it.
    """
    db.session.flush()
    values: dict[str, Any] = {"state": state, "words": words, "decided_by_id": by, "decided_at": now()}
    if state == HeldState.PUBLISHED:
        values |= {"body": "", "html": ""}
    waits = (Held.id == held.id, Held.state == HeldState.WAITING)
    ended: Any = db.session.execute(update(Held).where(*waits).values(values), execution_options=UNSEEN)
    if ended.rowcount != 1:
        raise Settled("Somebody was quicker: it waits no more.")
    db.session.expire(held, [*values, "body", "html"])
