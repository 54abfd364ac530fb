"""The questions to a hot seat, as far as a reader may read them: the queue, one of them, and what was answered."""

from collections.abc import Iterable
from typing import Any

from flask import current_app
from markupsafe import Markup
from sqlalchemy import and_, bindparam, case, exists, func, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable, shown
from forum.discussions.queries.seats import ANSWER, FACTS, OPEN, STANDS, SeatView, seat_from
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.models import Asked, HotSeat, Mute, Post, SeatQuestion, SeatVote, User

#: questions on one page
MANY = 50
_ANSWERER = aliased(User)
_ME: Any = bindparam("me")
_VOTES = select(func.count()).where(SeatVote.question_id == SeatQuestion.id).correlate(SeatQuestion).scalar_subquery()
_OWN_VOTE = select(1).where(SeatVote.question_id == SeatQuestion.id, SeatVote.user_id == _ME)
_MUTED = exists(select(1).where(Mute.user_id == _ME, Mute.muted_id == SeatQuestion.author_id).correlate(SeatQuestion))
#: 0 = waits for a facilitator, 1 = in the queue, 2 = answered, 3 = set aside
_PLACE = case((SeatQuestion.state == Asked.HELD, 0), (~OPEN, 3), (ANSWER.id.is_not(None), 2), else_=1)
_FOUND = (
    select(
        SeatQuestion.id, SeatQuestion.n, SeatQuestion.html, SeatQuestion.why, SeatQuestion.created_at,
        SeatQuestion.author_id, User.name, User.handle, User.hue, shown(ASKER, "organisation").label("organisation"),
        shown(ASKER, "photo_key").label("photo_key"), _PLACE.label("place"), _VOTES.label("votes"),
        exists(_OWN_VOTE.correlate(SeatQuestion)).label("voted"), _MUTED.label("muted"), ANSWER.no.label("answer_no"),
        _ANSWERER.name.label("answerer"),
    )
    .join(HotSeat, HotSeat.id == SeatQuestion.seat_id)
    .join(User, User.id == SeatQuestion.author_id)
    .outerjoin(ANSWER, STANDS)
    .outerjoin(_ANSWERER, _ANSWERER.id == ANSWER.author_id)
    .where(SeatQuestion.seat_id == bindparam("seat"), readable(SeatQuestion, ASKER))
)  # fmt: skip
QUEUE = Hot(
    _FOUND.order_by(_PLACE, _VOTES.desc(), SeatQuestion.created_at, SeatQuestion.id)
    .limit(MANY + 1)
    .offset(bindparam("skipped"))
)
ONE = Hot(_FOUND.where(SeatQuestion.n == bindparam("n")))


def queue_of(me: Person, seat: SeatView, page: int) -> list[Any]:
    """The questions of one page, and one more where there is a next: by votes, then by time. One statement."""
    return QUEUE.rows({**asked_by(me), "seat": seat.id, "skipped": (page - 1) * MANY})


def question_at(me: Person, seat: SeatView, n: int) -> Any:
    """One question that they may read, or None. One statement."""
    return ONE.first({**asked_by(me), "seat": seat.id, "n": n})


def question_in(me: Person, seat_id: int, n: int) -> SeatQuestion | None:
    """The row of a question that they may read."""
    found = select(SeatQuestion).where(SeatQuestion.seat_id == seat_id, SeatQuestion.n == n)
    return db.session.scalar(found.where(readable(SeatQuestion, me)))


_few = (
    select(SeatQuestion.n)
    .where(
        SeatQuestion.seat_id == bindparam("seat"), SeatQuestion.n > bindparam("after"),
        SeatQuestion.author_id != _ME, ~_MUTED, readable(SeatQuestion, ASKER),
    )
    .order_by(SeatQuestion.n)
    .limit(100)
    .subquery()
)  # fmt: skip
CAME = Hot(select(func.count().label("many"), func.min(_few.c.n).label("first")).select_from(_few))

_HERE = select(1).where(
    Post.id == SeatQuestion.answer_id, Post.topic_id == HotSeat.topic_id,
    Post.place > bindparam("above"), Post.place <= bindparam("upto"),
)  # fmt: skip
#: a hot seat, with each question that a post of one page of its topic answers
OF_PAGE = Hot(
    FACTS.add_columns(SeatQuestion.answer_id, SeatQuestion.n, SeatQuestion.html, User.name)
    .outerjoin(
        SeatQuestion,
        and_(
            SeatQuestion.seat_id == HotSeat.id, exists(_HERE.correlate(HotSeat, SeatQuestion)),
            readable(SeatQuestion, ASKER),
        ),
    )
    .outerjoin(User, User.id == SeatQuestion.author_id)
)  # fmt: skip


def seat_on(me: Person, topic: Any, above: int, upto: int) -> tuple[SeatView | None, dict[int, Any]]:
    """The hot seat of a topic, and what its posts at those places answer, by post. One statement, if there is one."""
    rows = OF_PAGE.rows({**asked_by(me), "topic": topic.id, "above": above, "upto": upto}) if topic.seat else ()
    return seat_from(me, topic, rows[0]) if rows else None, {row.answer_id: row for row in rows if row.answer_id}


def put_questions(topic: Any, posts: Iterable[Any], answered: dict[int, Any]) -> None:
    """Puts above each post of a page the question that it answers."""
    made: Any = current_app.jinja_env.get_template("macros/seat.html").module if answered else None
    base = f"/groups/{topic.group.slug}/topics/{topic.n}/questions"
    for post in posts:
        if post.author and (row := answered.get(post.id)):
            words = Markup(row.html)  # noqa: S704 cleaned when it was saved
            post.html = made.answered(row.name, words, f"{base}/{row.n}") + post.html
