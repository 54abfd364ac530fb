"""Quotations in Markdown: where a text quotes, and how its HTML marks the place."""

import re
from collections.abc import Callable
from html import unescape
from typing import NamedTuple

from markupsafe import Markup

from forum.kit.text import lines_of_quotes

#: "> **Priya Raman**, [post 2](/groups/policy/topics/1/posts/2):": a name, of whatever signs, may stand before the link
HEAD = re.compile(r"(?:\*\*[^\n]{1,200}\*\*, )?\[[^\]\n]{1,200}\]\(([^\s()]{1,300})\):?\s*")
PLACE = re.compile(r"<!--quote (\d+)-->(?:(?!<!--quoted-->).)*?href=\"([^\"]*)\"", re.DOTALL)
MARK = re.compile(r"<!--quote (\d+)-->.*?<!--quoted-->", re.DOTALL)


class Quote(NamedTuple):
    """A quotation that stands in a text: from which line to which, the address it names, and its words."""

    start: int
    end: int
    address: str
    words: str


def quotes_in(source: str) -> list[Quote]:
    """The quotations of a text that begin with a link, in order. Other quotations are text as any."""
    lines, found = source.split("\n"), []
    for start, end in lines_of_quotes(source) if "](" in source else ():
        bare = [line.lstrip()[1:].removeprefix(" ") for line in lines[start:end] if line.lstrip().startswith(">")]
        if bare and len(bare) == end - start and (head := HEAD.fullmatch(bare[0])):
            found.append(Quote(start, end, head[1], "\n".join(bare[1:]).strip("\n")))
    return found


def swapped(source: str, quotes: list[tuple[Quote, str]]) -> str:
    """The text with other lines in the place of each of these quotations."""
    lines = source.split("\n")
    for quote, instead in reversed(quotes):
        after = [""] if quote.end < len(lines) and lines[quote.end].strip() else []
        lines[quote.start : quote.end] = [*instead.split("\n"), *after]
    return "\n".join(lines)


def own_words(source: str) -> str:
    """The text without what it quotes itself."""
    return swapped(source, [(quote, "") for quote in quotes_in(source)]).strip()


def quoted_lines(head: str, words: str) -> str:
    """A quotation as it is written."""
    return "\n".join(f"> {line}".rstrip() for line in [head, *(["", *words.split("\n")] if words else [])])


def marked(html: str, stubs: list[str], numbers: list[int]) -> str:
    """The HTML, in which each of these blocks, in order, is marked as the place of the quotation of that number."""
    at = 0
    for number, stub in zip(numbers, stubs, strict=True):
        found = html.find(stub, at)
        if found < 0:
            continue
        block = f"<!--quote {number}-->{stub}<!--quoted-->"
        html, at = html[:found] + block + html[found + len(stub) :], found + len(block)
    return html


def places_in(html: str) -> dict[int, str]:
    """The numbers of the quotations that are marked in HTML, with the address that each names in its text."""
    return {int(found[1]): unescape(found[2]) for found in PLACE.finditer(html)}


def filled(html: str, draw: Callable[[int], Markup]) -> Markup:
    """The HTML with each quotation drawn in its place."""
    return Markup(MARK.sub(lambda found: str(draw(int(found[1]))), html))  # noqa: S704 cleaned when it was made


def own_html(html: str) -> str:
    """The HTML without what it quotes."""
    return MARK.sub("", html) if "<!--quote " in html else html
