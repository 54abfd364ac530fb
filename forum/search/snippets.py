"""The words around what was found, with what was found marked. Decoration: the database has decided what is found."""

import html
import re
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

from forum.index.words import Asked, Term
from forum.kit.escaping import escaped_text
from forum.kit.folding import decomposed

#: letters before what was found, and in all; how much of a text is looked at, and how many places in it
BEFORE, LENGTH, LOOKED_AT, MOST = 70, 230, 40_000, 60
TAG = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>')
#: a tag that stands inside a word or a sentence
INLINE = re.compile(
    r"</?(?:a|abbr|b|code|del|em|i|ins|kbd|mark|s|span|strong|sub|sup)"
    r'(?:\s[^<>"]*(?:"[^"]*"[^<>"]*)*)?>'
)
#: endings that make no other word of it, nearly as Porter cuts them
ENDING = re.compile(
    r"(?<=..[^\W_])(?:i[sz]ation|ation|ments?|ness|fully?|i[sz]e|ings?|ly|ies|ied|es|ed|ers?|ors?|s|e|y|i)$"
)
TWICE = re.compile(r"([b-df-hj-kmnp-rtv-y])\1$")
#: so many letters of a word, and of what it has in common with its other forms, stand in all of them
SURE = 3
#: what stands where a text is not cut, or is
MORE = ("", "…")

Found = tuple[int, int]


class _Flat(dict[int, str]):
    """Each letter as one small letter without its accent, so that places in a text stay what they are."""

    def __missing__(self, code: int) -> str:
        flat = self[code] = (decomposed(chr(code).lower()) or " ")[0]
        return flat


FLAT = _Flat()


def plain(rendered: str) -> str:
    """The words of HTML of ours, on one line."""
    parts = map(str.strip, TAG.split(INLINE.sub("", rendered)))
    return html.unescape(" ".join(filter(None, parts))).replace("\n", " ")


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """What a word has in common with its other forms."""
    return TWICE.sub(r"\1", ENDING.sub("", ENDING.sub("", word)))


class Sought(NamedTuple):
    """A term: the letters that it begins with in all its forms, what may be it, and what its words have in common
    with their other forms."""

    letters: str
    whole: re.Pattern[str]
    roots: tuple[str, ...]


@lru_cache(maxsize=500)
def sought(term: Term) -> Sought:
    """What to look for to find this term; `_is` says whether it is what was found."""
    roots = tuple(map(root, term.words))
    sure = [word[: max(SURE, len(common) - 1)] for word, common in zip(term.words, roots, strict=True)]
    words = (f"({re.escape(letters)}[^\\W_]*)" for letters in sure)
    return Sought(sure[0], re.compile(r"(?<![^\W_])" + r"[\W_]+".join(words)), roots)


def places(text: str, asked: Asked) -> list[Found]:
    """Where what was looked for stands in the text: the first MOST places, in order."""
    text, found = text[:LOOKED_AT], set[Found]()
    flat = text.lower() if text.isascii() else text.translate(FLAT)
    for term in asked.wanted:
        letters, whole, roots = sought(term)
        at = flat.find(letters)  # faster than trying every place
        while at >= 0 and len(found) < MOST:
            match = whole.match(flat, at)
            if match and _is(match.groups(), term, roots):
                found.add(match.span())
            at = flat.find(letters, match.end() if match else at + 1)
    return sorted(found)


def _is(words: tuple[str, ...], term: Term, roots: tuple[str, ...]) -> bool:
    *whole, last = map(root, words)
    return whole == [*roots[:-1]] and (
        words[-1].startswith((term.words[-1], roots[-1])) if term.begins else last == roots[-1]
    )


def marked(text: str, asked: Asked) -> Markup:
    """The text, escaped, with what was found marked."""
    found = places(text, asked)
    if not found:
        return escape(text)
    return Markup("".join(_pieces(text, found, 0, len(text))))  # noqa: S704 each piece is escaped


def _pieces(text: str, found: list[Found], at: int, end: int) -> list[str]:
    """HTML of the text from one place to another."""
    pieces: list[str] = []
    for first, last in found:
        if first >= at and last <= end:
            pieces += (escaped_text(text[at:first]), "<mark>", escaped_text(text[first:last]), "</mark>")
            at = last
    return [*pieces, escaped_text(text[at:end])]


def around(text: str, asked: Asked) -> Markup:
    """The words of a text on one line where most of what was found stands, marked. Cut between words."""
    text = text[:LOOKED_AT]
    found = places(text, asked)
    at = max(0, _densest(found) - BEFORE) if found else 0
    start = text.find(" ", at) + 1 if at else 0
    end = start + LENGTH
    end = len(text) if len(text) <= end else max(text.rfind(" ", start, end), start + LENGTH // 2)
    pieces = (MORE[start > 0], *_pieces(text, found, start, end), MORE[end < len(text)])
    return Markup("".join(pieces))  # noqa: S704 each piece is escaped


def _densest(found: list[Found]) -> int:
    """Where the stretch begins that holds the most of it; the first of two alike."""
    starts = [start for start, _ in found]
    if starts[-1] < starts[0] + LENGTH - BEFORE:
        return starts[0]
    return max(starts, key=lambda at: (bisect_left(starts, at + LENGTH - BEFORE) - bisect_left(starts, at), -at))
