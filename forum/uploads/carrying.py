"""Files that go with their posts into another group: new numbers there, and no wider an audience than it allows."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import func, select, update

from forum.kit.db import db
from forum.kit.when import filesize
from forum.models import (
    Document,
    DocumentTag,
    FileAudience,
    Group,
    Kind,
    Preview,
    Slide,
    Suggestion,
    Upload,
    Version,
)
from forum.uploads.quota import Full
from forum.uploads.slides import UNSEEN


class Carried(NamedTuple):
    """A file that went along: its number and audience before, and its number since."""

    id: int
    before: int
    audience: FileAudience
    after: int


def narrowed(audience: FileAudience, group: Group) -> FileAudience:
    """The audience of a post's file in another group: never the web, and members where the group is closed."""
    if audience in (FileAudience.WEB, FileAudience.REGISTERED):
        return FileAudience.REGISTERED if group.kind == Kind.OPEN else FileAudience.MEMBERS
    return audience


def carry(
    documents: Sequence[Document], group: Group, back: Mapping[int, tuple[int, str]] | None = None
) -> list[Carried]:  # fmt: skip
    """The files are the group's from now on, whose row is held. `back`: (number, audience) to have again, by their id.

    Does not commit. Raises Full when the group has no room for them.
    """
    _check_room(documents, group)
    carried = []
    for document in documents:
        n, audience = (back or {}).get(document.id) or (_next(group), narrowed(document.audience, group).value)
        carried.append(Carried(document.id, document.n, document.audience, n))
        values = {"group_id": group.id, "n": n, "audience": FileAudience(audience)}
        db.session.execute(update(Document).where(Document.id == document.id).values(values), execution_options=UNSEEN)
        db.session.expire(document)
    _follow([document.id for document in documents], group)
    return carried


def _next(group: Group) -> int:
    grown = update(Group).where(Group.id == group.id).values(last_document_n=Group.last_document_n + 1)
    return db.session.scalars(grown.returning(Group.last_document_n).execution_options(synchronize_session=False)).one()


def _follow(ids: list[int], group: Group) -> None:
    """What carries the group's number besides."""
    versions = select(Version.id).where(Version.document_id.in_(ids))
    for model, which in (
        (DocumentTag, DocumentTag.document_id.in_(ids)), (Preview, Preview.version_id.in_(versions)),
        (Slide, Slide.version_id.in_(versions)), (Suggestion, Suggestion.version_id.in_(versions)),
        (Version, Version.document_id.in_(ids)),
    ):  # fmt: skip
        of: Any = update(model).where(which).values(group_id=group.id)
        db.session.execute(of, execution_options=UNSEEN)


def _check_room(documents: Sequence[Document], group: Group) -> None:
    """Nothing, if the group may have these files too."""
    most = current_app.config["UPLOAD_QUOTA_GROUP"]
    if not most or not documents:
        return
    kept = select(func.coalesce(func.sum(Version.size), 0)).where(Version.deleted_at.is_(None))
    here = db.session.scalar(kept.where(Version.group_id == group.id)) or 0
    begun = select(func.coalesce(func.sum(Upload.size), 0)).where(
        Upload.group_id == group.id, Upload.document_n.is_(None)
    )
    more = db.session.scalar(kept.where(Version.document_id.in_([document.id for document in documents]))) or 0
    if here + (db.session.scalar(begun) or 0) + more > most:
        raise Full(
            f"There is no room there for the files ({filesize(more)}): those of {group.name} are at their limit."
        )
