"""Coming in: at once, by asking, by a facilitator's decision. Nothing here commits."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from forum import activity, outbox
from forum.access import CARD, FACILITATE, Person
from forum.groups.actions import seats
from forum.groups.actions.rights import still_may
from forum.groups.actions.seats import Someone
from forum.groups.queries import leading, open_request
from forum.groups.refusals import Refused, Settled
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import SEATED, Group, JoinRequest, Kind, RequestState, Standing, User
from forum.notices import News, settle, some, tell


def join(me: Person, group: Group) -> list[Group]:
    """The groups joined at once: an open one, and its open parent with it. None if they are a member already."""
    for step in (group.parent, group):
        if step is not None:
            seats.touch(step)
    if seats.stands(me, group) in SEATED:
        return []
    still_may(me, "join", group)
    joined = let_in(me, group)
    for each in joined:
        activity.record("member.joined", me, group=each)
        activity.log("member.joined", me, group=each)
    return joined


def let_in(someone: Someone, group: Group, standing: Standing = Standing.MEMBER) -> list[Group]:
    """The groups this person has become a member of: this one and, where they were not in it, its open parent.

    Raises Refused for a banned person, and when the parent is not open to them.
    """
    steps = [step for step in (group.parent, group) if step is not None]
    return [step for step in steps if _step_in(someone, step, group, standing)]


def _step_in(someone: Someone, step: Group, group: Group, standing: Standing) -> bool:
    seats.touch(step)
    if seats.stands(someone, step) in SEATED:
        return False
    if step is not group and not _walks_in(someone, step):
        raise Refused(f"Only members of {step.name} can join {group.name}.")
    if not seats.seat(someone, step, standing if step is group else Standing.MEMBER, but=(Standing.BANNED,)):
        raise Refused(f"A ban keeps this person out of {step.name}.")
    seats.close_requests(someone, step, RequestState.ACCEPTED)
    seats.recount(step)
    return True


def _walks_in(someone: Someone, parent: Group) -> bool:
    above = parent.parent is None or seats.stands(someone, parent.parent) in SEATED
    return parent.kind == Kind.OPEN and above


def ask(me: Person, group: Group, note: str = "") -> JoinRequest:
    """The request to join; the one that waits already, if there is one. Each facilitator is told once.

    Raises Refused within REQUEST_WAIT_DAYS of a refusal, Settled for a member and in a group that is asked no more.
    """
    seats.touch(group)
    waiting: JoinRequest | None = db.session.scalar(open_request(me.id, group))
    if waiting is not None:
        return waiting
    if (until := may_ask_from(me, group)) > now():
        raise Refused(f"Your last request was declined. You can ask again from {until.day} {until:%B %Y}.")
    still_may(me, "ask to join", group)
    request = JoinRequest(user_id=me.id, group_id=group.id, code=secrets.token_urlsafe(12), note=note)
    db.session.add(request)
    db.session.flush()
    seats.seat(me, group, Standing.PENDING)
    activity.record("request.made", me, group=group)
    news = News("request", group, by=me.id, code=request.code, needs=FACILITATE, once=f"request:{request.id}")
    tell(news, leading(group).order_by(None))
    for facilitator in db.session.scalars(leading(group)):
        facts = {"applicant": me.name, "organisation": me.organisation, "note": note, "code": request.code}
        outbox.queue("request-received", facilitator, f"request:{request.id}:to:{facilitator.id}", group, **facts)
    return request


def may_ask_from(me: Person, group: Group) -> datetime:
    """From when on a person may ask to join: some days after they were last declined."""
    refused = (
        JoinRequest.user_id == me.id,
        JoinRequest.group_id == group.id,
        JoinRequest.state == RequestState.DECLINED,
    )
    last = db.session.scalar(
        select(JoinRequest.decided_at).where(*refused).order_by(JoinRequest.decided_at.desc()).limit(1)
    )
    return last + timedelta(days=current_app.config["REQUEST_WAIT_DAYS"]) if last else now()


def withdraw(me: Person, group: Group) -> None:
    """Takes back a request to join."""
    seats.touch(group)
    if (waiting := db.session.scalar(open_request(me.id, group))) is not None:
        settle("request", group, waiting.code)
    seats.close_requests(me, group, RequestState.WITHDRAWN)
    seats.forget(me, group, Standing.PENDING)
    seats.recount(group)
    activity.record("request.withdrawn", me, group=group)


def accept_request(me: Person, request: JoinRequest, message: str = "") -> None:
    """Makes the applicant a member, and tells them. Raises Settled when the request was decided already."""
    _decide(me, request, RequestState.ACCEPTED, message)
    for each in let_in(request.user, request.group):
        activity.record("member.joined", request.user, group=each)
    _tell(me, request, message)


def decline_request(me: Person, request: JoinRequest, message: str = "") -> None:
    """Turns the applicant down, and tells them why. Raises Settled when the request was decided already."""
    _decide(me, request, RequestState.DECLINED, message)
    seats.forget(request.user, request.group, Standing.PENDING)
    seats.recount(request.group)
    _tell(me, request, message)


def _decide(me: Person, request: JoinRequest, state: RequestState, message: str) -> None:
    if request.group.parent is not None:
        seats.touch(request.group.parent)
    seats.touch(request.group)
    still_may(me, "facilitate", request.group)
    waiting = (JoinRequest.id == request.id, JoinRequest.state == RequestState.OPEN)
    values = {"state": state, "reason": message, "decided_by_id": me.id, "decided_at": now()}
    done: Any = db.session.execute(update(JoinRequest).where(*waiting).values(values), execution_options=seats.ROWS)
    if not done.rowcount:
        raise Settled(settled(request))
    db.session.refresh(request, ["state"])
    settle("request", request.group, request.code)
    activity.log(f"request.{state.value}", me, group=request.group, subject=request.user)


def settled(request: JoinRequest) -> str:
    """Who decided this request, in a sentence."""
    db.session.refresh(request, ["state", "decided_by_id"])
    by = db.session.get(User, request.decided_by_id) if request.decided_by_id else None
    words = {RequestState.ACCEPTED: "accepted", RequestState.DECLINED: "declined"}.get(request.state, "withdrawn")
    return f"This request was already {words}" + (f" by {by.name}." if by else ".")


def _tell(me: Person, request: JoinRequest, message: str) -> None:
    accepted = request.state == RequestState.ACCEPTED
    facts = {"accepted": accepted, "message": message, "by": me.name}
    kind = "accepted" if accepted else "declined"
    news = News(kind, request.group, by=me.id, code=request.code, needs=CARD, once=f"decided:{request.id}")
    tell(news, some([request.user_id]))
    outbox.queue("request-decided", request.user, f"request:{request.id}:decided", request.group, **facts)
