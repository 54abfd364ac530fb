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
from forum.kit.lean import Columns, one_of, some
from forum.models import (
    SEATED,
    Document,
    FieldAudience,
    FileAudience,
    Group,
    Kind,
    Membership,
    Post,
    Preview,
    Slide,
    Topic,
    User,
    Version,
)  # fmt: skip
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
    if_invited,
    inside_parent,
    level,
    of_group,
    reaches,
    registered,
    seated,
    standing,
)  # fmt: skip
from forum.verbs import SignIn, can, default_audience, lawful_audiences, require
from forum.who import VISITOR, Condition, Person, catch_up, person

__all__ = [
    "ASKER", "CARD", "COLUMNS", "EVERYONE", "FACILITATE", "NOTHING", "OWN", "PUBLIC", "READ", "TABLE", "TAKE_PART",
    "VISITOR", "CardOnly", "Gated", "Level", "Person", "SignIn", "asked_by", "audience", "can", "catch_up",
    "default_audience", "enter", "fetch", "if_invited", "inside", "known", "lawful_audiences", "level", "mentioned",
    "opened", "person", "readable", "require", "shown", "standing", "viewer",
]  # fmt: skip

some_topic = some(Topic, "id", "deleted_at", "hidden_at")
some_post = some(Post, "id", "topic_id", "deleted_at", "hidden_at")
some_seat = some(Membership, "user_id", "group_id", "standing")
some_document = some(
    Document, "id", "group_id", "post_id", "uploader_id", "audience", "posted_at", "hidden_at", "deleted_at"
)
some_version = some(Version, "id", "document_id", "deleted_at")
EVERYONE = Everyone()
#: the person of a statement made once; `asked_by(me)` are its values
ASKER = Asker()


def _own_topic(topic: Columns, leads: Condition) -> Condition:
    return and_(topic.deleted_at.is_(None), or_(topic.hidden_at.is_(None), leads))


def _own_post(post: Columns, leads: Condition) -> Condition:
    return or_(post.hidden_at.is_(None), leads)


def _of_topic(post: Columns, leads: Condition) -> Condition:
    return some_topic(lambda topic: and_(topic.id == post.topic_id, _own_topic(topic, leads)))


def _posted(document: Columns, leads: Condition) -> Condition:
    """SQL of: posted, not taken back, and so is the post that carries it."""
    carried = some_post(
        lambda post: and_(
            post.id == document.post_id, post.deleted_at.is_(None), _own_post(post, leads), _of_topic(post, leads)
        )
    )
    live = and_(document.deleted_at.is_(None), document.posted_at.is_not(None))
    return and_(live, or_(document.hidden_at.is_(None), leads), or_(document.post_id.is_(None), carried))


def _opens(who: Who, document: Columns, group: Columns) -> Condition:
    """SQL of: the file's own audience lets them open it. Wider than the group allows = as wide as it allows."""
    wide = one_of(document.audience, (FileAudience.WEB, FileAudience.REGISTERED))
    single = and_(group.single_files, group.kind == Kind.RESTRICTED, document.post_id.is_(None))
    ways = or_(
        and_(document.audience == FileAudience.WEB, group.kind == Kind.OPEN, reaches(who, group, CARD)),
        and_(wide, or_(group.kind == Kind.OPEN, single), registered(who, group)),
        and_(document.audience != FileAudience.FACILITATORS, seated(who, group)),
        reaches(who, group, FACILITATE),
    )
    return and_(ways, or_(document.post_id.is_(None), reaches(who, group, READ)))


def _document(who: Who, document: Columns) -> Condition:
    def lets(group: Columns) -> Condition:
        own = and_(document.posted_at.is_(None), document.deleted_at.is_(None), who.is_(document.uploader_id))
        posted = _posted(document, reaches(who, group, FACILITATE))
        return or_(and_(own, reaches(who, group, TAKE_PART)), and_(posted, _opens(who, document, group)))

    return of_group(document.group_id, lets)


def mentioned(who: Who, document: Any = Document) -> Condition:
    """SQL of: sees the page that mentions the file, so at least its card (kind, title, size, what to do)."""

    def lets(group: Columns) -> Condition:
        leads = reaches(who, group, FACILITATE)
        in_sight = or_(document.audience != FileAudience.FACILITATORS, leads)
        return and_(_posted(document, leads), in_sight, reaches(who, group, READ))

    return of_group(document.group_id, lets)


def _post(who: Who, post: Columns) -> Condition:
    def lets(group: Columns) -> Condition:
        leads = reaches(who, group, FACILITATE)
        return and_(reaches(who, group, READ), _of_topic(post, leads), _own_post(post, leads))

    return of_group(post.group_id, lets)


def _topic(who: Who, topic: Columns) -> Condition:
    return of_group(
        topic.group_id, lambda g: and_(reaches(who, g, READ), _own_topic(topic, reaches(who, g, FACILITATE)))
    )


def _version(who: Who, version: Columns) -> Condition:
    of_document = some_document(lambda document: and_(document.id == version.document_id, _document(who, document)))
    return and_(version.deleted_at.is_(None), of_document)


def _of_version(who: Who, made: Columns) -> Condition:
    return some_version(lambda version: and_(version.id == made.version_id, _version(who, version)))


def _user(who: Who, user: Columns) -> Condition:
    return and_(who.is_registered(), user.active, user.confirmed_at.is_not(None))


RULES: dict[type, Callable[[Who, Columns], Condition]] = {
    Document: _document,
    Version: _version,
    Preview: _of_version,
    Slide: _of_version,
    Topic: _topic,
    Post: _post,
    User: _user,
}


def readable(model: Any, who: Who, at: Level = READ) -> Condition:
    """The SQL condition under which `who` may read rows of a model. `at` is for groups: CARD to know of them.

    Raises LookupError for a model without a rule.
    """
    entity = sa.inspect(model).mapper.class_
    return reaches(who, model, at) if entity is Group else RULES[entity](who, model)


def inside(model: Any, person: Person, group: Kinded) -> Condition:
    """What `readable` adds for rows of a group that this person was already let into."""
    leads = true() if level(person, group) >= FACILITATE else false()
    return {Topic: _own_topic, Post: _own_post}[sa.inspect(model).mapper.class_](model, leads)


@cache
def _audience_of(model: Any) -> sa.Select[tuple[User]]:
    found = select(1).select_from(model).where(model.id == bindparam("thing"), readable(model, EVERYONE))
    return select(User).where(User.active, User.confirmed_at.is_not(None), exists(found.correlate(User)))


def audience(thing: Any) -> sa.Select[tuple[User]]:
    """The registered people who may read one row: the same condition, with `User.id` in the person's place."""
    model: Any = type(thing)
    return _audience_of(model).params(thing=thing.id)


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


def shown(reader: Person | Asker, name: str, user: Any = User) -> sa.ColumnElement[str | None]:
    """SQL of one field of a profile (organisation, photo_key …) as this reader may see it; NULL where they may not.

    For `expertise`, which is rows, the word itself where they may see them.
    """
    shared = some_seat(
        lambda m: and_(
            m.user_id == user.id, one_of(m.standing, SEATED), of_group(m.group_id, lambda g: reader.stands(g, SEATED))
        )
    )
    allowed = getattr(user, {"photo_key": "photo_for", "about_html": "about_for"}.get(name, name + "_for"))
    value = sa.literal(name) if name == "expertise" else getattr(user, name)
    known = reader.is_registered()
    return sa.case(
        (reader.is_(user.id), value),
        (and_(known, allowed == FieldAudience.REGISTERED), value),
        (and_(known, allowed == FieldAudience.GROUPS, shared), value),
        else_=None,
    )
