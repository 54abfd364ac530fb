"""What the library shows of one file. Every statement asks the rule itself, and is made once."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Integer, Row, bindparam, func, select

from forum import bookmarks
from forum.access import ASKER, Person, asked_by, readable, shown
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.models import Document, DocumentTag, Group, User, Version

_MARKED = (DocumentTag.document_id == bindparam("document"),)
_VERSIONS = (
    select(
        Version.number, Version.name, Version.extension, Version.size, Version.created_at, Version.scan,
        User.name.label("by"), User.handle, shown(ASKER, "organisation").label("organisation"),
        select(func.aggregate_strings(DocumentTag.tag, "\n")).where(*_MARKED).scalar_subquery().label("tags"),
        bookmarks.keeps_file(bindparam("document", type_=Integer)).label("kept"),
    )
    .join(User, User.id == Version.uploader_id)
    .where(Version.document_id == bindparam("document"), readable(Version, ASKER))
    .order_by(Version.number.desc())
)  # fmt: skip


def versions_of(document: Document, me: Person) -> list[Row[Any]]:
    """The versions of a document, newest first, each with who added it; the document's tags (lines); is it kept."""
    return list(db.session.connection().execute(_VERSIONS, {**asked_by(me), "document": document.id}))


def tags_in(versions: list[Row[Any]]) -> list[str]:
    """The tags of the document whose versions these are."""
    return sorted(versions[0].tags.split("\n")) if versions and versions[0].tags else []


_TAGS = select(DocumentTag.tag).where(*_MARKED).order_by(DocumentTag.tag)


def tags_of_file(document: Document) -> list[str]:
    """The tags of a document that was let out by the rule."""
    return list(db.session.connection().scalars(_TAGS, {"document": document.id}))


def tags_of_files(documents: Iterable[Document]) -> dict[int, list[str]]:
    """The tags of several documents that were let out by the rule, by their ids. One statement."""
    found = defaultdict(list)
    of = select(DocumentTag.document_id, DocumentTag.tag).order_by(DocumentTag.tag)
    for number, tag in db.session.execute(of.where(DocumentTag.document_id.in_([one.id for one in documents]))):
        found[number].append(tag)
    return found


BYTES = Hot(
    select(
        Version.id, Version.document_id, Version.name, Version.extension, Version.media_type, Version.sha256,
        Version.storage_key, Version.created_at, Document.uploader_id, Document.receipts,
    )
    .join(Document, Document.id == Version.document_id)
    .join(Group, Group.id == Document.group_id)
    .where(
        Group.slug == bindparam("slug"), Document.n == bindparam("n"), readable(Version, ASKER),
        Version.number == func.coalesce(bindparam("version", type_=Integer), Document.last_version),
    )
)  # fmt: skip


def bytes_of(me: Person, slug: str, n: int, version: int | None) -> Any:
    """What is needed to send a version (the newest for None) of a file that this reader may open; else None."""
    asked = {**asked_by(me), "slug": slug, "n": n, "version": version}
    return BYTES.first(asked)
