"""What a person may not know of answers exactly as what does not exist (GRP2; UX 28), on every address there is."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from forum.kit.db import db
from forum.models import Group
from tests.conftest import Browser, Community

#: values that exist in the demo community, by the converter's name
REAL = {"n": 1, "k": 1, "v": 1, "number": 1, "no": 1}
NONE = {"n": 987_654, "k": 987_654, "v": 987_654, "number": 987_654, "no": 987_654}
OUTSIDERS = ("visitor", "sam", "grace", "hugh")


def addresses(app: Flask, slug: str, values: dict[str, int]) -> list[tuple[str, str]]:
    """Every (method, path) below a group, with its numbers filled in."""
    found = []
    for rule in app.url_map.iter_rules():
        if "slug" in rule.arguments:
            found += [
                (method, fill(rule, slug, values)) for method in sorted(rule.methods or ()) if method != "OPTIONS"
            ]
    return found


def fill(rule: Rule, slug: str, values: dict[str, int]) -> str:
    """A rule's path with everything filled in."""

    def value(match: re.Match[str]) -> str:
        name = match.group(2)
        return slug if name == "slug" else str(values.get(name, "x"))

    return re.sub(r"<(?:([^:<>]+):)?([a-z_]+)>", value, rule.rule)


def answer(browser: Browser, method: str, path: str, *own: str) -> list[str]:
    """Everything that could tell two answers apart, but the request's own id and what was asked for."""
    reply = browser.open(path, method=method)
    headers = sorted(f"{name}: {text}" for name, text in reply.headers if name not in ("Date", "Content-Length"))
    text = "\n".join([str(reply.status_code), *headers, reply.get_data(as_text=True)])
    text = re.sub(r"(?<=/)(1|987654)(?=[/\"?#&]|$)", "NUMBER", text.replace(path, "ASKED"), flags=re.MULTILINE)
    for word in (path, quote(path, safe=""), quote(path), reply.headers.get("X-Request-Id", "no id"), *own):
        text = text.replace(word, "ASKED")
    return text.splitlines()


def browser_of(name: str, community: Community, as_: Callable[..., Browser]) -> Browser:
    """The browser of one of the outsiders."""
    return as_(None if name == "visitor" else getattr(community, name))


@pytest.mark.parametrize("slug", ["reorganisation", "case-review"])
@pytest.mark.parametrize("name", OUTSIDERS)
def test_a_hidden_group_answers_like_no_group(name: str, slug: str, app: Flask, community: Community, as_: Any) -> None:
    browser = browser_of(name, community, as_)
    nothing = "r" + "x" * (len(slug) - 1)
    for (method, real), (_, none) in zip(addresses(app, slug, REAL), addresses(app, nothing, REAL), strict=True):
        assert answer(browser, method, real, slug) == answer(browser, method, none, nothing), (method, real)


def test_a_private_group_answers_visitors_like_no_group(app: Flask, visitor: Browser) -> None:
    slug, nothing = "safeguarding", "safeguardxxx"
    for (method, real), (_, none) in zip(addresses(app, slug, REAL), addresses(app, nothing, REAL), strict=True):
        assert answer(visitor, method, real, slug) == answer(visitor, method, none, nothing), (method, real)


@pytest.mark.parametrize("slug", ["performance", "safeguarding", "commissioning"])
@pytest.mark.parametrize("name", ["visitor", "sam", "hugh"])
def test_at_card_level_the_number_of_a_thing_tells_nothing(
    name: str, slug: str, app: Flask, community: Community, as_: Any
) -> None:
    """Someone who sees the card gets the same page for a topic that exists and for one that does not."""
    browser = browser_of(name, community, as_)
    inner = [
        pair for pair in zip(addresses(app, slug, REAL), addresses(app, slug, NONE), strict=True) if pair[0] != pair[1]
    ]
    assert inner
    for (method, real), (_, none) in inner:
        assert answer(browser, method, real) == answer(browser, method, none) or is_open_file(real, name), (
            method,
            real,
        )


def is_open_file(path: str, name: str) -> bool:
    """The one file of a restricted group that its facilitators opened to everyone registered."""
    return "/library/" in path and name != "visitor" and path.startswith("/groups/performance")


def test_every_kind_of_group_is_in_the_demo_community(community: Community) -> None:
    kinds = {(group.kind.value, group.public_reading) for group in db.session.scalars(select(Group)).unique()}
    assert kinds >= {("open", False), ("open", True), ("restricted", False), ("private", False), ("hidden", False)}
