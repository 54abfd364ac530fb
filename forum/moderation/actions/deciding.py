"""Deciding about a reported thing: once, whoever presses first. Both sides are told. Does not commit."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from forum import activity, notices, outbox
from forum.access import CARD, Person, can, person
from forum.groups.actions.rights import CHANGED
from forum.groups.refusals import Settled
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Concern, User, Verdict
from forum.moderation import things
from forum.moderation.things import Thing
from forum.notices import News

DONE = {Verdict.KEPT: "kept it", Verdict.HIDDEN: "hid it", Verdict.DELETED: "deleted it"}


def settled(concern: Concern) -> str:
    """Who decided it, and how."""
    by = concern.decided_by.name if concern.decided_by else "Someone"
    return f"{by} was quicker: {by} {DONE[concern.verdict]}."


def decide(me: Person, concern: Concern, verdict: Verdict, words: str) -> None:
    """Keeps, hides or deletes what was reported. Raises Settled when somebody was quicker, or the right is over."""
    thing = _held(concern)
    if concern.verdict != Verdict.OPEN:
        db.session.refresh(concern, ["decided_by"])
        raise Settled(settled(concern))
    if not can(person(me.id), "handle", concern):
        raise Settled(CHANGED)
    _apply(me, concern, thing, verdict)
    concern.verdict, concern.words, concern.decided_by_id, concern.decided_at = verdict, words, me.id, now()
    concern.mark = things.mark(thing)
    db.session.flush()
    author = db.session.scalars(select(User).where(User.id == concern.author_id)).one()
    facts = {"verdict": verdict.value, **things.where(thing)}
    activity.log("report.decided", me, group=concern.group, subject=author, **facts)
    _tell(me, concern, author, thing)


def _held(concern: Concern) -> Thing:
    """What was reported, as it is now that nobody else decides about it. Raises Settled if it was moved meanwhile."""
    thing = things.thing_of(concern)
    things.hold(concern.group, thing)
    db.session.refresh(concern)
    return thing


def _apply(me: Person, concern: Concern, thing: Thing, verdict: Verdict) -> None:
    if things.gone(thing):
        return
    if verdict == Verdict.DELETED:
        things.delete(me, thing)
    elif verdict == Verdict.HIDDEN and not things.hidden(thing):
        things.hide(me, thing, "reported")
    elif verdict == Verdict.KEPT and concern.hid_at and things.hidden(thing):
        things.show(me, thing)


def _tell(me: Person, concern: Concern, author: User, thing: Thing) -> None:
    """Tells whose thing it is, and each who reported it; not whoever decides, who knows."""
    facts = {"verdict": concern.verdict.value, "words": concern.words, "hid": bool(concern.hid_at)}
    facts |= things.in_mail(thing)
    reports = select(Concern).where(Concern.id == concern.id).options(selectinload(Concern.reports))
    reporters = [each.reporter_id for each in db.session.scalars(reports).one().reports]
    notices.settle("report", concern.group, concern.code)
    once = f"verdict:{concern.id}:{concern.decided_at:%y%m%d%H%M%S}"
    notices.tell(News("verdict", concern.group, needs=CARD, once=once), notices.some({author.id, *reporters} - {me.id}))
    if author.id != me.id:
        outbox.queue("report-verdict", author, f"report-verdict:{concern.code}", concern.group, **facts)
    for user in db.session.scalars(select(User).where(User.id.in_(reporters), User.id != me.id)):
        outbox.queue("report-decided", user, f"report-decided:{concern.code}:{user.id}", concern.group, **facts)


def take_on(me: Person, concern: Concern) -> None:
    """An administrator looks at what was reported, in a group without a facilitator: that is logged. Raises Settled."""
    thing = _held(concern)
    if concern.verdict != Verdict.OPEN or not can(person(me.id), "handle", concern):
        raise Settled(CHANGED)
    if concern.handler_id != me.id:
        concern.handler_id = me.id
        activity.log("admin.looked at report", me, group=concern.group, **things.where(thing))
