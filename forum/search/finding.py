"""A search as its page shows it: how much there is of each kind, and a page of one of them."""

from typing import Any, NamedTuple

from forum.access import Person, asked_by
from forum.index import values_for
from forum.index.matching import Scope, scope_of
from forum.index.words import Asked
from forum.kit.db import db
from forum.search import queries, snippets
from forum.search.hits import words_of
from forum.search.places import Around
from forum.search.queries import KINDS, MOST, PAGE


class Wanted(NamedTuple):
    """What is asked for besides words. `after`: the place of the last row of the page before."""

    kind: str = ""
    group: str = ""
    best: bool = False
    after: str = ""


class Found(NamedTuple):
    """A page: its kind, how many there are of each (above MOST: more than that), rows, and the place after them."""

    kind: str
    counts: dict[str, int]
    rows: list[Any]
    more: str


def find(me: Person, asked: Asked, wanted: Wanted, around: Around) -> Found:
    """What this reader finds. Without a kind, the first kind that anything is found of."""
    values = {**asked_by(me), **values_for(db.engine.dialect.name, asked, _scopes(wanted.group, around))}
    values |= {"group": wanted.group, **_place(wanted.after)}
    if wanted.after and wanted.kind:
        counts = queries.COUNTS[""].first(values)._asdict()
        return _page(wanted.kind, counts, queries.LATER[wanted.kind].rows(values))
    kind = wanted.kind or KINDS[0]
    (rows, many), counts = _first(kind, wanted, values), queries.COUNTS[kind].first(values)._asdict()
    counts[kind] = min(many, MOST + 1)
    other = next((other for other in KINDS if counts[other]), kind)
    if not wanted.kind and other != kind:
        kind, (rows, _) = other, _first(other, wanted, values)
    if wanted.best and kind != "people":
        return Found(kind, counts, _best(rows, asked), "")
    return _page(kind, counts, rows)


def _first(kind: str, wanted: Wanted, values: dict[str, Any]) -> tuple[list[Any], int]:
    """The rows of the first page and one more, or all that the best are among; and how many there are."""
    values = {**values, **_place("")}
    if wanted.best:
        return queries.BEST[kind].head(values, queries.CANDIDATES)
    if kind == "talk" and db.engine.dialect.name == "postgresql":
        rows, many = queries.LATELY.head(values, PAGE + 1)
        if many > MOST:
            return rows, many
    return queries.FIRST[kind].head(values, PAGE + 1)


def _page(kind: str, counts: dict[str, int], rows: list[Any]) -> Found:
    return Found(kind, counts, rows[:PAGE], place_of(kind, rows[PAGE - 1]) if len(rows) > PAGE else "")


def _scopes(slug: str, around: Around) -> dict[str, Scope]:
    """Where to begin to look for each kind. In one group alone, if its address is named and they know of it."""
    if slug:
        one = around.named(slug)
        written = files = scope_of([one.id] if one else ())
    else:
        written, files = around.scopes
    return {"talk": written, "pages": written, "workshops": written, "files": files}


def _place(after: str) -> dict[str, Any]:
    """The place that an address names: group, number, number; or a handle."""
    slug, n, no = [*after.split("/"), "", ""][:3]
    return {"after_slug": slug, "after_n": _number(n), "after_no": _number(no)}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def place_of(kind: str, row: Any) -> str:
    """What names the place of a row: nothing that counts over the whole site."""
    if kind == "people":
        return str(row.handle)
    return f"{row.slug}/{row.n}/{row.slide or 0 if kind == 'files' else row.no}"


def _best(rows: list[Any], asked: Asked) -> list[Any]:
    """Those with most of it: in the title before anything else, then how often; the newer of two alike."""

    def worth(row: Any) -> tuple[int, int]:
        title, text = words_of(row)
        return len(snippets.places(title, asked)), min(9, len(snippets.places(text[:2_000], asked)))

    return sorted(rows, key=worth, reverse=True)[:PAGE]


def said(number: int) -> str:
    """A count in words: above MOST only that it is more."""
    return f"more than {MOST}" if number > MOST else str(number)
