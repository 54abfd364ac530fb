"""Files as they come in: checked, kept, and named by rows that only their uploader sees."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app
from werkzeug.datastructures import FileStorage

from forum.access import require
from forum.kit import fate
from forum.kit.db import db
from forum.kit.filenames import clean_name
from forum.kit.filetypes import FileType, Refused, recognise
from forum.kit.storage import Arrivals, Incoming, Trouble, copy_in
from forum.kit.when import filesize, plural
from forum.models import Document, FileAudience, Group, Post, User, Version
from forum.uploads.drafting import Kept, draft_of, version_of
from forum.uploads.place import Unstored, store
from forum.uploads.posting import attach, publish
from forum.uploads.quota import Full, make_room
from forum.uploads.slides import await_slides
from forum.uploads.versions import lead_with, next_number
from forum.who import Person


def receive(files: Iterable[FileStorage], me: Person, group: Group) -> tuple[list[Document], list[str]]:
    """Drafts of what was sent, and a sentence for each file that could not be taken. Does not commit.

    Raises Forbidden for a person who may not upload here, ServiceUnavailable when the disk is full.
    """
    sent = [file for file in files if file.filename]
    if sent:
        require(me, "upload", group)
    kept, refused = [], []
    for file in sent:
        try:
            kept.append(_keep(file))
        except Refused as error:
            refused.append(f"{clean_name(file.filename or '')}: {error}")
    return _drafts(kept, refused, me, group), refused


def _drafts(files: Iterable[Kept], refused: list[str], me: Person, group: Group) -> list[Document]:
    """Drafts of the files that there is room for; the others are told."""
    made = []
    for file in files:
        try:
            _make_room(file, me, group)
            made.append(draft_of(file, me, group))
        except Full as error:
            refused.append(f"{file.name}: {error}")
    return made


def replace(document: Document, file: FileStorage, me: Person) -> Version:
    """The new newest version of a document, whose address stays. Does not commit.

    Raises Refused with a sentence that names the file, ServiceUnavailable when the disk is full.
    """
    kept = _keep(file)
    _make_room(kept, me, document.group)
    version = version_of(kept, me, document.group, next_number(document))
    version.document_id = document.id
    db.session.add(version)
    db.session.flush()
    await_slides(version, kept.type)
    lead_with(document, version)
    return version


def _make_room(file: Kept, me: Person, group: Group) -> None:
    """Nothing, if a file whose bytes are kept may stay; else they are removed. Raises Full."""
    try:
        make_room(me, group, file.size)
    except Full:
        store().remove(file.key)
        raise


def add_file(
    me: Person | User, group: Group, source: Path | BinaryIO, name: str, *, title: str, description: str = "",
    folder: str = "", licence: str = "", audience: FileAudience | None = None, post: Post | None = None,
    at: datetime | None = None,
) -> Document:  # fmt: skip
    """A posted document of a file at hand: for commands and the demo, which asked the rule themselves.

    Does not commit. Raises Refused.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            kept = _keep(FileStorage(stream, name))
    else:
        kept = _keep(FileStorage(source, name))
    document = draft_of(kept, me, group)
    document.title, document.description, document.folder, document.licence = title, description, folder, licence
    document.audience = audience or document.audience
    db.session.flush()
    if post is None:
        publish(document, at)
    else:
        attach([document], post, document.audience)
    return document


def _keep(file: FileStorage) -> Kept:
    name = clean_name(file.filename or "")
    try:
        incoming = _incoming(file)
        with incoming:
            found = _checked(incoming, name)
            key = store().keep(incoming)
    except OSError as error:
        raise Unstored from error
    fate.if_undone(partial(store().remove, key))
    return Kept(name, found, key, incoming.size, incoming.sha256)


def _incoming(file: FileStorage) -> Incoming:
    """The file as it arrived; one that did not come by way of `expect()` is read now."""
    stream: Any = file.stream
    if isinstance(stream, Incoming):
        return stream
    place = store()
    place.prepare()
    return copy_in(Arrivals(place.incoming, current_app.config["MAX_UPLOAD"]), stream, file.filename or "")


def _checked(file: Incoming, name: str) -> FileType:
    config = current_app.config
    if file.trouble is Trouble.DISK:
        raise Unstored
    if file.trouble is Trouble.MANY:
        raise Refused(f"At most {plural(config['MAX_FILES'], 'file')} can be added at a time.")
    if file.trouble is Trouble.LARGE:
        most = megabytes(config["MAX_UPLOAD"])
        raise Refused(f"This file has {filesize(file.size)}. A file can be up to {most}.")
    return recognise(file.path, name)


def megabytes(limit: int) -> str:
    """A limit in words: '500 MB'."""
    return f"{limit // 2**20} MB" if limit >= 2**20 else filesize(limit)
