"""What may be done, and at which level. Asked through access.py: `can` for templates, `require` for views."""

from collections.abc import Callable
from typing import Any

from flask import current_app
from werkzeug.exceptions import Forbidden

from forum.models import LEADING, SEATED, FileAudience, Group, Kind, Post, Standing, TopicKind
from forum.rule import (
    FACILITATE,
    NOTHING,
    OUTSIDE,
    OWN,
    READ,
    TAKE_PART,
    Level,
    inside_parent,
    level,
    standing,
    walks_in,
)
from forum.who import Person

Check = Callable[[Person, Any, Level], bool]


class SignIn(Exception):
    """A visitor asked for an address below a group: sign in first, whether it exists or not."""


def _at(wanted: Level) -> Check:
    return lambda _person, _thing, granted: granted >= wanted


def _own_or_lead(owner: str) -> Check:
    def check(person: Person, thing: Any, granted: Level) -> bool:
        return granted >= FACILITATE or (granted >= TAKE_PART and getattr(thing, owner) == person.id)

    return check


def _own(owner: str) -> Check:
    return lambda person, thing, granted: granted >= TAKE_PART and getattr(thing, owner) == person.id


def _members_unless(switch: str) -> Check:
    return lambda _person, group, granted: granted >= (FACILITATE if getattr(group, switch) else TAKE_PART)


def _comes_in(kind: Kind) -> Check:
    """Has no seat yet, is not banned, and is inside the parent or can walk into it."""

    def check(person: Person, group: Group, _granted: Level) -> bool:
        stands = standing(person, group)
        if not person.registered or group.kind != kind or person.standing(group.id) == Standing.BANNED:
            return False
        inside = inside_parent(person, group) or (group.parent is not None and walks_in(person, group.parent))
        return inside and stands not in (*SEATED, Standing.PENDING, Standing.SUSPENDED)

    return check


def _registered_reader(person: Person, thing: Any, granted: Level) -> bool:
    """Reads it as more than a visitor: not so the banned, nor outsiders of a sub-group, where the web may read."""
    return granted >= READ and standing(person, _group_of(thing)) not in OUTSIDE


def _reports(person: Person, thing: Any, granted: Level) -> bool:
    """Reads it as more than a visitor, and somebody else made it."""
    by = thing.uploader_id if hasattr(thing, "uploader_id") else thing.author_id
    return _registered_reader(person, thing, granted) and by != person.id


def _handles(person: Person, concern: Any, granted: Level) -> bool:
    """Leads the group, and it is not their own thing unless they are alone; without facilitators an administrator."""
    own, leads = concern.author_id == person.id, concern.group.facilitator_count
    return (granted >= FACILITATE and not (own and leads > 1)) or (person.admin and not leads and not own)


def _creates_group(person: Person, _thing: None, _granted: Level) -> bool:
    return person.admin or (person.registered and current_app.config["GROUP_CREATION"] == "registered")


def _invites(_person: Person, group: Group, granted: Level) -> bool:
    return granted >= (TAKE_PART if group.members_invite else FACILITATE)


def _removes(_person: Person, seat: Any, granted: Level) -> bool:
    return granted >= (OWN if seat.standing in LEADING else FACILITATE)


def _replies(_person: Person, topic: Any, granted: Level) -> bool:
    return granted >= (FACILITATE if topic.locked_at else TAKE_PART)


def _answers(person: Person, seat: Any, granted: Level) -> bool:
    return _replies(person, seat, granted) and (granted >= FACILITATE or person.id in seat.sits)


def _edits(person: Person, post: Any, granted: Level) -> bool:
    return _replies(person, post.topic, granted) and post.author_id == person.id and not post.deleted_at


def _writes(_person: Person, page: Any, granted: Level) -> bool:
    return granted >= (FACILITATE if page.protected else TAKE_PART)


def _thanks(person: Person, post: Any, granted: Level) -> bool:
    return granted >= TAKE_PART and post.author_id != person.id and not post.deleted_at


def _accepts(person: Person, topic: Any, granted: Level) -> bool:
    return topic.kind == TopicKind.QUESTION and _own_or_lead("author_id")(person, topic, granted)


#: what may be done -> (who may, in words for the refusal; the check)
VERBS: dict[str, tuple[str, Check]] = {
    "create group": ("Only site administrators start new groups here", _creates_group),
    "join": ("This group can't be joined at once", _comes_in(Kind.OPEN)),
    "ask to join": ("You can't ask to join this group", _comes_in(Kind.RESTRICTED)),
    "hear": ("Only members choose how they hear of a group", _at(TAKE_PART)),
    "leave": ("Only members can leave", _at(TAKE_PART)),
    "list members": ("Only people who are registered, and not banned here, see the members", _registered_reader),
    "start topic": (
        "Only members may start a topic, and only facilitators where the group says so",
        _members_unless("facilitators_start"),
    ),
    "preview": ("Only members write here", _at(TAKE_PART)),
    "announce": ("Only facilitators may post announcements", _at(FACILITATE)),
    "upload": (
        "Only members may add files, and only facilitators where the group says so",
        _members_unless("facilitators_upload"),
    ),
    "invite": ("Only facilitators may invite, unless the group lets members do so", _invites),
    "facilitate": ("Only facilitators may do this", _at(FACILITATE)),
    "own": ("Only owners may do this", _at(OWN)),
    "remove": ("Only facilitators may remove a member, and only owners a facilitator", _removes),
    "follow": ("Only people who are registered, and not banned here, follow a topic", _registered_reader),
    "reply": ("Only members may reply, and only facilitators once a topic is locked", _replies),
    "edit topic": ("Only its author and facilitators may change a topic", _own_or_lead("author_id")),
    "accept": ("Only the person who asked and facilitators may accept an answer", _accepts),
    "doubt": ("Only members may say that an answer may be out of date", _at(TAKE_PART)),
    "edit post": ("Only its author may edit a post, until the topic is locked", _edits),
    "delete post": ("Only its author and facilitators may delete a post", _own_or_lead("author_id")),
    "edit page": ("Only members change a page, and only facilitators one that is protected", _writes),
    "plan": ("Only facilitators plan workshops", _at(FACILITATE)),
    "book": ("Only members book a place", _at(TAKE_PART)),
    "vote": ("Only members vote, and only facilitators once a topic is locked", _replies),
    "seat": ("Only facilitators set up a hot seat", _at(FACILITATE)),
    "answer": ("Only who sits in the hot seat and facilitators answer its questions", _answers),
    "thank": ("Only members say that a post helped them, and nobody says so of their own", _thanks),
    "keep": ("Only people who are registered, and not banned here, keep a bookmark", _registered_reader),
    "report": ("Only people who are registered, and not banned here, report what others wrote", _reports),
    "handle": ("Only facilitators decide, and not about what they wrote themselves", _handles),
    "describe": ("Only members may suggest words for a slide", _at(TAKE_PART)),
    "see receipts": ("Only its uploader sees who opened a file", _own("uploader_id")),
    "edit document": ("Only its uploader and facilitators may change a file", _own_or_lead("uploader_id")),
}


def _group_of(thing: Any) -> Group:
    return thing if isinstance(thing, Group) else thing.topic.group if isinstance(thing, Post) else thing.group


def can(person: Person, verb: str, thing: Any = None) -> bool:
    """Whether a person may do this to a thing they can read."""
    granted = level(person, _group_of(thing)) if thing is not None else NOTHING
    return VERBS[verb][1](person, thing, granted)


def require(person: Person, verb: str, thing: Any = None) -> None:
    """Nothing, or a refusal: SignIn for a visitor, else 403 with a sentence saying who may."""
    if can(person, verb, thing):
        return
    if not person:
        raise SignIn
    raise Forbidden(VERBS[verb][0] + ".")


def default_audience(group: Group) -> FileAudience:
    """Who opens a new file unless its uploader says otherwise."""
    return FileAudience.REGISTERED if group.kind == Kind.OPEN else FileAudience.MEMBERS


def lawful_audiences(person: Person, group: Group, attached: bool) -> list[FileAudience]:
    """The audiences this person may give a file of this group, from wide to narrow."""
    lead = level(person, group) >= FACILITATE
    single = group.kind == Kind.RESTRICTED and group.single_files and lead and not attached
    lawful = [FileAudience.WEB] if group.kind == Kind.OPEN and level(person, group) >= OWN else []
    lawful += [FileAudience.REGISTERED] if group.kind == Kind.OPEN or single else []
    return [*lawful, FileAudience.MEMBERS, *([FileAudience.FACILITATORS] if lead else [])]
