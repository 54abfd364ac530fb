"""The words around what was found, with what was found marked. Decoration: the database has decided what is found."""

import html
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

from forum.index.words import Asked, Term
from forum.kit.folding import decomposed

#: letters before what was found, and in all; how much of a text is looked at, and how many places in it
BEFORE, LENGTH, LOOKED_AT, MOST = 70, 230, 40_000, 60
TAG = re.compile(r"<(?:[^<>\"]|\"[^\"]*\")*>")
#: a tag that stands inside a word or a sentence
INLINE = re.compile(r"</?(?:a|abbr|b|code|del|em|i|ins|kbd|mark|s|span|strong|sub|sup)(?:\s(?:[^<>\"]|\"[^\"]*\")*)?>")
#: endings that make no other word of it, nearly as Porter cuts them
ENDING = re.compile(
    r"(?<=..[^\W_])(?:i[sz]ation|ation|ments?|ness|fully?|i[sz]e|ings?|ly|ies|ied|es|ed|ers?|ors?|s|e|y|i)$"
)
TWICE = re.compile(r"([b-df-hj-kmnp-rtv-y])\1$")
#: so many letters of a word, and of what it has in common with its other forms, stand in all of them
SURE = 3
#: what stands where a text is cut, or is not
MORE = (Markup(""), Markup("…"))

Found = tuple[int, int]


class _Flat(dict[int, str]):
    """Each letter as one small letter without its accent, so that places in a text stay what they are."""

    def __missing__(self, code: int) -> str:
        flat = self[code] = (decomposed(chr(code).lower()) or " ")[0]
        return flat


FLAT = _Flat()


def plain(rendered: str) -> str:
    """The words of HTML of ours, on one line."""
    return " ".join(html.unescape(TAG.sub(" ", INLINE.sub("", rendered))).split())


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """What a word has in common with its other forms."""
    return TWICE.sub(r"\1", ENDING.sub("", ENDING.sub("", word)))


@lru_cache(maxsize=500)
def pattern(term: Term) -> tuple[str, re.Pattern[str]]:
    """The letters that the term begins with in all its forms, and what may be the term; `_is` says whether it is."""
    sure = [word[: max(SURE, len(root(word)) - 1)] for word in term.words]
    words = (f"({re.escape(letters)}[^\\W_]*)" for letters in sure)
    return sure[0], re.compile(r"(?<![^\W_])" + r"[\W_]+".join(words))


def _matches(flat: str, term: Term) -> Iterator[re.Match[str]]:
    """What may be the term, from the first on. Looking for its first letters is faster than trying every place."""
    letters, whole = pattern(term)
    at = flat.find(letters)
    while at >= 0:
        match = whole.match(flat, at)
        if match:
            yield match
        at = flat.find(letters, match.end() if match else at + 1)


def places(text: str, asked: Asked) -> list[Found]:
    """Where what was looked for stands in the text: the first MOST places."""
    text, found = text[:LOOKED_AT], set()
    flat = text.lower() if text.isascii() else text.translate(FLAT)
    for term in asked.wanted:
        for match in _matches(flat, term):
            if _is(match.groups(), term):
                found.add(match.span())
            if len(found) >= MOST:
                break
    return sorted(found)


def _is(words: tuple[str, ...], term: Term) -> bool:
    *whole, last = zip(words, term.words, strict=True)
    if not (last[0].startswith((last[1], root(last[1]))) if term.begins else _same(*last)):
        return False
    return all(_same(*pair) for pair in whole)


def _same(word: str, wanted: str) -> bool:
    return word == wanted or root(word) == root(wanted)


def marked(text: str, asked: Asked) -> Markup:
    """The text, escaped, with what was found marked."""
    return _marked(text, places(text, asked))


def _marked(text: str, found: list[Found]) -> Markup:
    pieces, at = [], 0
    for start, end in found:
        if start >= at:
            pieces.append(f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>")
            at = end
    return Markup("".join([*pieces, escape(text[at:])]))  # noqa: S704 each piece is escaped


def around(text: str, asked: Asked) -> Markup:
    """The words where most of what was found stands, marked. Cut between words."""
    text = " ".join(text[:LOOKED_AT].split())
    found = places(text, asked)
    at = max(0, _densest(found) - BEFORE) if found else 0
    start = text.find(" ", at) + 1 if at else 0
    end = start + LENGTH
    end = len(text) if len(text) <= end else max(text.rfind(" ", start, end), start + LENGTH // 2)
    inside = [(a - start, b - start) for a, b in found if a >= start and b <= end]
    return MORE[start > 0] + _marked(text[start:end], inside) + MORE[end < len(text)]


def _densest(found: list[Found]) -> int:
    """Where the stretch begins that holds the most of it; the first of two alike."""
    starts = sorted(start for start, _ in found)
    return max(starts, key=lambda at: (bisect_left(starts, at + LENGTH - BEFORE) - bisect_left(starts, at), -at))
