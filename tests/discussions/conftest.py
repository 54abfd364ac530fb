"""What the tests of discussions share: people who ask, answer and look, over HTTP."""

import html
import re
import secrets
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.models import Group, Post, Topic


class Seen(NamedTuple):
    """A page as a person sees it."""

    status: int
    text: str
    headers: Any

    @property
    def words(self) -> str:
        """The text without markup, on one line."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text)).split())

    @property
    def new(self) -> list[int]:
        """The numbers of the posts with a New pill, in the order of the page."""
        return [
            int(no)
            for no in re.findall(r'class="pill pill--new" href="[^"]+">New<span class="vh">, post (\d+)', self.text)
        ]

    @property
    def posts(self) -> list[int]:
        """The numbers of the posts on the page, in its order."""
        return [int(no) for no in re.findall(r'<article class="post[^"]*" id="post-(\d+)"', self.text)]

    def article(self, no: int) -> str:
        """A post's own part of the page: to the next post."""
        after = self.text.split(f'id="post-{no}"', 1)[1]
        return re.split(r'<article class="post|<form class="composer', after, maxsplit=1)[0]


def see(browser: Any, address: str, **more: Any) -> Seen:
    """The page at an address, after redirects."""
    reply = browser.get(address, follow_redirects=True, **more)
    return Seen(reply.status_code, reply.get_data(as_text=True), reply.headers)


def key() -> str:
    """The key of a form just opened."""
    return secrets.token_hex(8)


class Talk:
    """`talk.ask(browser, "policy", "Title")` and the like: what people send, with the forms' own fields."""

    def ask(self, browser: Any, slug: str, title: str, **fields: Any) -> Any:
        """The answer to a new topic."""
        body = f"What do you do? (Case {key()})"  # the same again and again is held as spam
        if fields.get("kind") == "announcement":
            fields = {"announce": "1", **fields}  # the second step: who gets it was looked at
        data = {"kind": "question", "title": title, "body": body, "tags": "", "key": key(), **fields}
        return browser.post(f"/groups/{slug}/topics/new", data=data)

    def topic(self, browser: Any, slug: str, title: str, **fields: Any) -> int:
        """The number of a new topic."""
        reply = self.ask(browser, slug, title, **fields)
        assert reply.status_code == 303, reply.get_data(as_text=True)
        return int(re.findall(r"/topics/(\d+)", reply.headers["Location"])[0])

    def reply(
        self, browser: Any, slug: str, n: int, body: str = "We do it on paper.", to: int | str = "", **fields: Any
    ) -> Any:
        """The answer to a reply."""
        data = {"body": body, "to": str(to), "key": key(), **fields}
        return browser.post(f"/groups/{slug}/topics/{n}/replies", data=data)

    def replies(self, browser: Any, slug: str, n: int, *answered: int | str) -> None:
        """One reply for each: to the topic (""), or to the post of that number."""
        for at, to in enumerate(answered):
            reply = self.reply(browser, slug, n, f"Reply number {at}, to {to or 'the topic'}.", to)
            assert reply.status_code == 303, reply.get_data(as_text=True)


@pytest.fixture
def talk() -> Talk:
    """What people send."""
    return Talk()


@pytest.fixture
def post_of() -> Callable[[str, int, int], Post]:
    """A post by group, topic and number, as it is stored now."""

    def find(slug: str, n: int, no: int) -> Post:
        db.session.expire_all()
        found = select(Post).join(Topic, Topic.id == Post.topic_id).join(Group, Group.id == Topic.group_id)
        return db.session.scalars(found.where(Group.slug == slug, Topic.n == n, Post.no == no)).one()

    return find
