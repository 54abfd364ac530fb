"""From draft to library: documents are posted, hidden, restored and removed, and the group's count is kept."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select, update
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import Conflict

from forum.access import readable
from forum.kit import fate
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, DocumentTag, FileAudience, Group, Opening, Post, Topic, Version
from forum.uploads.place import store
from forum.uploads.slides import UNSEEN, forget_slides
from forum.who import Person


def drafts(me: Person, group: Group, numbers: Iterable[int]) -> list[Document]:
    """A person's own drafts in a group, of these numbers: what a form kept for them."""
    wanted = [number for number in numbers if 0 < number < 2**31][:200]
    if not wanted:
        return []
    own = (Document.group_id == group.id, Document.n.in_(wanted), Document.uploader_id == me.id)
    unposted = (Document.posted_at.is_(None), Document.deleted_at.is_(None), readable(Document, me))
    return list(db.session.scalars(select(Document).where(*own, *unposted).order_by(Document.n)))


def kept(me: Person, group: Group, sent: MultiDict[str, str]) -> list[Document]:
    """Drafts that a refused form had (`offered`) and the person still wants (`kept`). The others are thrown away."""
    offered, wanted = (set(sent.getlist(name, type=int)) for name in ("offered", "kept"))
    found = drafts(me, group, offered | wanted)
    for document in found:
        if document.n not in wanted:
            discard(document)
    return [document for document in found if document.n in wanted]


def marks(sent: MultiDict[str, str], files: Iterable[FileStorage] | None) -> list[str]:
    """What tells the files of a form from others, for a form that is sent twice: those kept, and hashes of new ones."""
    return [*sent.getlist("kept"), *(str(getattr(file.stream, "sha256", "")) for file in files or [])]


def attach(documents: Sequence[Document], post: Post, audience: FileAudience) -> None:
    """Posts drafts with a post, by its author, in its group. Does not commit. Raises Conflict if one was posted."""
    for document in documents:
        if (document.group_id, document.uploader_id) != (post.group_id, post.author_id):
            raise Conflict("This file belongs elsewhere. Add it again.")
        _post(document, posted_at=post.created_at, post_id=post.id, audience=audience)
    if documents:
        recount(documents[0].group)


def publish(document: Document, at: datetime | None = None) -> None:
    """Posts a draft to the library directly. Does not commit. Raises Conflict if it was posted already."""
    _post(document, posted_at=at or now())
    recount(document.group)


def _post(document: Document, **facts: Any) -> None:
    draft = and_(Document.id == document.id, Document.posted_at.is_(None), Document.deleted_at.is_(None))
    _change(document, draft, "This file was posted already, or thrown away, in another window.", **facts)


def _change(document: Document, condition: Any, otherwise: str, **facts: Any) -> None:
    """Changes a document that still is as the condition says; else Conflict with a sentence."""
    db.session.flush()
    changed: Any = db.session.execute(update(Document).where(condition).values(**facts), execution_options=UNSEEN)
    if changed.rowcount != 1:
        raise Conflict(otherwise)
    db.session.expire(document)


def hide(document: Document) -> None:
    """Only facilitators see it from now on. Does not commit. Raises Conflict if it was hidden already."""
    shown = and_(Document.id == document.id, Document.hidden_at.is_(None))
    _change(document, shown, "This file was hidden already.", hidden_at=now())
    recount(document.group)


def restore(document: Document) -> None:
    """Seen again by its audience. Does not commit. Raises Conflict if it was not hidden."""
    hidden = and_(Document.id == document.id, Document.hidden_at.is_not(None))
    _change(document, hidden, "This file was restored already.", hidden_at=None)
    recount(document.group)


def discard(document: Document) -> None:
    """Throws a draft away, with its bytes. Does not commit. Raises Conflict if it was posted."""
    _remove_bytes([document.id])
    draft = and_(Document.id == document.id, Document.posted_at.is_(None))
    db.session.execute(delete(Version).where(Version.document_id.in_(select(Document.id).where(draft))))
    gone: Any = db.session.execute(delete(Document).where(draft), execution_options=UNSEEN)
    if gone.rowcount != 1:
        raise Conflict("This file was posted already, or thrown away, in another window.")


def remove(documents: Sequence[Document]) -> None:
    """Deletes posted documents for good: their bytes, names and texts; their numbers stay taken. Does not commit."""
    ids, moment = [document.id for document in documents], now()
    if not ids:
        return
    _remove_bytes(ids)
    blank = {"title": "", "description": "", "folder": "", "workshop": "", "licence": ""}
    for besides in (DocumentTag, Opening):
        db.session.execute(delete(besides).where(besides.document_id.in_(ids)), execution_options=UNSEEN)
    live = and_(Document.id.in_(ids), Document.deleted_at.is_(None))
    db.session.execute(update(Document).where(live).values(deleted_at=moment, **blank), execution_options=UNSEEN)
    kept = and_(Version.document_id.in_(ids), Version.deleted_at.is_(None))
    db.session.execute(update(Version).where(kept).values(deleted_at=moment, name=""), execution_options=UNSEEN)
    for document in documents:
        db.session.expire(document)
    recount(documents[0].group)


def _remove_bytes(ids: list[int]) -> None:
    forget_slides(Version.document_id.in_(ids))
    for key in db.session.scalars(select(Version.storage_key).where(Version.document_id.in_(ids))):
        fate.once_done(_removal(key))


def _removal(key: str) -> Callable[[], None]:
    return partial(store().remove, key)


def attached(post: Post) -> list[Document]:
    """The documents of a post that are not deleted, whoever may open them: for deleting and hiding the post."""
    found = select(Document).where(Document.post_id == post.id, Document.deleted_at.is_(None))
    return list(db.session.scalars(found.order_by(Document.n)))


def recount(group: Group) -> None:
    """Counts a group's documents as its members find them. For every change of a file, and of a post with files."""
    db.session.flush()
    shown = select(Post.id).join(Topic, Topic.id == Post.topic_id).where(
        Post.id == Document.post_id, Post.deleted_at.is_(None), Post.hidden_at.is_(None),
        Topic.deleted_at.is_(None), Topic.hidden_at.is_(None),
    )  # fmt: skip
    members = and_(
        Document.group_id == Group.id, Document.posted_at.is_not(None), Document.deleted_at.is_(None),
        Document.hidden_at.is_(None), Document.checked, Document.audience != FileAudience.FACILITATORS,
        or_(Document.post_id.is_(None), exists(shown.correlate(Document))),
    )  # fmt: skip
    number = select(func.count()).select_from(Document).where(members).correlate(Group).scalar_subquery()
    grown = update(Group).where(Group.id == group.id).values(document_count=number, version=Group.version + 1)
    db.session.execute(grown, execution_options=UNSEEN)
    db.session.expire(group, ["document_count", "version", "last_document_n"])
