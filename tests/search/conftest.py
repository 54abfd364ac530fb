"""What one person finds, over HTTP: titles, addresses, and how many."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.models import Document, Post, Slide, Topic, Version

HIT = re.compile(r'<li class="hit[^>]*>(.*?)</li>', re.DOTALL)
LINK = re.compile(r'<h2><a href="([^"]*)">(.*?)</a></h2>', re.DOTALL)


class Page(NamedTuple):
    """A page of the search: what its headline counts, and where each row leads."""

    status: int
    headline: str
    links: list[str]
    text: str
    counts: dict[str, str]

    @property
    def count(self) -> str:
        """What the headline counts."""
        return self.headline.partition(" found")[0]


def read(reply: Any) -> Page:
    """What an answer says."""
    text = reply.get_data(as_text=True)
    headline = re.sub("<[^>]+>", "", re.search(r"<h1>(.*?)</h1>", text, re.DOTALL)[1])  # type: ignore[index]
    rows = [LINK.search(row) for row in HIT.findall(text)]
    people = re.findall(r'<a class="quiet" href="(/people/[^"]*)"', text) if not rows else []
    chips = re.findall(r'<a class="chip" href="[^"]*"[^>]*>(.*?)(?: <span class="count">([0-9+]+)<.*?)?</a>', text)
    return Page(
        reply.status_code, unescape(headline), [unescape(row[1]) for row in rows if row] + people, text,
        {label.strip(): number for label, number in chips},
    )  # fmt: skip


@pytest.fixture
def find(community: Any, as_: Any) -> Callable[..., Page]:
    """`find("maya", "audit sheet", kind="files")`: the page that she gets; "" is a visitor."""

    def found(name: str, words: str, **more: str) -> Page:
        browser = as_(getattr(community, name) if name else None)
        return read(browser.get("/search", query_string={"q": words, **more}))

    return found


def opening(topic: Topic) -> Post:
    """The opening post of a topic."""
    return db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.no == 0)).one()


def slides(document: Document) -> list[Slide]:
    """The slides of a file's newest version."""
    newest = (Version.document_id == document.id, Version.number == document.last_version)
    found = select(Slide).join(Version, Version.id == Slide.version_id).where(*newest).order_by(Slide.number)
    return list(db.session.scalars(found))
