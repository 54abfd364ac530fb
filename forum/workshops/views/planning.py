"""Planning a workshop: begun, changed, cancelled. For facilitators."""

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from werkzeug.exceptions import Conflict
from werkzeug.wrappers import Response

from forum import once
from forum.access import Person, enter, fetch, require, viewer
from forum.discussions.views.limits import by_person, post_limit
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.models import Group, Workshop
from forum.sight import sight
from forum.workshops import actions
from forum.workshops.blueprint import ONE, ROOT, bp
from forum.workshops.forms import Cancellation, WorkshopForm, typed

Answer = str | Response | tuple[str, int]
STALE = "Somebody else changed this workshop meanwhile. What you typed is not saved: look at its page, then save again"


@bp.route(f"{ROOT}/new", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def new(slug: str) -> Answer:
    """A new workshop of the group."""
    me = viewer()
    group = enter(me, slug)
    require(me, "plan", group)
    form = WorkshopForm()
    form.new = True
    if not form.is_submitted():
        form.zone.data = me.timezone or current_app.config["TIMEZONE"]
        return written(group, form)
    if not form.submitted():
        return written(group, form), 422
    claim = once.claim(me.id or 0, form.key.data, "workshop", str(group.id), repr(form.said), repr(form.spans))
    if claim.result:
        return redirect(claim.result, 303)
    made = actions.plan(me, group, form.said, form.spans)
    place = url_for(".index", slug=slug) if len(made) > 1 else url_for(".workshop", slug=slug, n=made[0].n)
    claim.done(place)
    db.session.commit()
    flash(f"{len(made)} dates are planned." if len(made) > 1 else "The workshop is planned.")
    return redirect(place, 303)


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@limiter.limit(post_limit, key_func=by_person, methods=["POST"])
def edit(slug: str, n: int) -> Answer:
    """The workshop, changed. Those who come are told of another time or place."""
    me, workshop = planned(slug, n)
    form = WorkshopForm()
    if not form.is_submitted():
        return written(workshop.group, WorkshopForm(None, data=typed(workshop)), workshop)
    if not form.submitted():
        return written(workshop.group, form, workshop), 422
    try:
        told = actions.change(me, workshop, int(form.revision.data), form.said, form.spans[0])
    except actions.Stale:
        db.session.rollback()
        return stale(me, slug, n, form)
    db.session.commit()
    flash("It is changed, and those who booked are told." if told else "It is changed.")
    return redirect(url_for(".workshop", slug=slug, n=n), 303)


def stale(me: Person, slug: str, n: int, form: WorkshopForm) -> Answer:
    """The page with what was typed, and that somebody else was quicker."""
    workshop = fetch(Workshop, me, slug, n=n)
    form.revision.data = str(workshop.revision)
    form.refuse("title", STALE)
    return written(workshop.group, form, workshop), 409


@bp.route(f"{ONE}/cancellation", methods=["GET", "POST"])
def cancellation(slug: str, n: int) -> Answer:
    """It does not take place. The page stays, and says so."""
    me, workshop = planned(slug, n)
    form = Cancellation()
    if not form.is_submitted() or not form.submitted():
        page = drawn("cancellation", workshop.group, workshop=workshop, form=form)
        return (page, 422) if form.errors else page
    try:
        actions.cancel(me, workshop, form.why.data)
    except actions.Over:
        raise Conflict("It is cancelled already, or over.") from None
    db.session.commit()
    flash("It is cancelled, and those who booked are told.")
    return redirect(url_for(".workshop", slug=slug, n=n), 303)


def planned(slug: str, n: int) -> tuple[Person, Workshop]:
    """Somebody who plans, and a workshop that is not cancelled. Raises what `fetch` and `require` raise, Conflict."""
    me = viewer()
    workshop: Workshop = fetch(Workshop, me, slug, n=n)
    require(me, "plan", workshop)
    if workshop.cancelled_at:
        raise Conflict("This workshop was cancelled.")
    return me, workshop


def written(group: Group, form: WorkshopForm, workshop: Workshop | None = None) -> str:
    """The page to plan on."""
    return drawn("edit", group, workshop=workshop, form=form)


def drawn(template: str, group: Group, **values: Any) -> str:
    """A page below the group's workshops."""
    base = url_for("workshops.index", slug=group.slug)
    seen = sight(group, "this workshop")
    return render_template(f"workshops/{template}.html", nav="groups", group=group, base=base, sight=seen, **values)
