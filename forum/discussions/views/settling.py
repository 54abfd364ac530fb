"""What becomes of a question to a hot seat: answered by a post, set aside, let in, or taken back."""

from typing import Any

from flask import flash, redirect
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as Answer

from forum import once
from forum.access import Person, require, viewer
from forum.discussions import actions
from forum.discussions.actions import asking
from forum.discussions.actions.holding import hold_answer
from forum.discussions.blueprint import bp
from forum.discussions.seating import AnswerForm, Aside
from forum.discussions.views.asking import ONE, TAKEN, Shown, asked, one, seated, signed_out, to_question
from forum.discussions.views.doubting import waits, weighed_by_all
from forum.discussions.views.keeping import LOCKED, not_sent
from forum.discussions.views.limits import by_person, post_limit
from forum.discussions.views.replying import told, words
from forum.discussions.views.seating import to_questions
from forum.discussions.views.topics import address_of
from forum.discussions.writing import Written
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import SeatQuestion, Topic


@bp.post(ONE + "/answers")
@limiter.limit(post_limit, key_func=by_person)
def answer_question(slug: str, n: int, q: int) -> Shown:
    """The answer, as a post of the topic. Two at once: the second person has their text, and is told."""
    me = viewer()
    if not me:
        return signed_out(slug, n)
    topic, seat, question = asked(me, slug, n, q)
    require(me, "answer", seat)
    form = AnswerForm()
    if not form.submitted() or (written := words(me, form, topic)) is None:
        return one(me, topic, seat, q, form=form), 422
    try:
        return posted(me, topic, question, form, written)
    except actions.Closed:
        db.session.rollback()
        return not_sent("The topic was closed", LOCKED, 409)
    except asking.Answered:
        db.session.rollback()
        form.refuse("body", f"{TAKEN} Your answer is not posted, and still here")
        return one(me, *seated(me, slug, n), q, form=form), 409


def posted(me: Person, topic: Topic, question: SeatQuestion, form: AnswerForm, written: Written) -> Answer:
    """The way to the answer. Sent twice, the form leads to the same one. Raises Closed, Answered."""
    slug, n = topic.group.slug, topic.n
    weighed = weighed_by_all(me, topic.group, "", written)
    claim = once.claim(me.id or 0, form.key.data, "answer", str(question.id), written.body)
    if claim.result:
        return redirect(claim.result, 303)
    if weighed.waits:
        hold_answer(me, topic, written, question.id, weighed)
        return waits(claim, slug, "answer", weighed)
    post = asking.answer(me, topic, question, written)
    address = claim.done(address_of(slug, n, post.no, post.place, post.top_id))
    db.session.commit()
    return told(address, written, f"Your answer is posted (number {post.no}).")


@bp.post(ONE + "/aside")
def set_aside(slug: str, n: int, q: int) -> Shown:
    """Set aside by a facilitator, with a word why: its author reads it."""
    me = viewer()
    topic, seat, question = asked(me, slug, n, q)
    require(me, "facilitate", topic)
    form = Aside()
    if not form.submitted():
        return one(me, topic, seat, q, aside=form), 422
    done(lambda: asking.set_aside(me, topic, question, form.why.data))
    return to_questions(slug, n)


@bp.post(ONE + "/aside/end")
def let_in(slug: str, n: int, q: int) -> Answer:
    """In the queue again, or at last."""
    me = viewer()
    topic, _, question = asked(me, slug, n, q)
    require(me, "facilitate", topic)
    done(lambda: asking.let_in(me, topic, question))
    return to_question(slug, n, q)


@bp.post(ONE + "/removal")
def take_question_back(slug: str, n: int, q: int) -> Answer:
    """Taken back by whoever asked, while nobody has answered."""
    me = viewer()
    topic, _, question = asked(me, slug, n, q)
    require(me, "reply", topic)
    if question.author_id != me.id:
        raise Forbidden("Only the person who asked takes a question back.")
    if done(lambda: asking.take_back(me, topic, question)):
        flash("Your question is gone.")
    return to_questions(slug, n)


def done(action: Any) -> bool:
    """Whether it could be done; commits. What came in between is said."""
    try:
        action()
    except (actions.Closed, asking.Answered):
        db.session.rollback()
        flash(TAKEN, "warn")
        return False
    db.session.commit()
    return True
