"""Changing who finds, joins and reads a group: chosen, shown in numbers, and only then confirmed."""

from typing import Any

from flask import flash, request, url_for

from forum.access import Person
from forum.groups import actions
from forum.groups.actions import Reach
from forum.groups.blueprint import bp
from forum.groups.forms import Confirmed, ReachChoice
from forum.groups.preflight import Shift, preflight
from forum.groups.refusals import Stale
from forum.groups.views.room import AnyReply, done, drawn, leader, refused
from forum.groups.words import choices, consequences, kinds_below
from forum.kit.db import db
from forum.kit.when import plural
from forum.models import Group, Kind


@bp.get("/groups/<slug>/manage/reach")
def reach(slug: str) -> str:
    """The choice, as it stands."""
    me, group = leader(slug, "own")
    return _choice(
        me, group, ReachChoice(None, group=group, **{**actions.reach(group)._asdict(), "kind": group.kind.value})
    )


def _choice(me: Person, group: Group, form: ReachChoice) -> str:
    says = choices(kinds_below(group.parent), group.parent)
    return drawn("reach", me, group, page="reach", form=form, says=says)


@bp.get("/groups/<slug>/manage/reach/preview")
def reach_preview(slug: str) -> AnyReply:
    """What a choice would change, in numbers. Nothing is changed by looking."""
    me, group = leader(slug, "own")
    form = ReachChoice(request.args, group=group)
    if not form.validate():
        return refused(_choice(me, group, form))
    return _preview(me, group, _wanted(form))


def _wanted(form: ReachChoice) -> Reach:
    return Reach(Kind(form.kind.data), bool(form.public_reading.data), bool(form.single_files.data))


def _preview(me: Person, group: Group, wanted: Reach) -> str:
    shifts = preflight(group, wanted)
    same = shifts[0].before == shifts[0].after
    form = Confirmed(
        None,
        group=group,
        **{
            **shifts[0].after._asdict(),
            "kind": shifts[0].after.kind.value,
            "seen": actions.seal(shift.group for shift in shifts),
        },
    )
    said: dict[str, Any] = {
        "button": _button(group, shifts[0]),
        "shift": shifts[0],
        "children": shifts[1:],
        "same": same,
        "says": consequences(shifts[0].after.kind, group.parent),
    }
    return drawn("reach_preview", me, group, page="reach", form=form, **said)


def _button(group: Group, shift: Shift) -> str:
    """What the button says: what widens names how many people come to see more."""
    if shift.web > 0:
        return "Open it to anyone on the web"
    if shift.wider:
        return f"Show it to {plural(max(shift.gains, shift.finds), 'more person', 'more people')}"
    return f"Make {group.name} {shift.after.kind.value}" if shift.before.kind != shift.after.kind else "Make the change"


@bp.post("/groups/<slug>/manage/reach")
def change_reach(slug: str) -> AnyReply:
    """Changes it, if what was shown is what would happen; else shows it anew."""
    me, group = leader(slug, "own")
    form = Confirmed(group=group)
    if not form.submitted():
        return refused(_choice(me, group, form))
    wanted = _wanted(form)
    try:
        actions.change_reach(me, group, wanted, form.seen.data)
    except Stale as stale:
        db.session.rollback()
        flash(stale.description or "", "warn")
        me, group = leader(slug, "own")
        return _preview(me, group, wanted), 409
    return done(url_for(".reach", slug=slug), f"{group.name} is {group.kind.value} now.")
