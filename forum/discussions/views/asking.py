"""The questions to a hot seat: read, asked, voted for, set aside."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from forum import notices, once
from forum.access import Person, asked_by, can, fetch, require, viewer
from forum.discussions import actions
from forum.discussions.actions import asking
from forum.discussions.blueprint import bp
from forum.discussions.queries.questions import CAME, MANY, question_at, question_in, queue_of
from forum.discussions.queries.seats import SeatView, seat_of
from forum.discussions.seating import AnswerForm, Aside, QuestionForm
from forum.discussions.views.changing import TOPIC
from forum.discussions.views.doubting import weighed_by_all
from forum.discussions.views.keeping import LOCKED, not_sent
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.polling import OFTEN
from forum.discussions.views.since import reader
from forum.discussions.writing import Written
from forum.kit import fresh, marks, text
from forum.kit.db import db
from forum.kit.kept import kept
from forum.kit.rates import limiter
from forum.kit.unasked import unasked
from forum.models import SeatQuestion, Topic
from forum.sight import sight

QUESTIONS = TOPIC + "/questions"
ONE = QUESTIONS + "/<number:q>"
OVER = "The hot seat had ended before this arrived, so it was not counted."
LATE = "The hot seat had ended before your question arrived, or it can’t take any more. Your text is still here"
TAKEN = "Somebody has answered this question, or changed how it stands, in the meantime."
Shown = str | Answer | tuple[str, int]


def seated(me: Person, slug: str, n: int) -> tuple[Topic, SeatView]:
    """A topic and its hot seat. Raises what `fetch` raises, NotFound."""
    topic = fetch(Topic, me, slug, n=n)
    found = seat_of(me, topic)
    if found is None:
        raise NotFound
    return topic, found


def asked(me: Person, slug: str, n: int, q: int) -> tuple[Topic, SeatView, SeatQuestion]:
    """The same, with a question that they may read."""
    topic, seat = seated(me, slug, n)
    question = question_in(me, seat.id, q)
    if question is None:
        raise NotFound
    return topic, seat, question


def signed_out(slug: str, n: int) -> tuple[str, int]:
    """The page for someone whose session ended while they wrote: their text, and how to send it. For any address."""
    back = f"/groups/{slug}/topics/{n}/questions"
    return render_template("discussions/signed_out.html", nav="groups", kept=kept(), back=back), 403


def to_question(slug: str, n: int, q: int) -> Answer:
    """303 to a question, in the queue."""
    return redirect(url_for(".questions", slug=slug, n=n, _anchor=f"question-{q}"), 303)


@bp.get(QUESTIONS)
def questions(slug: str, n: int) -> str:
    """The questions to a hot seat: by votes, then by time."""
    me = viewer()
    return page(me, *seated(me, slug, n), QuestionForm(None))


def page(me: Person, topic: Topic, seat: SeatView, form: QuestionForm) -> str:
    """The page of the queue, with what is written into it."""
    number = request.args.get("page", 1, type=int)
    rows = queue_of(me, seat, number) if 1 <= number <= 1_000 else []
    if not rows and number != 1:
        raise NotFound
    places = {at: [row for row in rows[:MANY] if row.place == at] for at in range(4)}
    return drawn("questions", me, topic, seat, form=form, places=places, number=number, more=len(rows) > MANY)


def drawn(template: str, me: Person, topic: Topic, seat: SeatView, **values: Any) -> str:
    """A page about a hot seat."""
    base = url_for("discussions.topic", slug=topic.group.slug, n=topic.n)
    return render_template(
        f"discussions/{template}.html", nav="groups", group=topic.group, topic=topic, seat=seat, base=base,
        sight=sight(topic), may_ask=can(me, "reply", topic) and seat.phase != "over",
        may_vote=can(me, "vote", topic) and seat.phase != "over", may_answer=can(me, "answer", seat),
        leads=can(me, "facilitate", topic), **values,
    )  # fmt: skip


@bp.post(QUESTIONS)
@limiter.limit(post_limit, key_func=by_person)
def ask(slug: str, n: int) -> Shown:
    """A question, put into the queue, or given back with what is wrong."""
    me = viewer()
    if not me:
        return signed_out(slug, n)
    topic, seat = seated(me, slug, n)
    require(me, "reply", topic)
    form = QuestionForm()
    if not form.submitted() or (written := words(form)) is None:
        return page(me, topic, seat, form), 422
    try:
        return put(me, topic, seat, form, written)
    except actions.Closed:
        db.session.rollback()
        return not_sent("The topic was closed", LOCKED, 409)
    except asking.Over:
        db.session.rollback()
        form.refuse("body", LATE)
        return page(me, *seated(me, slug, n), form), 409


def put(me: Person, topic: Topic, seat: SeatView, form: QuestionForm, written: Written) -> Answer:
    """The way to the new question. Sent twice, the form leads to the same one. Raises Closed, Over."""
    slug, n = topic.group.slug, topic.n
    weighed = weighed_by_all(me, topic.group, "", written)
    claim = once.claim(me.id or 0, form.key.data, "question", str(seat.id), written.body)
    if claim.result:
        return redirect(claim.result, 303)
    question = asking.ask(me, topic, seat.id, written, weighed)
    reply = redirect(claim.done(to_question(slug, n, question.n).location), 303)
    db.session.commit()
    if weighed.waits:
        flash("Your question waits for a facilitator. Until then only you and they read it.")
    return reply


def words(form: QuestionForm) -> Written | None:
    """The question rendered; None, with the reason at the field, when it is above a limit."""
    try:
        return Written(form.body.data, str(text.render(form.body.data, doc_id=form.key.data[:6])))
    except text.TooLong as error:
        form.refuse("body", str(error))
        return None


@bp.get(ONE)
def question(slug: str, n: int, q: int) -> str:
    """One question by itself, with what may be done with it."""
    me = viewer()
    topic, seat = seated(me, slug, n)
    return one(me, topic, seat, q)


def one(me: Person, topic: Topic, seat: SeatView, q: int, **forms: Any) -> str:
    """The page of a question."""
    row = question_at(me, seat, q)
    if row is None:
        raise NotFound
    return drawn("question", me, topic, seat, question=row, **{"aside": Aside(None), "form": AnswerForm(None), **forms})


@bp.post(ONE + "/votes")
@limiter.limit(OFTEN, key_func=by_person)
def vote_for(slug: str, n: int, q: int) -> Answer:
    """They want to hear the answer to it."""
    return voted(slug, n, q, asking.vote)


@bp.post(ONE + "/votes/end")
@limiter.limit(OFTEN, key_func=by_person)
def unvote(slug: str, n: int, q: int) -> Answer:
    """They do not any more."""
    return voted(slug, n, q, asking.unvote)


def voted(slug: str, n: int, q: int, action: Any) -> Answer:
    """A vote, given or taken back; nobody votes for what they asked themselves."""
    me = viewer()
    topic, _, question = asked(me, slug, n, q)
    require(me, "vote", topic)
    if question.author_id == me.id:
        flash("Nobody votes for a question of their own.", "warn")
        return to_question(slug, n, q)
    try:
        action(me, question)
    except asking.Over:
        db.session.rollback()
        flash(OVER, "warn")
    db.session.commit()
    return to_question(slug, n, q)


@bp.get(QUESTIONS + "/since/<number:no>")
@unasked
def questions_since(slug: str, n: int, no: int) -> Response:
    """The questions after a number, for a page that stays open."""
    me, unread = reader(), notices.unread_here()
    topic, seat = seated(me, slug, n)
    came = CAME.first({**asked_by(me), "seat": seat.id, "after": no})
    name = marks.tag(no, unread, me.id, me.version, seat.id, topic.version, came.many)
    to = url_for(".questions", slug=slug, n=n)
    return fresh.unchanged(name) or marks.told(name, came.many, ("new question", "new questions"), to, unread)
