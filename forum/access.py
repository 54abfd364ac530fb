"""Who may read, who may do. The only place that decides; every page, list, mail and file asks here.

`level` and `readable` come from one constant (rule.py); `can` and `require` name what may be done at which
level. A person is always an argument, never taken from the request: a reader, a recipient of mail, or a
pretended one ("view as").
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import g
from sqlalchemy import and_, bindparam, exists, false, or_, select, true
from werkzeug.exceptions import NotFound

from forum.asking import Asker, Everyone, Who, asked_by
from forum.kit.db import db
from forum.kit.lean import one_of, some
from forum.models import (
    SEATED,
    Document,
    FieldAudience,
    FileAudience,
    Group,
    Kind,
    Membership,
    Post,
    Topic,
    User,
)  # fmt: skip
from forum.rows import RULES, mentioned, own_post
from forum.rule import (
    CARD,
    COLUMNS,
    FACILITATE,
    NOTHING,
    OUTSIDE,
    OWN,
    PUBLIC,
    READ,
    TABLE,
    TAKE_PART,
    Kinded,
    Level,
    by_seat,
    if_invited,
    inside_parent,
    level,
    of_group,
    reaches,
    registered,
    standing,
)  # fmt: skip
from forum.talk import own_topic
from forum.verbs import SignIn, can, default_audience, lawful_audiences, require
from forum.who import VISITOR, Condition, Person, catch_up, person

__all__ = [
    "ASKER", "CARD", "COLUMNS", "EVERYONE", "FACILITATE", "NOTHING", "OWN", "PUBLIC", "READ", "TABLE", "TAKE_PART",
    "VISITOR", "CardOnly", "Gated", "Level", "Person", "SignIn", "asked_by", "audience", "by_seat", "can", "catch_up",
    "default_audience", "enter", "fetch", "findable", "followers", "hearers", "hearers_of", "if_invited", "inside",
    "known", "lawful_audiences", "lead", "level",
    "mentioned", "model_of", "opened", "person", "readable", "require", "seen_by_all", "shown", "standing", "viewer",
]  # fmt: skip

some_seat = some(Membership, "user_id", "group_id", "standing")
EVERYONE = Everyone()
#: the person of a statement made once; `asked_by(me)` are its values
ASKER = Asker()


def readable(model: Any, who: Who, at: Level = READ) -> Condition:
    """The SQL condition under which `who` may read rows of a model. `at` is for groups: CARD to know of them.

    Raises LookupError for a model without a rule.
    """
    entity = sa.inspect(model).mapper.class_
    return reaches(who, model, at) if entity is Group else RULES[entity](who, model)


def inside(model: Any, person: Person, group: Kinded) -> Condition:
    """What `readable` adds for rows of a group that this person was already let into."""
    leads = true() if level(person, group) >= FACILITATE else false()
    return {Topic: own_topic, Post: own_post}[sa.inspect(model).mapper.class_](model, leads)


@cache
def _audience_of(model: Any) -> sa.Select[tuple[User]]:
    found = select(1).select_from(model).where(model.id == bindparam("thing"), readable(model, EVERYONE))
    return select(User).where(User.active, User.confirmed_at.is_not(None), exists(found.correlate(User)))


def model_of(thing: Any) -> Any:
    """The model of a thing; of a plain row, the model that it `stands_for`."""
    return getattr(thing, "stands_for", None) or type(thing)


def audience(thing: Any) -> sa.Select[tuple[User]]:
    """The registered people who may read one row: the same condition, with `User.id` in the person's place."""
    model = model_of(thing)
    return _audience_of(model).params(thing=thing.id)


_HEARS = select(1).select_from(Group).where(Group.id == bindparam("within"), readable(Group, EVERYONE, TAKE_PART))


@cache
def hearers_of(model: Any) -> sa.Select[tuple[User]]:
    """`hearers` for a statement made once: the row's id is the parameter `thing`, its group's `within`."""
    return _audience_of(model).where(exists(_HEARS.correlate(User)))


def hearers(thing: Any) -> sa.Select[tuple[User]]:
    """The people who may be mentioned there, and told: they read it, and take part in its group."""
    model = model_of(thing)
    group_id = thing.id if model is Group else thing.group_id
    return hearers_of(model).params(thing=thing.id, within=group_id)


_MORE = select(1).select_from(Group).where(Group.id == bindparam("within"), registered(EVERYONE, Group))


def followers(thing: Any) -> sa.Select[tuple[User]]:
    """The people who may be told of a thing of a group: they read it as more than a visitor, so not the banned."""
    return audience(thing).where(exists(_MORE.correlate(User))).params(within=thing.group_id)


@cache
def _reads(model: Any, which: str) -> Condition:
    found = select(1).select_from(model).where(model.id == bindparam(which), readable(model, EVERYONE))
    return exists(found.correlate(User))


def seen_by_all(thing: Any, readers_of: Any) -> bool:
    """Whether everyone who may read the one (`readers_of`) may read the other: every registered person, and the web."""
    ours, theirs = {"target": readers_of.id}, {"source": thing.id}
    reads, sees = _reads(model_of(readers_of), "target"), _reads(model_of(thing), "source")
    left_out = select(User.id).where(User.active, User.confirmed_at.is_not(None), reads, ~sees).limit(1)
    if db.session.scalar(left_out, {**ours, **theirs}) is not None:
        return False
    return not _on_the_web(readers_of) or _on_the_web(thing)


def _on_the_web(thing: Any) -> bool:
    model = model_of(thing)
    return db.session.scalar(select(model.id).where(model.id == thing.id, readable(model, VISITOR))) is not None


class CardOnly(Exception):
    """Someone at card level asked for something inside: the group's card, whether it exists or not."""

    def __init__(self, group: Group) -> None:
        self.group = group


class Gated(Exception):
    """Someone sees the page that mentions a file, but may not open the file: its card."""

    def __init__(self, document: Document) -> None:
        self.document = document


def viewer() -> Person:
    """Who is asking, as the session said at the start of this request."""
    return getattr(g, "person", VISITOR)


def enter(person: Person, slug: str) -> Group:
    """The group, for someone who may read it; else SignIn, CardOnly or NotFound, as the law on refusals says."""
    group: Group | None = db.session.scalar(select(Group).where(Group.slug == slug))
    granted = level(person, group) if group else NOTHING
    if group and granted >= READ:
        return group
    if not person:
        raise SignIn
    if group and granted == CARD:
        raise CardOnly(group)
    raise NotFound


def lead(person: Person, slug: str, verb: str = "facilitate") -> Group:
    """The group, for someone who looks after it. For everybody else below facilitator, its manage pages do not exist.

    Raises what `enter` raises, NotFound, and for the verb Forbidden with a sentence.
    """
    group = enter(person, slug)
    if level(person, group) < FACILITATE:
        raise NotFound
    require(person, verb, group)
    return group


def known(person: Person, slug: str) -> Group:
    """The group, for someone who may at least see its card; else NotFound."""
    group: Group | None = db.session.scalar(select(Group).where(Group.slug == slug, readable(Group, person, CARD)))
    if group is None:
        raise NotFound
    return group


@cache
def _found(model: Any, keys: tuple[str, ...], condition: Callable[[Any, Who], Condition]) -> sa.Select[Any]:
    """One row of a group by its key, for whoever asks. Made once: building the condition costs more than running it."""
    named = [getattr(model, key) == bindparam(f"key_{key}") for key in keys]
    mine = (Group.slug == bindparam("slug"), *named, condition(model, ASKER))
    return select(model).join(Group, Group.id == model.group_id).where(*mine)


def fetch(model: Any, person: Person, group: str, *options: Any, **key: Any) -> Any:
    """One readable row of a group by its key (`n=7`): the only way to load a row in a view.

    Raises what `enter` raises; inside a readable group Gated for a file they may know of, else NotFound.
    """
    values = {**asked_by(person), "slug": group, **{f"key_{name}": value for name, value in key.items()}}
    one = _found(model, tuple(key), readable)
    row = db.session.scalar(one.options(*options) if options else one, values)
    if row is not None:
        return row
    enter(person, group)
    if model is Document and (card := db.session.scalar(_found(model, tuple(key), _mentions), values)):
        if not person:
            raise SignIn
        raise Gated(card)
    raise NotFound


def _mentions(document: Any, who: Who) -> Condition:
    return mentioned(who, document)


def opened(person: Person, group: Group) -> list[FileAudience]:
    """The audiences of files of posts that a person opens, in a group they were already let into."""
    wide = [FileAudience.WEB, FileAudience.REGISTERED]
    if level(person, group) >= FACILITATE:
        return list(FileAudience)
    if standing(person, group) in SEATED:
        return [*wide, FileAudience.MEMBERS]
    outside = standing(person, group) in OUTSIDE or not inside_parent(person, group)
    return [] if group.kind != Kind.OPEN else wide[:1] if outside else wide


def _shares(reader: Person | Asker, user: Any) -> Condition:
    """SQL of: both have a seat in some group."""
    return some_seat(
        lambda m: and_(
            m.user_id == user.id, one_of(m.standing, SEATED), of_group(m.group_id, lambda g: reader.stands(g, SEATED))
        )
    )


def findable(reader: Person | Asker, user: Any = User) -> Condition:
    """SQL of: found where this reader looks for people. Who does not want to be is found in groups that both are in."""
    return or_(user.findable, reader.is_(user.id), _shares(reader, user))


def shown(reader: Person | Asker, name: str, user: Any = User) -> sa.ColumnElement[str | None]:
    """SQL of one field of a profile (organisation, photo_key …) as this reader may see it; NULL where they may not.

    For `expertise`, which is rows, the word itself where they may see them.
    """
    allowed = getattr(user, {"photo_key": "photo_for", "about_html": "about_for"}.get(name, name + "_for"))
    value = sa.literal(name) if name == "expertise" else getattr(user, name)
    known = reader.is_registered()
    return sa.case(
        (reader.is_(user.id), value),
        (and_(known, allowed == FieldAudience.REGISTERED), value),
        (and_(known, allowed == FieldAudience.GROUPS, _shares(reader, user)), value),
        else_=None,
    )
