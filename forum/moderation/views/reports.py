"""The queue of reports, and the decision; for facilitators, and for administrators where a group has none."""

from typing import Any

from flask import render_template, request, url_for
from werkzeug.exceptions import NotFound

from forum import activity
from forum.access import Person
from forum.groups.refusals import Settled
from forum.kit.db import db
from forum.models import Concern, Group, Verdict
from forum.moderation import actions, things
from forum.moderation.blueprint import bp
from forum.moderation.forms import KINDS, VERDICTS, Ruling, Safety, hints
from forum.moderation.queries.reports import concern_named, concerns_in, decided_in, escalated, escalated_named, shown
from forum.moderation.views.room import AnyReply, admin, done, drawn, leader, number

SHORT = {kind.value: short for kind, (short, _) in KINDS.items()}
SAID = {Verdict.KEPT: "It stays.", Verdict.HIDDEN: "It is hidden.", Verdict.DELETED: "It is deleted."}


@bp.get("/groups/<slug>/manage/reports")
def reports(slug: str) -> str:
    """What was reported and waits, and what was decided lately."""
    me, group = leader(slug)
    return queue(me, group, Safety(None, obj=group))


def queue(me: Person, group: Group, safety: Safety) -> str:
    """The page, with the group's rule for what is reported often."""
    found, here = concerns_in(group, me, number()), url_for(".reports", slug=group.slug)
    decided = [shown(each) for each in decided_in(group, me)] if found.number == 1 else []
    return drawn(
        "reports", me, group, page="reports", waiting=[shown(each) for each in found.rows], decided=decided,
        total=found.total, pages=found.links(here), short=SHORT, form=safety,
        verdicts={each.value: short for each, (short, _) in VERDICTS.items()},
    )  # fmt: skip


@bp.post("/groups/<slug>/manage/reports")
def set_report_limit(slug: str) -> AnyReply:
    """How many members' reports hide a thing in this group."""
    me, group = leader(slug, "own")
    form = Safety()
    if not form.submitted():
        return queue(me, group, form), 422
    things.hold(group)
    if group.report_limit != form.report_limit.data:
        group.report_limit = form.report_limit.data
        activity.log("group.switched", me, group=group, report_limit=group.report_limit)
    return done(url_for(".reports", slug=slug), "The rule is saved.")


@bp.get("/groups/<slug>/manage/reports/<concern>")
def concern(slug: str, concern: str) -> str:
    """One reported thing, and what may be decided."""
    me, group = leader(slug)
    return page(me, found(concern_named(concern, group, me)), Ruling(None))


@bp.post("/groups/<slug>/manage/reports/<concern>/decision")
def decide(slug: str, concern: str) -> AnyReply:
    """What becomes of it."""
    me, group = leader(slug)
    about = found(concern_named(concern, group, me))
    return ruled(me, about, url_for(".reports", slug=slug))


@bp.get("/admin/reports")
def site_reports() -> str:
    """What waits in groups without a facilitator: where and since when, not what."""
    found = escalated(admin(), number())
    return render_template(
        "moderation/site_reports.html", nav="admin", waiting=found.rows, total=found.total,
        pages=found.links(url_for(".site_reports")),
    )  # fmt: skip


@bp.post("/admin/reports/<concern>/handling")
def take_on(concern: str) -> AnyReply:
    """An administrator begins to look at one. That is logged, in the log of the group too."""
    me = admin()
    actions.take_on(me, found(escalated_named(concern, me)))
    return done(url_for(".site_concern", concern=concern))


@bp.get("/admin/reports/<concern>")
def site_concern(concern: str) -> str:
    """The reported item and the post it answers, alone, for the administrator who took it on."""
    me = admin()
    return page(me, taken_on(me, concern), Ruling(None))


@bp.post("/admin/reports/<concern>/decision")
def decide_as_admin(concern: str) -> AnyReply:
    """What becomes of it."""
    me = admin()
    return ruled(me, taken_on(me, concern), url_for(".site_reports"))


def taken_on(me: Person, code: str) -> Concern:
    """What this administrator has taken on."""
    about: Concern = found(escalated_named(code, me))
    if about.handler_id != me.id:
        raise NotFound
    return about


def ruled(me: Person, about: Concern, back: str) -> AnyReply:
    """The decision, kept; or the page again with what is missing. The second to decide is told who was quicker."""
    if about.verdict != Verdict.OPEN:
        raise Settled(actions.settled(about))
    form = Ruling()
    if not form.submitted():
        return page(me, about, form), 422
    verdict = Verdict(form.verdict.data)
    actions.decide(me, about, verdict, form.words.data or "")
    return done(back, f"{SAID[verdict]} Both sides are told.")


def page(me: Person, about: Concern, form: Ruling) -> str:
    """The page of one."""
    values: dict[str, Any] = {"item": shown(about, me), "short": SHORT, "form": form, "hints": hints(VERDICTS)}
    if request.path.startswith("/admin/"):
        here = url_for(".site_concern", concern=about.code)
        return render_template("moderation/site_concern.html", nav="admin", group=None, here=here, **values)
    here = url_for(".concern", slug=about.group.slug, concern=about.code)
    settled = actions.settled(about) if about.verdict != Verdict.OPEN else ""
    return drawn("concern", me, about.group, page="reports", here=here, settled=settled, **values)


def found(row: Any) -> Any:
    """The row. Raises NotFound if there is none."""
    if row is None:
        raise NotFound
    db.session.flush()
    return row
