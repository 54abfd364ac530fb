"""Choosing how one wants to hear of a group: the screen on joining, and all groups in the settings."""

from typing import Any, NamedTuple

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum import hearing, notices
from forum.access import Person, enter, require, viewer
from forum.inbox import devices
from forum.inbox.blueprint import bp
from forum.inbox.forms import Habits, shown
from forum.inbox.views.reading import reader
from forum.inbox.words import CHOICES, per_week
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.webpush import public_key
from forum.models import SEATED, Group, Hear
from forum.outbox import bounces
from forum.sight import masthead_sight

Answer = Response | str | tuple[str, int]


class Offer(NamedTuple):
    """A group, and what each choice would bring."""

    slug: str
    name: str
    chosen: str
    ways: list[tuple[str, str, str]]


def ways(bring: dict[Hear, float], daily: bool) -> list[tuple[str, str, str]]:
    """The four choices: value, words, how much mail that is."""
    return [(choice.value, words, per_week(choice, bring[choice], daily)) for choice, words in CHOICES.items()]


@bp.get("/groups/<slug>/hearing")
def hear(slug: str) -> str:
    """What a new member should know of the group on one screen, and how they want to hear of it."""
    me, group = member(slug)
    return page(me, group)


@bp.post("/groups/<slug>/hearing")
def choose(slug: str) -> Answer:
    """Keeps how they want to hear of it."""
    me, group = member(slug)
    chosen = request.form.get("hear", "")
    if chosen not in list(Hear):
        return page(me, group, "Choose one of the four"), 422
    hearing.choose(me.id, group.id, Hear(chosen))
    db.session.commit()
    flash(f"{CHOICES[Hear(chosen)]}: kept. You can change it in your settings, under Hearing.")
    return redirect(f"/groups/{slug}", 303)


def member(slug: str) -> tuple[Person, Group]:
    """Somebody who takes part in the group, and the group."""
    me = viewer()
    group = enter(me, slug)
    require(me, "hear", group)
    return me, group


def page(me: Person, group: Group, wrong: str = "") -> str:
    """The screen of one group."""
    chosen = hearing.choices_of(me.id).get(group.id, hearing.DEFAULT)
    habit = hearing.habit_of(me.id)
    found = ways(hearing.estimates(me, [group.id])[group.id], habit.daily)
    facts: dict[str, Any] = {"chosen": chosen.value, "ways": found, "sight": masthead_sight(group), "wrong": wrong}
    facts |= {"silent": habit.silent}
    return render_template("inbox/hear.html", nav="groups", group=group, **facts)


def zone_of(me: Person) -> str:
    """The zone in which this person's hours are meant."""
    return me.timezone or str(current_app.config["TIMEZONE"])


@bp.get("/settings/hearing")
def settings() -> str:
    """How they hear of each of their groups, and when."""
    me = reader()
    return all_groups(me, Habits(zone_of(me), None, data=shown(hearing.habit_of(me.id), zone_of(me))))


@bp.post("/settings/hearing")
def save() -> Answer:
    """Keeps all of it."""
    me = reader()
    form = Habits(zone_of(me))
    if not form.submitted():
        return all_groups(me, form), 422
    for number in me.holding(SEATED):
        chosen = request.form.get(f"hear-{me.seats[number].slug}", "")
        if chosen and chosen not in list(Hear):
            abort(422)
        if chosen:
            hearing.choose(me.id, number, Hear(chosen))
    habit = hearing.habit_of(me.id)
    if hearing.paused(habit, now()):  # what came meanwhile is in the inbox, as they were told
        notices.unmailed(me.id or 0)
    hearing.keep(habit, form.values)
    db.session.commit()
    flash("Saved.")
    return redirect(url_for(".settings"), 303)


def all_groups(me: Person, form: Habits) -> str:
    """The page of the settings."""
    mine, daily = me.holding(SEATED), form.pace.data != "now"
    chosen, bring = hearing.choices_of(me.id), hearing.estimates(me, mine)
    offers = [
        Offer(me.seats[n].slug, me.seats[n].name, chosen.get(n, hearing.DEFAULT).value, ways(bring[n], daily))
        for n in mine
    ]
    facts = {"offers": offers, "zone": zone_of(me), "stopped": bounces.stopped(me.id)}
    if devices.on():
        facts |= {"devices": devices.of(me), "push_key": public_key(current_app.config["SECRET_KEY"])}
    return render_template("inbox/settings.html", tab="hearing", form=form, **facts)
