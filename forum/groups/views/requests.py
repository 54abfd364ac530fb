"""Requests to join, as facilitators see and decide them."""

from flask import url_for

from forum.access import Person
from forum.groups import actions
from forum.groups.blueprint import bp
from forum.groups.forms import Decision
from forum.groups.queries import decided_in, request_named, requests_in
from forum.groups.refusals import Settled
from forum.groups.views.room import AnyReply, done, drawn, found, leader, refused
from forum.kit.db import db
from forum.models import Group, JoinRequest, RequestState


@bp.get("/groups/<slug>/manage/requests")
def requests(slug: str) -> str:
    """Who waits for an answer, and who got one lately."""
    me, group = leader(slug)
    waiting, decided = (db.session.scalars(each).all() for each in (requests_in(group), decided_in(group)))
    return drawn("requests", me, group, page="requests", waiting=waiting, decided=decided)


@bp.get("/groups/<slug>/manage/requests/<code>")
def request_to_join(slug: str, code: str) -> str:
    """One request, with the words that go with a yes and with a no."""
    me, group = leader(slug)
    asked = found(db.session.scalar(request_named(code, group)))
    return _page(
        me, group, asked, Decision(prefix="yes", message=group.welcome), Decision(prefix="no", message=group.refusal)
    )


def _page(me: Person, group: Group, asked: JoinRequest, yes: Decision, no: Decision) -> str:
    settled = actions.settled(asked) if asked.state != RequestState.OPEN else ""
    return drawn("request", me, group, page="requests", asked=asked, yes=yes, no=no, settled=settled)


@bp.post("/groups/<slug>/manage/requests/<code>/acceptance")
def accept_request(slug: str, code: str) -> AnyReply:
    """Lets the applicant in. Without words of its own it says the group's welcome."""
    return _decided(slug, code, "yes")


@bp.post("/groups/<slug>/manage/requests/<code>/refusal")
def decline_request(slug: str, code: str) -> AnyReply:
    """Turns the applicant down, with a reason."""
    return _decided(slug, code, "no")


def _decided(slug: str, code: str, answer: str) -> AnyReply:
    me, group = leader(slug)
    asked = found(db.session.scalar(request_named(code, group)))
    if asked.state != RequestState.OPEN:
        raise Settled(actions.settled(asked))
    form = Decision(prefix=answer)
    if not form.submitted():
        other = Decision(
            None, prefix="no" if answer == "yes" else "yes", message=group.refusal if answer == "yes" else group.welcome
        )
        return refused(_page(me, group, asked, *((form, other) if answer == "yes" else (other, form))))
    decide = actions.accept_request if answer == "yes" else actions.decline_request
    usual = group.welcome if answer == "yes" else ""
    decide(me, asked, form.message.data if form.message.raw_data else usual)
    said = (
        f"{asked.user.name} is a member now." if answer == "yes" else f"{asked.user.name} was told that you declined."
    )
    return done(url_for(".requests", slug=slug), said)
