"""The first rows of a file: a draft with one version, seen by its uploader alone."""

from typing import NamedTuple

from sqlalchemy import update

from forum.access import default_audience
from forum.kit.db import db
from forum.kit.filetypes import FileType
from forum.models import Document, Group, Scan, User, Version
from forum.uploads.scanning import first_state
from forum.uploads.slides import UNSEEN, await_slides
from forum.who import Person

LONGEST_TITLE = 150


class Kept(NamedTuple):
    """A file whose bytes are safe, and what it is."""

    name: str
    type: FileType
    key: str
    size: int
    sha256: str


def draft_of(kept: Kept, me: Person | User, group: Group) -> Document:
    """The draft of a file whose bytes are kept. Does not commit."""
    group = db.session.get_one(Group, group.id)  # it may be a row that stands for it
    version = version_of(kept, me, group, 1)
    document = Document(
        group=group, n=_number(group), title=title_of(kept.name), audience=default_audience(group), uploader_id=me.id,
        kind=kept.type.kind, extension=kept.type.extension, size=kept.size, last_version=1, versions=[version],
        checked=version.scan == Scan.NONE,
    )  # fmt: skip
    db.session.add(document)
    db.session.flush()
    await_slides(version, kept.type)
    return document


def _number(group: Group) -> int:
    """The group's next document number, never given twice."""
    grown = update(Group).where(Group.id == group.id).values(last_document_n=Group.last_document_n + 1)
    return int(db.session.execute(grown.returning(Group.last_document_n), execution_options=UNSEEN).scalar_one())


def version_of(kept: Kept, me: Person | User, group: Group, number: int) -> Version:
    """The row of a file whose bytes are kept, not added yet."""
    return Version(
        group_id=group.id, number=number, name=kept.name, extension=kept.type.extension, kind=kept.type.kind,
        media_type=kept.type.media_type, size=kept.size, sha256=kept.sha256, storage_key=kept.key, uploader_id=me.id,
        scan=first_state(),
    )  # fmt: skip


def title_of(name: str) -> str:
    """A first title, from a file's name: 'Handover card' for handover_card.docx."""
    stem = name.rpartition(".")[0] or name
    words = " ".join(stem.replace("_", " ").split())
    words = words if " " in words else " ".join(words.replace("-", " ").split())
    return (words[:1].upper() + words[1:])[:LONGEST_TITLE].strip() or "File"
