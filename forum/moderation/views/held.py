"""What waits for a facilitator: published as it is, or given back with a reason."""

from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select

from forum import activity
from forum.access import Person
from forum.discussions import actions as discussions
from forum.discussions.queries.held import decided_in, held_named, waiting_in
from forum.groups.actions.rights import still_may
from forum.groups.refusals import Settled
from forum.held import take_topic
from forum.kit.db import db
from forum.models import Group, Held, HeldState, User
from forum.moderation import things
from forum.moderation.blueprint import bp
from forum.moderation.forms import GiveBack, Holding
from forum.moderation.queries.paging import page_of
from forum.moderation.views.reports import found
from forum.moderation.views.room import AnyReply, done, drawn, leader, number

HELD = "/groups/<slug>/manage/held"
DONE = {HeldState.PUBLISHED: "published it", HeldState.RETURNED: "gave it back", HeldState.TAKEN_BACK: "took it back"}


@bp.get(HELD)
def held(slug: str) -> str:
    """What waits, and what was decided lately."""
    me, group = leader(slug)
    return queue(me, group, Holding(None, obj=group))


def queue(me: Person, group: Group, holding: Holding, sent: GiveBack | None = None, code: str = "") -> str:
    """The page; `sent` is the form that was sent, of the text of that code."""
    some = page_of(waiting_in(group, me), number())
    waiting = [
        (row, Markup(row.html), sent if sent and row.code == code else GiveBack(None, prefix=row.code))  # noqa: S704
        for row in some.rows
    ]
    return drawn(
        "held", me, group, page="held", waiting=waiting, decided=decided_in(group, me) if some.number == 1 else [],
        form=sent or holding, holding=holding, total=some.total, pages=some.links(url_for(".held", slug=group.slug)),
    )  # fmt: skip


@bp.post(HELD)
def set_holding(slug: str) -> AnyReply:
    """What waits in this group from now on."""
    me, group = leader(slug, "own")
    form = Holding()
    if not form.submitted():
        return queue(me, group, form), 422
    things.hold(group)
    said = {"hold_first": form.hold_first.data, "spam_limit": form.spam_limit.data}
    changed: dict[str, Any] = {name: value for name, value in said.items() if getattr(group, name) != value}
    for name, value in changed.items():
        setattr(group, name, value)
    if changed:
        activity.log("group.switched", me, group=group, **changed)
    return done(url_for(".held", slug=slug), "The rule is saved.")


@bp.post(HELD + "/<held>/publication")
def publish(slug: str, held: str) -> AnyReply:
    """Everyone reads it from now on, with the time it was written at."""
    me, group = leader(slug)
    about = waiting_now(me, group, held)
    try:
        discussions.publish(me, about)
    except discussions.Closed:
        raise Settled("The topic that this answers was locked meanwhile. Unlock it first, or give this back.") from None
    except discussions.Gone as error:
        raise Settled(str(error)) from None
    return done(url_for(".held", slug=slug), f"It is published, as {about.author.name} wrote it.")


@bp.post(HELD + "/<held>/return")
def give_back(slug: str, held: str) -> AnyReply:
    """Its author has it again, with the reason."""
    me, group = leader(slug)
    form = GiveBack(prefix=held)
    if not form.submitted():
        found(held_named(held, group, me))
        return queue(me, group, Holding(None, obj=group), form, held), 422
    about = waiting_now(me, group, held)
    discussions.give_back(me, about, form.words.data)
    return done(url_for(".held", slug=slug), f"{about.author.name} has it again as a draft, with your words.")


def waiting_now(me: Person, group: Group, code: str) -> Held:
    """The text, with the rows of its topic and group held. Raises Settled for the second who decides."""
    about: Held = found(held_named(code, group, me))
    stood = about.topic_id
    take_topic(stood)
    things.hold(group)
    still_may(me, "facilitate", group)
    db.session.refresh(about, ["state", "decided_by_id", "topic_id", "group_id"])
    if (about.topic_id, about.group_id) != (stood, group.id):
        raise Settled("Its topic was moved in the same moment. Look at it again where it is now.")
    if about.state != HeldState.WAITING:
        by = db.session.scalar(select(User.name).where(User.id == about.decided_by_id))
        raise Settled(f"{by or about.author.name} was quicker and {DONE[about.state]}.")
    return about
