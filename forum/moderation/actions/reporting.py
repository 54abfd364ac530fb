"""Reporting a thing: one report a person and thing; enough of them hide it until somebody decides. Does not commit.

Nothing that is written besides names who reported: no mail, no page, and no address in the log.
"""

import secrets
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from forum import activity, outbox
from forum.access import FACILITATE, TAKE_PART, VISITOR, Person, can, level, person
from forum.groups.queries import leading
from forum.groups.refusals import Settled
from forum.kit import origin
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Concern, Group, Post, Report, ReportKind, User, Verdict
from forum.moderation import things
from forum.moderation.things import Thing
from forum.notices import News, some, tell

#: somebody of whose last reports here so many were all found to be nothing counts no more towards hiding
UNFOUNDED = 3


class Reported(StrEnum):
    """What became of a report."""

    RECEIVED = "received"
    #: it was decided before, and nothing is new since
    DECIDED = "decided"


def report(me: Person, thing: Thing, kind: ReportKind, words: str) -> Reported:
    """Reports a thing to those who look after its group. Raises Settled if that is over, or was done before."""
    group = things.group_of(thing)
    things.hold(group, thing)
    if things.gone(thing) or not can(person(me.id), "report", thing):
        raise Settled("This is not there any more, so there is nothing to report.")
    concern = _last(thing)
    if concern and any(each.reporter_id == me.id for each in concern.reports) and not _changed(concern, thing):
        raise Settled("You have reported this already. " + _how_it_stands(concern))
    old = concern is not None and concern.verdict != Verdict.OPEN
    if concern is None or (old and _new(concern, thing, kind)):
        concern, old = _open(thing, group), False
    _add(concern, me, kind, words)
    if old:
        return Reported.DECIDED
    with origin.unseen():
        _tell(concern, group, me)
        _hide_by_rule(concern, thing, group)
    return Reported.RECEIVED


def _last(thing: Thing) -> Concern | None:
    """The newest concern about a thing."""
    column = Concern.post_id if isinstance(thing, Post) else Concern.document_id
    found = select(Concern).where(column == thing.id).order_by(Concern.id.desc()).limit(1)
    return db.session.scalar(found.options(selectinload(Concern.reports)))


def _how_it_stands(concern: Concern) -> str:
    if concern.verdict == Verdict.OPEN:
        return "A facilitator will look at it."
    return {Verdict.KEPT: "It was looked at, and stays."}.get(concern.verdict, "It was looked at, and taken away.")


def _changed(concern: Concern, thing: Thing) -> bool:
    return concern.verdict != Verdict.OPEN and concern.mark != things.mark(thing)


def _new(concern: Concern, thing: Thing, kind: ReportKind) -> bool:
    """Whether there is something that was not decided about: another text, or another reason."""
    return _changed(concern, thing) or kind not in {each.kind for each in concern.reports}


def _open(thing: Thing, group: Group) -> Concern:
    post, document = (thing.id, None) if isinstance(thing, Post) else (None, thing.id)
    about = {"post_id": post, "document_id": document, "author_id": things.author_id(thing)}
    concern = Concern(group_id=group.id, code=secrets.token_hex(12), group=group, reports=[], **about)
    concern.verdict, concern.report_count, concern.opened_at = Verdict.OPEN, 0, now()
    db.session.add(concern)
    db.session.flush()
    return concern


def _add(concern: Concern, me: Person, kind: ReportKind, words: str) -> None:
    made = Report(group_id=concern.group_id, reporter_id=me.id, kind=kind, words=words, concern=concern)
    db.session.add(made)
    concern.report_count += 1
    db.session.flush()


def _account(user_id: int) -> User:
    return db.session.scalars(select(User).where(User.id == user_id)).one()


def _tell(concern: Concern, group: Group, me: Person) -> None:
    """The first report of a thing is told to those who will decide, but not to whoever made it."""
    if concern.report_count != 1:
        return
    leads = _deciding(concern, group)
    once = f"report:{concern.id}:{concern.opened_at:%y%m%d%H%M%S}"
    news = News("report", group, code=concern.code, needs=FACILITATE, once=once)
    tell(news, some(user.id for user in leads if user.id != me.id))
    what = "report-received" if leads else "report-escalated"
    for user in leads or _administrators(concern):
        if user.id != me.id:
            outbox.queue(what, user, f"report:{concern.code}:{user.id}", group, code=concern.code)


def _administrators(concern: Concern) -> list[User]:
    """Those who decide where nobody looks after the group."""
    run = (User.admin, User.active, User.id != concern.author_id)
    return list(db.session.scalars(select(User).where(*run).order_by(User.id)))


def _deciding(concern: Concern, group: Group) -> list[User]:
    leads = list(db.session.scalars(select(User).from_statement(leading(group))))
    return [user for user in leads if user.id != concern.author_id or len(leads) == 1]


def _hide_by_rule(concern: Concern, thing: Thing, group: Group) -> None:
    """Hides the thing when so many members reported it as the group says; author and facilitators are told."""
    limit = group.report_limit
    if not limit or concern.hid_at or things.hidden(thing) or concern.report_count < limit:
        return
    if sum(_counts(each.reporter_id, group) for each in concern.reports) < limit:
        return
    concern.hid_at = now()
    facts = things.where(thing)
    activity.log("report.limit", None, group=group, subject=_account(concern.author_id), reports=limit, **facts)
    things.hide(VISITOR, thing, "reported")
    author = _account(concern.author_id)
    outbox.queue("report-hid", author, f"report-hid:{concern.code}", group, **things.in_mail(thing))
    for user in _deciding(concern, group):
        outbox.queue("report-limit", user, f"report-limit:{concern.code}:{user.id}", group, code=concern.code)


def _counts(reporter_id: int, group: Group) -> bool:
    """Whether a person's report helps to hide: a member, whose last reports here were not all found to be nothing."""
    lately = (
        select(Concern.verdict)
        .join(Report, Report.concern_id == Concern.id)
        .where(Report.reporter_id == reporter_id, Concern.group_id == group.id, Concern.verdict != Verdict.OPEN)
        .order_by(Report.id.desc())
        .limit(UNFOUNDED)
        .subquery()
    )
    kept = select(func.count()).select_from(lately).where(lately.c.verdict == Verdict.KEPT)
    unfounded = db.session.scalar(kept) == UNFOUNDED
    return level(person(reporter_id), group) >= TAKE_PART and not unfounded
