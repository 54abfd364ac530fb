"""access.md once more, in plain Python over plain facts, written from the page and not from the code."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

LEVELS = ("nothing", "card", "read", "take part", "facilitate", "own")
#: rows as printed in access.md, "level by person and kind": open, open with public reading, restricted, private, hidden
PAGE = {
    "visitor": ("card", "read", "card", "nothing", "nothing"),
    "registered": ("read", "read", "card", "card", "nothing"),
    "invited": ("read", "read", "card", "card", "card"),
}
AT_HOME = {"member": "take part", "facilitator": "facilitate", "owner": "own"}
COLUMN = {"open": 0, "public": 1, "restricted": 2, "single": 2, "private": 3, "hidden": 4}


@dataclass(eq=False)
class Someone:
    """A person as access.md speaks of them. `stands` maps a group's name to the standing they hold there.

    What a person may is worked out once for each group, so neither field changes.
    """

    account: str
    stands: dict[str, str] = field(default_factory=dict)


@cache
def shape(name: str) -> str:
    """The group's own shape: the last word of its name."""
    return name.rsplit("-", maxsplit=1)[-1]


@cache
def parent(name: str) -> str | None:
    """The group it is a sub-group of."""
    return name.rpartition("-")[0] or None


@cache
def belongs(who: Someone, name: str) -> bool:
    """Is in the group: by role, and in every group above it."""
    above = parent(name)
    return who.account == "active" and who.stands.get(name) in AT_HOME and (above is None or belongs(who, above))


def may_walk_in(who: Someone, name: str) -> bool:
    """Could join at once: it is open, they are not banned, and they are in what is above it."""
    above = parent(name)
    return (
        shape(name) in ("open", "public")
        and who.stands.get(name) != "banned"
        and (above is None or belongs(who, above))
    )


@cache
def level(who: Someone, name: str) -> str:
    """What a person may in a group."""
    if who.account == "suspended":
        return "nothing"
    above, stands = parent(name), who.stands.get(name) if who.account == "active" else None
    if belongs(who, name):
        return AT_HOME[stands or ""]
    counts_as = "visitor"
    if who.account == "active" and stands != "banned" and (above is None or belongs(who, above)):
        counts_as = "registered"
    if (
        who.account == "active"
        and stands == "invited"
        and (above is None or belongs(who, above) or may_walk_in(who, above))
    ):
        counts_as = "invited"
    if counts_as == "visitor" and above is not None and LEVELS.index(level(who, above)) < LEVELS.index("read"):
        return "nothing"
    return PAGE[counts_as][COLUMN[shape(name)]]


@cache
def at_least(who: Someone, name: str, wanted: str) -> bool:
    """Whether their level includes the wanted one."""
    return LEVELS.index(level(who, name)) >= LEVELS.index(wanted)


@cache
def registered_here(who: Someone, name: str) -> bool:
    """Registered, as the group means it: in a sub-group, a member of its parent; banned people are not."""
    above = parent(name)
    return who.account == "active" and who.stands.get(name) != "banned" and (above is None or belongs(who, above))


def reads_topic(who: Someone, topic: Any, group: str) -> bool:
    """Topics are for readers; hidden ones for facilitators; deleted ones for nobody."""
    if topic.deleted_at:
        return False
    return at_least(who, group, "facilitate" if topic.hidden_at else "read")


def reads_question(who: Someone, topic: Any, state: str, group: str, own: bool) -> bool:
    """A question to a hot seat: as its topic; held or set aside, by facilitators and by whoever asked it."""
    shown = state == "open" or own or at_least(who, group, "facilitate")
    return reads_topic(who, topic, group) and shown


def reads_post(who: Someone, post: Any, group: str) -> bool:
    """A post is read with its topic; a hidden one by facilitators. A deleted one stays as a stub."""
    return reads_topic(who, post.topic, group) and (not post.hidden_at or at_least(who, group, "facilitate"))


def reads_held(who: Someone, group: str, own: bool) -> bool:
    """What waits for a facilitator: they, and whoever wrote it, wherever it is by now."""
    return (own and who.account == "active") or at_least(who, group, "facilitate")


def decides(who: Someone, group: str, own: bool, alone: bool) -> bool:
    """About what was reported: facilitators, but nobody about what they wrote, unless they are alone."""
    return at_least(who, group, "facilitate") and (alone or not own)


def sees_who_comes(who: Someone, group: str, seen_by: str, own: bool, seated: bool) -> bool:
    """Who comes to a workshop: facilitators, and as the organiser chose members, or those with a place. One's own too."""
    if at_least(who, group, "facilitate"):
        return True
    chosen = seen_by == "members" or (seen_by == "coming" and seated)
    return (own or chosen) and at_least(who, group, "take part")


def opens(who: Someone, document: Any, group: str, name: str) -> bool:
    """A file: its own audience, at most as wide as the rule allows; never wider than the post it is attached to."""
    if document.deleted_at:
        return False
    if document.posted_at is None:
        return name == document.uploader.name and at_least(who, group, "take part")
    if document.hidden_at and not at_least(who, group, "facilitate"):
        return False
    if document.post and (document.post.deleted_at or not reads_post(who, document.post, group)):
        return False
    return known_clean(document, name) and audience_lets(who, document, group)


def known_clean(document: Any, name: str) -> bool:
    """What was not found free of viruses yet is its uploader's alone."""
    return document.checked or name == document.uploader.name


def opens_version(who: Someone, version: Any, document: Any, group: str, name: str) -> bool:
    """A version: as the file, and while the virus scanner looks at it for its uploader alone."""
    if version.deleted_at or version.scan.value == "infected" or not opens(who, document, group, name):
        return False
    return version.scan.value in ("none", "clean") or name == document.uploader.name


def sees_who_opened(who: Someone, document: Any, group: str, name: str) -> bool:
    """Whoever added a file and may still open it there; no facilitator besides."""
    added = name == document.uploader.name and at_least(who, group, "take part")
    return added and opens(who, document, group, name)


def audience_lets(who: Someone, document: Any, group: str) -> bool:
    """The four audiences, from wide to narrow, cut to what the kind of group allows."""
    wanted, kind = document.audience.value, shape(group)
    if wanted == "facilitators":
        return at_least(who, group, "facilitate")
    if belongs(who, group):
        return True
    if wanted == "web" and kind in ("open", "public"):
        return at_least(who, group, "card")
    single = kind == "single" and document.post is None
    return wanted in ("web", "registered") and (kind in ("open", "public") or single) and registered_here(who, group)


def sees_card(who: Someone, document: Any, group: str, name: str) -> bool:
    """Sees the page that mentions the file."""
    if document.deleted_at or document.posted_at is None or not at_least(who, group, "read"):
        return False
    if (document.hidden_at or document.audience.value == "facilitators") and not at_least(who, group, "facilitate"):
        return False
    carried = not document.post or (not document.post.deleted_at and reads_post(who, document.post, group))
    return carried and known_clean(document, name)
