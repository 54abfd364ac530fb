"""Groups made and described: texts, emblem, switches. Nothing here commits."""

import secrets
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum import activity
from forum.access import CARD, Person, level, readable
from forum.groups.actions import seats
from forum.groups.actions.inviting import void
from forum.groups.actions.rights import still_may
from forum.groups.queries import inviters
from forum.groups.refusals import Refused
from forum.groups.words import TIGHTNESS
from forum.kit import text
from forum.kit.db import db
from forum.kit.names import initials
from forum.models import MAX_DEPTH, Group, Kind, Standing, Subject

#: addresses below /groups that are no group's
RESERVED = frozenset({"new", "search", "feed", "export", "all", "mine", "invitations"})
LONGEST_SLUG = 60
SWITCHES = ("facilitators_upload", "facilitators_start", "members_invite", "offer_after", "announce_after")


#: stands for everyone who is registered and in no group
ANYBODY = Person(registered=True)


class SlugTaken(Exception):
    """The address can't be used: kept for the site, or another group has it. Never says which."""


def slug_from(name: str) -> str:
    """An address made from a name."""
    return slugify(name, max_length=LONGEST_SLUG - 4, word_boundary=True, save_order=True) or "group"


def address_for(me: Person, wanted: str, kind: Kind, parent: Group | None = None) -> str:
    """The address of a group to be. Raises SlugTaken for one kept for the site, or of a group this person knows of.

    A group that not everybody registered may know of gets a tail that nobody guesses: else who wants its address
    would learn that it is there. So does one whose wanted address belongs to such a group from earlier.
    """
    holder = select(Group.id).where(Group.slug == wanted)
    if wanted in RESERVED or db.session.scalar(holder.where(readable(Group, me, CARD))):
        raise SlugTaken
    planned = SimpleNamespace(id=0, kind=kind, parent=parent, public_reading=False)
    if level(ANYBODY, planned) >= CARD and not db.session.scalar(holder):
        return wanted
    tail = f"-{secrets.token_hex(4)}"
    return wanted[: LONGEST_SLUG - len(tail)].rstrip("-") + tail


def create_group(
    me: Person,
    *,
    name: str,
    slug: str,
    kind: Kind,
    parent: Group | None = None,
    summary: str = "",
    about: str = "",
    subjects: Iterable[str] = (),
    hue: int = 1,
    emblem: str = "",
    **switches: bool,
) -> Group:
    """The new group, with its creator as owner. Raises SlugTaken, and Refused for what its parent does not allow."""
    _fits(kind, parent, bool(switches.get("public_reading")))
    if slug in RESERVED:
        raise SlugTaken
    group = Group(
        name=name,
        slug=slug,
        kind=kind,
        parent=parent,
        summary=summary,
        about=about,
        about_html=str(text.render(about)),
        hue=hue,
        emblem=emblem or initials(name),
        subjects=[Subject(name=each) for each in dict.fromkeys(subjects)],
        **switches,
    )
    try:
        with db.session.begin_nested():
            db.session.add(group)
    except IntegrityError:
        raise SlugTaken from None
    seats.seat(me, group, Standing.OWNER)
    activity.record("group.created", me, group=group)
    activity.log("group.created", me, group=group, kind=kind.value, parent=parent.slug if parent else "")
    return group


def _fits(kind: Kind, parent: Group | None, public_reading: bool) -> None:
    if parent is None:
        return
    seats.touch(parent)
    if parent.parent is not None and parent.parent.parent is not None:
        raise Refused(f"Groups go {MAX_DEPTH} levels below the top at most.")
    if TIGHTNESS[kind] < TIGHTNESS[parent.kind]:
        raise Refused(f"A sub-group of {parent.name} is {parent.kind.value} or tighter.")
    if public_reading and not parent.public_reading:
        raise Refused(f"Public reading needs it in {parent.name} too.")


def describe(me: Person, group: Group, *, subjects: Iterable[str], **texts: Any) -> None:
    """Gives a group new texts, emblem and subjects."""
    seats.touch(group)
    still_may(me, "facilitate", group)
    changed = sorted(name for name, value in texts.items() if getattr(group, name) != value)
    for name, value in texts.items():
        setattr(group, name, value)
    group.about_html = str(text.render(group.about))
    _set_subjects(group, list(dict.fromkeys(subjects)))
    activity.log("group.described", me, group=group, changed=changed)


def _set_subjects(group: Group, wanted: list[str]) -> None:
    db.session.refresh(group, ["subjects"])
    kept = {subject.name: subject for subject in group.subjects}
    group.subjects = [kept.get(name) or Subject(name=name) for name in wanted]


def switch(me: Person, group: Group, **switches: bool) -> None:
    """Sets who uploads, starts topics and invites. Invitations by people who may not invite any more are void."""
    seats.touch(group)
    still_may(me, "own", group)
    changed: dict[str, Any] = {name: value for name, value in switches.items() if getattr(group, name) != value}
    for name, value in changed.items():
        setattr(group, name, value)
    if not changed:
        return
    activity.log("group.switched", me, group=group, **changed)
    if changed.get("members_invite") is False:
        for user in db.session.scalars(inviters(group)).all():
            void(user, group)
