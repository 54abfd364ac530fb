"""A shelf for the tests: files of every audience, added by named people."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from forum import uploads
from forum.access import person
from forum.kit.db import db
from forum.models import Document, FileAudience, Post, Topic, User

PDF = b"%PDF-1.4\n" + bytes(range(32, 127)) * 40 + b"\n%%EOF\n"


@pytest.fixture
def shelve(community: Any) -> Callable[..., Document]:
    """`shelve("performance", "ruth", "deck.pdf", audience="members")`: a posted document."""

    def shelved(
        slug: str,
        who: str,
        name: str,
        content: bytes = PDF,
        *,
        audience: str = "members",
        post: Post | None = None,
        **said: Any,
    ) -> Document:
        me = person(getattr(community, who).id)
        said.setdefault("title", name.rpartition(".")[0])
        group = community.group(slug)
        document = uploads.add_file(
            me, group, io.BytesIO(content), name, audience=FileAudience(audience), post=post, **said
        )
        db.session.commit()
        return document

    return shelved


def post_of(topic: Topic, no: int = 0) -> Post:
    """A post by its number in its topic."""
    return db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.no == no)).one()


def address(document: Document, below: str = "") -> str:
    """The address of a file."""
    return f"/groups/{document.group.slug}/library/{document.n}{below}"


def upload(browser: Any, slug: str, *files: tuple[bytes, str], **fields: Any) -> Any:
    """Sends the form with which files are added."""
    data = {"audience": "members", "files": [(io.BytesIO(content), name) for content, name in files], **fields}
    return browser.post(f"/groups/{slug}/library/new", data=data, content_type="multipart/form-data")


def own_documents(user: User) -> list[Document]:
    """All documents of a person, oldest first."""
    db.session.expire_all()
    return list(db.session.scalars(select(Document).where(Document.uploader_id == user.id).order_by(Document.id)))


def bytes_kept() -> list[str]:
    """The keys of all bytes in the store."""
    return sorted(uploads.store().keys())


def left_over() -> list[Path]:
    """What arrived and was neither kept nor removed."""
    return list(uploads.store().unfinished())
