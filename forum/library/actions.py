"""What is done to files of a library. Does not commit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from werkzeug.datastructures import FileStorage

from forum import activity, receipts, uploads
from forum.access import Person
from forum.kit.clock import now
from forum.kit.db import db
from forum.library import queries
from forum.models import Document, DocumentTag, FileAudience, Group, Post, Receipts, Slide, Topic, Version

#: for statements whose rows are not looked at again before commit
UNSEEN = {"synchronize_session": False}
DETAILS = ("title", "description", "folder", "workshop", "licence")


def add(me: Person, documents: Sequence[Document], audience: FileAudience, said: dict[str, Any]) -> None:
    """Posts drafts to the library directly. A title is for a single file; several keep their own."""
    details = {name: said[name] for name in DETAILS if name in said}
    if not details.get("title") or len(documents) > 1:
        details.pop("title", None)
    for document in documents:
        document.audience = audience
        for name, value in details.items():
            setattr(document, name, value)
        tag(document, said.get("tags", []))
        uploads.publish(document)
        activity.record("document.posted", me, group=document.group, document=document)


def tag(document: Document, tags: list[str]) -> None:
    """The file has these tags from now on."""
    db.session.execute(delete(DocumentTag).where(DocumentTag.document_id == document.id), execution_options=UNSEEN)
    if tags:
        of = {"document_id": document.id, "group_id": document.group_id}
        db.session.execute(insert(DocumentTag), [{**of, "tag": word} for word in tags])


def edit(me: Person, document: Document, said: dict[str, Any]) -> None:
    """Changes what is said of a file: its DETAILS and `tags`; what is not named stays."""
    changed = [name for name in DETAILS if name in said and getattr(document, name) != said[name]]
    for name in changed:
        setattr(document, name, said[name])
    if "tags" in said and said["tags"] != queries.tags_of_file(document):
        tag(document, said["tags"])
        changed.append("tags")
    if changed:
        _shows(document)
    if changed and me.id != document.uploader_id:
        activity.log("document.edited", me, group=document.group, n=document.n, changed=changed)


def move(me: Person, documents: Sequence[Document], folder: str) -> None:
    """Puts files into a folder; "" = into none."""
    for document in documents:
        edit(me, document, {"folder": folder})


def rename_folder(me: Person, group: Group, name: str, other: str) -> None:
    """A folder is called otherwise; the files of one that is called so already stay with them."""
    inside = (Document.group_id == group.id, Document.folder == name, Document.posted_at.is_not(None))
    db.session.execute(update(Document).where(*inside).values(folder=other), execution_options=UNSEEN)
    shown = update(Group).where(Group.id == group.id).values(version=Group.version + 1)
    db.session.execute(shown, execution_options=UNSEEN)
    activity.log("folder.renamed", me, group=group)


def record_openings(me: Person, document: Document, says: Receipts) -> None:
    """Readers are told from now on that opening is recorded, and how; or no more, and what was recorded is gone."""
    before, document.receipts = document.receipts, says
    if says == Receipts.NONE:
        receipts.forget_file(document)
    _shows(document)
    activity.log("document.receipts", me, group=document.group, n=document.n, before=before.value, after=says.value)


def change_audience(me: Person, document: Document, audience: FileAudience) -> None:
    """Opens a file to more people, or to fewer."""
    before, document.audience = document.audience, audience
    uploads.recount(document.group)
    _shows(document)
    activity.log("document.audience", me, group=document.group, n=document.n, before=before.value, after=audience.value)


def replace(me: Person, document: Document, file: FileStorage | Document) -> Version:
    """A new version at the same address: a file that came with a form, or a draft. Raises filetypes.Refused."""
    version = uploads.adopt(document, file) if isinstance(file, Document) else uploads.replace(document, file, me)
    _shows(document)
    activity.record("document.replaced", me, group=document.group, document=document)
    return version


def restore_version(me: Person, document: Document, version: Version) -> Version:
    """The new newest version, which is an old one again. Raises uploads.Full."""
    made = uploads.again(document, version, me)
    _shows(document)
    activity.record("document.replaced", me, group=document.group, document=document)
    number, newest = version.number, made.number
    activity.log("version.restored", me, group=document.group, n=document.n, version=number, as_version=newest)
    return made


def remove_version(me: Person, document: Document, version: Version, reason: str) -> None:
    """Deletes one version for good. Raises Conflict for the only one."""
    number = version.number
    _shows(document)
    uploads.withdraw(document, version)
    activity.log("version.deleted", me, group=document.group, n=document.n, version=number, reason=reason)


def try_again(document: Document) -> bool:
    """Slides that could not be made are to be tried once more. Whether that was so."""
    newest = (Version.document_id == document.id, Version.number == document.last_version)
    version_id = db.session.scalar(select(Version.id).where(*newest))
    return version_id is not None and uploads.await_again(version_id)


def describe(me: Person, document: Document, slide: Any, words: str) -> bool:
    """Puts a person's words in place of a slide's own (none = its own again). False when they changed meanwhile."""
    mine = {"described": words if words != slide.text else "", "described_by_id": me.id, "described_at": now()}
    same = (Slide.id == slide.id, Slide.described == slide.described)
    changed: Any = db.session.execute(update(Slide).where(*same).values(**mine), execution_options=UNSEEN)
    if changed.rowcount != 1:
        return False
    _shows(document)
    if me.id != document.uploader_id:
        activity.log("document.described", me, group=document.group, n=document.n, slide=slide.number)
    return True


def hide(me: Person, document: Document, reason: str) -> None:
    """Takes a file out of sight of all but facilitators. Raises Conflict."""
    _shows(document)
    uploads.hide(document)
    activity.log("document.hidden", me, group=document.group, n=document.n, reason=reason)


def restore(me: Person, document: Document) -> None:
    """Brings a hidden file back. Raises Conflict."""
    _shows(document)
    uploads.restore(document)
    activity.log("document.restored", me, group=document.group, n=document.n)


def remove(me: Person, document: Document, reason: str) -> None:
    """Deletes a file for good; a draft leaves no trace."""
    if document.posted_at is None:
        uploads.discard(document)
        return
    _shows(document)
    own = me.id == document.uploader_id
    activity.log("document.deleted", me, group=document.group, n=document.n, reason=reason, own=own)
    uploads.remove([document])


def _shows(document: Document) -> None:
    """The pages of the topic that carries it, and then of the group (`forum.held`), show something new."""
    if document.post_id:
        carried = select(Post.topic_id).where(Post.id == document.post_id).scalar_subquery()
        topic = update(Topic).where(Topic.id == carried).values(version=Topic.version + 1)
        db.session.execute(topic, execution_options=UNSEEN)
    group = update(Group).where(Group.id == document.group_id).values(version=Group.version + 1)
    db.session.execute(group, execution_options=UNSEEN)
