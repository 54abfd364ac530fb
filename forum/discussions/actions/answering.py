"""Choosing an answer, and looking after it. Nothing here commits.

Each takes the topic's row first and looks again: two people who choose at once come one after the other, and the
second learns what the first did.
"""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import exists, select, update

from forum import activity
from forum.access import Person, can, hearers
from forum.discussions.actions.counting import UNSEEN, touch
from forum.discussions.writing import author_of
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import NO_ANSWER, Post, Topic, User
from forum.notices import News, tell

#: the answer that stood on the page is not known: whoever chooses means it in any case
ANY = -1


class Settled(Exception):
    """Something happened to the question or its answers since the page was shown; in words. Nothing was changed."""


def accept(me: Person, topic: Topic, post: Post, shown: int = ANY) -> None:
    """The post is the answer, and stays where it is. `shown`: the number of the one accepted on the page, 0 for none.

    Raises Settled, also for a post that is deleted or hidden by now.
    """
    if _held(me, topic, shown, but=post.no) == post.no:
        return
    live = (Post.topic_id == topic.id, Post.no == post.no, Post.deleted_at.is_(None), Post.hidden_at.is_(None))
    if not db.session.scalar(select(exists().where(*live))):
        raise Settled(gone(post.no))
    _set(topic, {**NO_ANSWER, "accepted_no": post.no, "accepted_by_id": me.id, "accepted_at": now()})
    tell(News("answer", post, by=me.id, once=f"answer:{post.id}"), hearers(post).where(User.id == post.author_id))
    _log(me, topic, "answer.accepted", post.no)


def gone(no: int) -> str:
    """Why a post that is not there to be read is no answer."""
    return f"Post {no} was deleted, hidden or moved, so it can’t be the accepted answer."


def clear_answer(me: Person, topic: Topic, shown: int = ANY) -> None:
    """The question has no accepted answer. Raises Settled."""
    if (no := _held(me, topic, shown)) is not None:
        _set(topic, NO_ANSWER)
        _log(me, topic, "answer.cleared", no)


class Said(NamedTuple):
    """What facilitators say of an answer: one line, whether it may be out of date (`doubt`: why, None: it is not), and
    when they look at it again. `seen`: the mark of the doubt that stood on their page."""

    summary: str
    doubt: str | None
    review_on: date | None
    seen: str


def mark_of_doubt(topic: Topic) -> str:
    """What names the doubt about an answer; '' = there is none."""
    return topic.outdated_at.isoformat() if topic.outdated_at else ""


def look_after(me: Person, topic: Topic, shown: int, said: Said) -> None:
    """What facilitators say of the answer. Raises Settled, also when it was doubted since their page was shown."""
    _held(me, topic, shown)
    summary, doubt, review_on, seen = said
    if seen != mark_of_doubt(topic):
        raise Settled(f"Meanwhile {_doubted(topic)}. Look at it again, then save.")
    since = None if doubt is None else topic.outdated_at or now()
    told = topic.review_told_at if review_on == topic.review_on else None
    care = {"answer_summary": summary, "outdated_at": since, "outdated_why": doubt or ""}
    _set(topic, {**care, "review_on": review_on, "review_told_at": told})
    _log(me, topic, "answer.reviewed", shown)


def _doubted(topic: Topic) -> str:
    if not topic.outdated_at:
        return "somebody looked after this answer, and it is not said to be out of date any more"
    why = f": “{topic.outdated_why}”" if topic.outdated_why else ""
    return f"somebody said that it may be out of date{why}"


def doubt(me: Person, topic: Topic, shown: int, why: str, today: date) -> bool:
    """Whether the answer is marked by this call as perhaps out of date; it comes back to the facilitators at once.

    False when it was marked already: the first to say so is the one who is heard. Raises Settled.
    """
    _held(me, topic, shown, "doubt")
    if topic.outdated_at:
        return False
    due = min(topic.review_on or today, today)
    _set(topic, {"outdated_at": now(), "outdated_why": why, "review_on": due, "review_told_at": None})
    activity.log("answer.doubted", me, group=topic.group, topic=topic.n, post=shown)
    return True


def _held(me: Person, topic: Topic, shown: int, verb: str = "accept", but: int | None = None) -> int | None:
    """The number of the accepted answer, with the topic's row held until commit. Raises Settled if it is another.

    `but`: being that one is right, too.
    """
    touch(topic)
    if topic.deleted_at or not can(me, verb, topic):
        raise Settled("This question was changed since you opened its page. Look at it again.")
    if shown not in (ANY, topic.accepted_no or 0) and (but is None or topic.accepted_no != but):
        now_is = "no answer is accepted now" if topic.accepted_no is None else f"post {topic.accepted_no} is it now"
        raise Settled(
            f"Someone else decided about the accepted answer a moment before you: {now_is}. Look at it again."
        )
    return topic.accepted_no


def _set(topic: Topic, values: Any) -> None:
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(**values), execution_options=UNSEEN)
    db.session.expire(topic)


def _log(me: Person, topic: Topic, what: str, no: int | None) -> None:
    """What is done to someone else's question is in the log."""
    if topic.author_id != me.id:
        activity.log(what, me, group=topic.group, subject=author_of(topic), topic=topic.n, post=no)
