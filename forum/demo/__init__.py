"""The demo community: named people, every kind of group, conversations, real files. Used by people and by tests."""

from typing import Any

from flask import current_app
from sqlalchemy import func, select

from forum.demo.community import Community, read
from forum.demo.story import tell
from forum.kit.db import db
from forum.models import Document, Group, Topic, User
from forum.who import seats_of

__all__ = ["PASSWORD", "Community", "address_of", "describe", "is_loaded", "load"]

#: every demo person's
PASSWORD = "correct horse practice"  # noqa: S105 printed for everybody


def address_of(key: str) -> str:
    """The e-mail address of a demo person."""
    return f"{key}@example.org"


def load() -> Community:
    """Fills an empty database and commits: everything happens anew, at the time it happened."""
    community = tell(PASSWORD)
    db.session.commit()
    return community


def is_loaded() -> bool:
    """Whether the demo people are in this database."""
    addresses = [row["email"] for row in read("people")]
    found = select(func.count()).where(User.email.in_(addresses))
    return db.session.scalar(found) == len(addresses)


def describe() -> dict[str, Any]:
    """Who and what is in the demo community, for scripts; addresses are paths below the site's own."""
    emails = [row["email"] for row in read("people")]
    people = db.session.scalars(select(User).where(User.email.in_(emails)).order_by(User.id)).all()
    groups = db.session.scalars(select(Group).order_by(Group.id)).all()
    topics = db.session.scalars(select(Topic).order_by(Topic.group_id, Topic.n)).all()
    posted = select(Document).where(Document.posted_at.is_not(None), Document.deleted_at.is_(None))
    documents = db.session.scalars(posted.order_by(Document.group_id, Document.n)).all()
    return {
        "site": current_app.config["BASE_URL"],
        "people": [_person(one) for one in people],
        "groups": [_group(one) for one in groups],
        "topics": [_inside(one, "topics") | {"kind": one.kind.value} for one in topics],
        "documents": [_document(one) for one in documents],
    }


def _person(user: User) -> dict[str, Any]:
    slugs = {seat.slug: seat.standing.value for seat in seats_of(user.id).values()}
    status = "active" if user.active and user.confirmed_at else "suspended" if user.confirmed_at else "unconfirmed"
    facts = {"name": user.name, "handle": user.handle, "address": user.email, "password": PASSWORD}
    return {**facts, "status": status, "admin": user.admin, "standing": slugs}


def _group(group: Group) -> dict[str, Any]:
    parent = group.parent.slug if group.parent else None
    facts = {"slug": group.slug, "name": group.name, "kind": group.kind.value, "parent": parent}
    return {**facts, "public_reading": group.public_reading, "address": f"/groups/{group.slug}"}


def _inside(thing: Topic | Document, place: str) -> dict[str, Any]:
    facts = {"group": thing.group.slug, "n": thing.n, "title": thing.title}
    return {**facts, "address": f"/groups/{thing.group.slug}/{place}/{thing.n}"}


def _document(document: Document) -> dict[str, Any]:
    facts = _inside(document, "library")
    return {**facts, "audience": document.audience.value, "download": facts["address"] + "/download"}
