"""People's text: Markdown in, safe HTML out; its short form, its mentions, and what an edit changed."""

import functools
import re
import threading
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from forum.kit.differences import diff
from forum.kit.limits import MAX_SOURCE, TooLong, check_source, check_tokens
from forum.kit.markdown import parser

__all__ = [
    "MAX_SOURCE",
    "RENDERER",
    "TooLong",
    "check_source",
    "diff",
    "excerpt",
    "lines_of_quotes",
    "mentions",
    "plain",
    "render",
]

RENDERER: int = 1  # raise when the same source gives other HTML: stored HTML of an older number is rendered anew
DOC_ID = re.compile(r"[A-Za-z0-9-]{0,64}")
NOTE_ID = re.compile(r"fn(ref)?-[A-Za-z0-9_-]+")
TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "hr",
    "input",
    "label",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
ATTRIBUTES = {"a": {"href", "title", "id", "aria-label"}, "li": {"id"}, "ol": {"start"}}
VALUES = {
    "input": {"type": {"checkbox"}, "checked": {"checked"}, "disabled": {"disabled"}},
    "div": {"role": {"group"}, "aria-label": {"Table"}, "tabindex": {"0"}},
    "pre": {"tabindex": {"0"}},
}
CLASSES = {
    "a": {"mention"},
    "div": {"table-scroll"},
    "li": {"task-list-item"},
    "ol": {"footnotes"},
    "td": {"cell-end", "cell-center"},
    "th": {"cell-end", "cell-center"},
    "ul": {"contains-task-list"},
}
BLOCKS = {"p", "li", "br", "tr", "td", "th", "pre", "blockquote", "hr", "div"}
_one_at_a_time = threading.Lock()


def render(source: str, *, mention: Callable[[str], str | None] | None = None, doc_id: str = "") -> Markup:
    """Safe HTML of Markdown. mention gives the address of a handle (in small letters), or None to leave it as text.

    doc_id (letters, digits, hyphens) keeps the footnotes of several texts on one page apart.
    Raises TooLong, in plain words, above any limit.
    """
    if not DOC_ID.fullmatch(doc_id):
        raise ValueError("doc_id may have letters, digits and hyphens only")
    env: dict[str, Any] = {"mention": mention, "docId": doc_id}
    tokens = _parsed(source, env)
    html = str(parser().renderer.render(tokens, parser().options, env))
    return Markup(_cleaner().clean(html))  # noqa: S704 (cleaned by nh3 in this very line)


def _parsed(source: str, env: dict[str, Any]) -> list[Token]:
    check_source(source)
    with _one_at_a_time:
        tokens = parser().parse(source, env)
    check_tokens(tokens)
    return tokens


@functools.cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        tag_attribute_values=VALUES,
        allowed_classes=CLASSES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
        strip_comments=True,
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """The value, unless it is an id that is not a footnote's."""
    return None if attribute == "id" and not NOTE_ID.fullmatch(value) else value


def mentions(source: str) -> list[str]:
    """Handles mentioned in Markdown, in small letters, each once, in order. Raises TooLong."""
    inlines = [token.children or [] for token in _parsed(source, {})]
    found = [child.content.lower() for children in inlines for child in children if child.type == "mention"]
    return list(dict.fromkeys(found))


def lines_of_quotes(source: str) -> list[tuple[int, int]]:
    """From which line to which (the first not among them) each quotation of the first level goes. Raises TooLong."""
    opened = [token for token in _parsed(source, {}) if token.type == "blockquote_open" and not token.level]
    return [(token.map[0], token.map[1]) for token in opened if token.map]


def plain(text: str | Markup) -> str:
    """The words alone, on one line, of rendered HTML (Markup) or of Markdown (str). Raises TooLong for Markdown."""
    words = _Words()
    words.feed(text if isinstance(text, Markup) else render(text))
    words.close()
    return " ".join("".join(words.pieces).split())


class _Words(HTMLParser):
    """Gathers text; blocks part words, footnote numbers and ways back are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.skipping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipping = tag == "a" and any(name == "aria-label" for name, _ in attrs)
        if tag in BLOCKS:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.skipping = False
        if tag in BLOCKS:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.pieces.append(data)


def excerpt(source: str, length: int = 200) -> str:
    """The first words of Markdown, at most length characters, cut between words and marked with an ellipsis."""
    start = source[: length * 8 + 400]
    try:
        words = plain(start)
    except TooLong:
        words = " ".join(start.split())
    if len(words) <= length and len(start) == len(source):
        return words
    cut = words[: max(length - 1, 0)]
    whole = cut.rpartition(" ")[0] if words[len(cut) : len(cut) + 1].strip() else cut
    return (whole or cut).rstrip(" ,;:.") + "…"
