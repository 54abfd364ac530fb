"""What a reader may see of people: the fields, groups and posts that the rule lets this reader see, nothing else."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, literal, select
from sqlalchemy.orm import joinedload

from forum.access import Person, readable, shown
from forum.kit import names
from forum.kit.db import db
from forum.models import SEATED, Expertise, Group, Membership, Post, Standing, Topic, User

FEW = 5


@dataclass(frozen=True)
class Face:
    """A person as one reader may see them. A field that is not for this reader is None, as one that is empty."""

    id: int
    name: str
    handle: str
    hue: int
    organisation: str | None
    job_title: str | None
    photo_key: str | None
    about_html: str | None = None
    expertise: tuple[str, ...] = ()
    #: accepted answers under the tag that was looked for
    answers: int = 0

    @property
    def initials(self) -> str:
        """Two letters in place of a photo."""
        return names.initials(self.name)

    @property
    def photo_url(self) -> str | None:
        """Where the photo is, for a reader who may see it."""
        return f"/people/{self.handle}/photo/{self.photo_key}" if self.photo_key else None


def faces(reader: Person) -> Select[*tuple[Any, ...]]:
    """Registered people with the fields that this reader may see."""
    fields = [shown(reader, field).label(field) for field in ("organisation", "job_title", "photo_key")]
    return select(User.id, User.name, User.handle, User.hue, *fields).where(readable(User, reader))


def profile(handle: str, reader: Person) -> Face | None:
    """One person, with all that this reader may see of them; None for nobody they may know of."""
    about = shown(reader, "about_html").label("about_html")
    tells = shown(reader, "expertise").label("tells")
    row = db.session.execute(faces(reader).add_columns(about, tells).where(User.handle == handle.lower())).first()
    if row is None:
        return None
    fields = dict(row._mapping)
    found = select(Expertise.tag).where(Expertise.user_id == row.id).order_by(Expertise.tag)
    tags = tuple(db.session.scalars(found)) if fields.pop("tells") else ()
    return Face(**fields, expertise=tags)


def groups_of(face: Face, reader: Person) -> list[Row[str, str, int, str, Standing]]:
    """The groups someone is in that this reader may read: slug, name, hue, emblem, standing."""
    seat = and_(Membership.group_id == Group.id, Membership.user_id == face.id, Membership.standing.in_(SEATED))
    columns = (Group.slug, Group.name, Group.hue, Group.emblem, Membership.standing)
    found = select(*columns).join(Membership, seat).where(readable(Group, reader)).order_by(Group.name)
    return list(db.session.execute(found).all())


def topics_by(face: Face, reader: Person) -> list[Topic]:
    """The newest topics someone started, of those that this reader may read."""
    found = select(Topic).where(Topic.author_id == face.id, readable(Topic, reader))
    return list(db.session.scalars(found.order_by(Topic.id.desc()).limit(FEW)))


def replies_by(face: Face, reader: Person) -> list[Post]:
    """The newest replies someone wrote, of those that this reader may read."""
    mine = and_(Post.author_id == face.id, Post.no > literal(0), Post.deleted_at.is_(None))
    found = select(Post).where(mine, readable(Post, reader)).options(joinedload(Post.topic))
    return list(db.session.scalars(found.order_by(Post.id.desc()).limit(FEW)))


def portrait_key(handle: str, reader: Person) -> str | None:
    """The key of someone's photo, for a reader who may see it."""
    found = select(shown(reader, "photo_key")).where(User.handle == handle.lower(), readable(User, reader))
    return db.session.scalar(found)
