"""The settings of a group: texts for its facilitators, switches for its owners."""

from flask import url_for

from forum.access import Person
from forum.groups import actions
from forum.groups.blueprint import bp
from forum.groups.forms import Settings, subjects_of
from forum.groups.queries import subjects_in
from forum.groups.switching import Switches
from forum.groups.views.room import AnyReply, done, drawn, leader, refused
from forum.kit.db import db
from forum.kit.names import initials
from forum.models import Group

TEXTS = ("name", "summary", "about", "welcome", "refusal")


@bp.get("/groups/<slug>/manage/settings")
def settings(slug: str) -> str:
    """The settings as they are."""
    me, group = leader(slug)
    return _page(me, group, _as_it_is(group), Switches(None, obj=group, prefix="switch"))


def _as_it_is(group: Group) -> Settings:
    named = ", ".join(db.session.scalars(subjects_in(group)))
    texts = {name: getattr(group, name) for name in TEXTS}
    return Settings(None, **texts, subjects=named, emblem=group.emblem, hue=str(group.hue))


def _page(me: Person, group: Group, form: Settings, switches: Switches) -> str:
    return drawn("settings", me, group, page="settings", form=form, switches=switches)


@bp.post("/groups/<slug>/manage/settings")
def describe(slug: str) -> AnyReply:
    """Saves the texts."""
    me, group = leader(slug)
    form = Settings()
    if not form.submitted():
        return refused(_page(me, group, form, Switches(None, obj=group, prefix="switch")))
    texts = {name: form[name].data for name in TEXTS}
    emblem = form.emblem.data or initials(form.name.data)
    actions.describe(
        me, group, subjects=subjects_of(form.subjects.data), emblem=emblem, hue=int(form.hue.data), **texts
    )
    return done(url_for(".settings", slug=slug), "The texts are saved.")


@bp.post("/groups/<slug>/manage/switches")
def switch(slug: str) -> AnyReply:
    """Saves the switches."""
    me, group = leader(slug, "own")
    form = Switches(prefix="switch")
    if not form.submitted():
        return refused(_page(me, group, _as_it_is(group), form))
    chosen = {name: form[name].data for name in actions.SWITCHES}
    actions.switch(me, group, **{name: value for name, value in chosen.items() if value is not None})
    return done(url_for(".settings", slug=slug), "The switches are saved.")
