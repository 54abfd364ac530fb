"""Questions to a hot seat: asked, voted for, set aside, answered once. Nothing here commits."""

from typing import Any

from sqlalchemy import delete, exists, literal, or_, select, update

from forum import activity, notices
from forum.access import FACILITATE, Person, level
from forum.discussions.actions.counting import UNSEEN
from forum.discussions.actions.posting import Closed, reply
from forum.discussions.actions.reminding import facilitators
from forum.discussions.actions.telling import tell_asker
from forum.discussions.writing import Written, author_of
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.models import Asked, HotSeat, Post, SeatQuestion, SeatVote, Topic
from forum.spam import Weighed

#: questions to one hot seat, those taken back included
MOST = 1_000
#: what facilitators are told while a question waits for them
HELD = "seat_held"


class Over(Exception):
    """The hot seat had ended, or was full, before this arrived; nothing was written."""


class Answered(Exception):
    """Somebody has answered, or set aside, this question in the meantime; nothing was written."""


def ask(me: Person, topic: Topic, seat_id: int, written: Written, weighed: Weighed) -> SeatQuestion:
    """The question, in the queue; one that weighs too much waits for a facilitator. Raises Closed, Over."""
    hold(me, topic)
    live = (HotSeat.id == seat_id, HotSeat.ends_at > now(), HotSeat.last_n < MOST)
    count = update(HotSeat).where(*live).values(last_n=HotSeat.last_n + 1).returning(HotSeat.last_n)
    n = db.session.scalar(count, execution_options=UNSEEN)
    if n is None:
        raise Over
    state, why = (Asked.HELD, ", ".join(weighed.reasons)[:300]) if weighed.waits else (Asked.OPEN, "")
    question = SeatQuestion(seat_id=seat_id, n=n, author_id=me.id, body=written.body, html=written.html)
    question.state, question.why = state, why
    db.session.add(question)
    db.session.flush()
    if state == Asked.HELD:
        _tell_who_decides(topic, question)
    return question


def _tell_who_decides(topic: Topic, question: SeatQuestion) -> None:
    """Facilitators find in their inbox that a question waits: not of the next, until none waited in between."""
    if not _some_wait(question.seat_id, SeatQuestion.id != question.id):
        once = f"{HELD}:{question.id}"
        held = notices.News(HELD, topic.group, code=str(topic.n), needs=FACILITATE, once=once)
        notices.tell(held, facilitators(topic.group))


def _some_wait(seat_id: int, *which: Any) -> bool:
    held = select(1).where(SeatQuestion.seat_id == seat_id, SeatQuestion.state == Asked.HELD, *which)
    return bool(db.session.scalar(select(exists(held))))


def _settle(topic: Topic, seat_id: int) -> None:
    """Once no question waits, no notice says so."""
    if not _some_wait(seat_id):
        notices.settle(HELD, topic.group, str(topic.n))


def take_back(me: Person, topic: Topic, question: SeatQuestion) -> None:
    """Their own question is gone, if nobody has answered it. Raises Closed, Answered."""
    hold(me, topic)
    same = update(HotSeat).where(HotSeat.id == question.seat_id).values(revision=HotSeat.revision)
    db.session.execute(same, execution_options=UNSEEN)  # as whoever votes does
    own = delete(SeatQuestion).where(SeatQuestion.id == question.id, SeatQuestion.author_id == me.id, _waits(topic))
    gone: Any = db.session.execute(own, execution_options=UNSEEN)
    if gone.rowcount != 1:
        raise Answered
    _settle(topic, question.seat_id)


def vote(me: Person, question: SeatQuestion) -> None:
    """They want to hear the answer to it, as often as they say so once. Raises Over."""
    _still_open(question)
    there = (SeatQuestion.id == question.id, SeatQuestion.state == Asked.OPEN, SeatQuestion.author_id != me.id)
    mine = select(SeatQuestion.id, literal(me.id)).where(*there)
    one = insert_or(SeatVote).from_select(["question_id", "user_id"], mine)
    db.session.execute(one.on_conflict_do_nothing())


def unvote(me: Person, question: SeatQuestion) -> None:
    """They do not any more. Raises Over."""
    _still_open(question)
    mine = (SeatVote.question_id == question.id, SeatVote.user_id == me.id)
    db.session.execute(delete(SeatVote).where(*mine), execution_options=UNSEEN)


def _still_open(question: SeatQuestion) -> None:
    """Holds the hot seat, so that none is counted after its end."""
    live = (HotSeat.id == question.seat_id, HotSeat.ends_at > now())
    same: Any = update(HotSeat).where(*live).values(revision=HotSeat.revision)
    held: Any = db.session.execute(same, execution_options=UNSEEN)
    if held.rowcount != 1:
        raise Over


def set_aside(me: Person, topic: Topic, question: SeatQuestion, why: str) -> None:
    """Only facilitators and its author read it from now on. Raises Closed, Answered."""
    hold(me, topic)
    _stand(question, Asked.ASIDE, why, SeatQuestion.state != Asked.ASIDE)
    _decided("question.aside", me, topic, question, why=why)


def let_in(me: Person, topic: Topic, question: SeatQuestion) -> None:
    """It stands in the queue: it was held, or set aside. Raises Closed, Answered."""
    hold(me, topic)
    _stand(question, Asked.OPEN, "", SeatQuestion.state != Asked.OPEN)
    _decided("question.let in", me, topic, question)


def _stand(question: SeatQuestion, state: Asked, why: str, *which: Any) -> None:
    same = (SeatQuestion.id == question.id, *which)
    done: Any = db.session.execute(
        update(SeatQuestion).where(*same).values(state=state, why=why), execution_options=UNSEEN
    )
    if done.rowcount != 1:
        raise Answered


def _decided(action: str, me: Person, topic: Topic, question: SeatQuestion, **more: str) -> None:
    asker = author_of(question)
    activity.log(action, me, group=topic.group, subject=asker, topic=topic.n, question=question.n, **more)
    _settle(topic, question.seat_id)


def answer(me: Person, topic: Topic, question: SeatQuestion, written: Written) -> Post:
    """The post that answers it. Raises Closed, and Answered for whoever comes second."""
    hold(me, topic)
    post = reply(me, topic, written)
    if not tie(me, topic, question.id, post):
        raise Answered
    return post


def tie(me: Person, topic: Topic, question_id: int, post: Post) -> bool:
    """Whether this post is the answer to that question from now on; then whoever asked is told of it."""
    ours = (SeatQuestion.id == question_id, SeatQuestion.state == Asked.OPEN, _waits(topic))
    done = update(SeatQuestion).where(*ours).values(answer_id=post.id).returning(SeatQuestion.author_id)
    asker = db.session.scalar(done, execution_options=UNSEEN)
    if asker is None:
        return False
    activity.record_told(me, post, {asker: "post.answered"})
    tell_asker(post, asker)
    return True


def _waits(topic: Topic) -> Any:
    """SQL of: no post that stands in its topic answers it."""
    stands = select(Post.id).where(Post.topic_id == topic.id, Post.deleted_at.is_(None), Post.hidden_at.is_(None))
    return or_(SeatQuestion.answer_id.is_(None), SeatQuestion.answer_id.not_in(stands))


def hold(me: Person, topic: Topic) -> None:
    """Takes the topic, if it is still open to them, and makes its pages anew. Raises Closed."""
    leads = level(me, topic.group) >= FACILITATE
    still = [Topic.id == topic.id, Topic.group_id == topic.group_id, Topic.deleted_at.is_(None)]
    still += [] if leads else [Topic.hidden_at.is_(None), Topic.locked_at.is_(None)]
    raised = update(Topic).where(*still).values(version=Topic.version + 1)
    taken: Any = db.session.execute(raised, execution_options=UNSEEN)
    if taken.rowcount != 1:
        raise Closed
