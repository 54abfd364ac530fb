"""Hostile text: limits are told in plain words, time is bounded, and no script ever comes out."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.kit.text import TooLong, render
from tests.kit.hostile import HOSTILE


def people(handle: str) -> str | None:
    return "/people/maya" if handle == "maya" else None


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a" * 40_001, "40,001 characters"),
        ("|a" * 60 + "\n" + "|-" * 60, "50 columns"),
        ("a|b\n-|-\n" + "c\n" * 6000, "cells"),
        ("> > " * 20 + "deep", "nested too deep"),
        ("*" * 200 + "a" + "*" * 200, "nested too deep"),
        (" ".join(f"@person{n}" for n in range(51)), "more than 50 people"),
        ("[a]: /" + "x" * 20_000 + "\n\n" + "[a]" * 6000, "repeats long web addresses"),
        ("- [ ] a\n" * 1001, "tick boxes"),
        ("http://a.b " * 201, "web addresses"),
        ("[" * 10_001, "square brackets"),
    ],
)
def test_each_limit_says_what_is_too_long(source, words):
    with pytest.raises(TooLong, match=words):
        render(source)


def test_a_full_text_at_the_limit_is_rendered():
    assert len(render("Safeguarding practice. " * 1739)) >= 39_000


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_less_than_a_second(name):
    """By the best of three: what else the machine does may slow down one of them."""
    took = []
    while len(took) < 3 and min(took, default=1) >= 1:
        started = time.process_time()
        try:
            html = render(HOSTILE[name], mention=people)
        except TooLong as error:
            html = str(error)
        took.append(time.process_time() - started)
    assert min(took) < 1
    assert len(html) < 2_000_000


PIECES = st.sampled_from(
    [
        "<script>",
        "</p>",
        "<img src=x onerror=a>",
        "javascript:",
        "[a](",
        ")",
        "![",
        "]",
        "`",
        "@maya",
        "[^1]",
        "\n[^1]: ",
        "\n- [ ] ",
        "\n> ",
        "|",
        "\n|-|-|\n",
        '"',
        "'",
        " onclick=x ",
        "id=x ",
        "<",
        ">",
        "&lt;",
        "&#60;",
        "\n# ",
        "\n\n",
        "**",
        "_",
        "\x00",
        "<!--",
        "]]>",
        "http://a.com/",
        "style=",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map("".join))
def test_no_text_ever_yields_script_handlers_or_ids(source):
    allowed = {
        "href",
        "title",
        "rel",
        "class",
        "id",
        "aria-label",
        "start",
        "type",
        "checked",
        "disabled",
        "role",
        "tabindex",
    }
    for tag, attributes in Tags(render(source, mention=people, doc_id="p1")).found:
        assert tag not in {"script", "img", "iframe", "svg", "style", "object", "form", "base", "meta", "link"}
        assert set(attributes) <= allowed
        assert re.fullmatch(r"fn(ref)?-p1-[0-9_]+", attributes.get("id") or "fn-p1-1")
        assert not re.match(r"(?i)\s*(javascript|data|vbscript|file):", attributes.get("href") or "")
