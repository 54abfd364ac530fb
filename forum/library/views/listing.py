"""The library of a group, as a list."""

from typing import Any, NamedTuple

from flask import render_template, request, url_for

from forum.access import can, default_audience, enter, level, viewer
from forum.library import shelves
from forum.library.blueprint import bp
from forum.library.shelves import Marks, Shelf, Wanted
from forum.models import Group
from forum.sight import audience_of, masthead_sight
from forum.uploads import way_to_open

#: the kinds a person can filter by, in the order of the chips
KINDS = {
    "slides": "Slides", "document": "Documents", "sheet": "Sheets", "text": "Text", "image": "Images",
    "video": "Video", "audio": "Sound", "archive": "Archives", "calendar": "Calendars",
}  # fmt: skip
SORTS = {"newest": "Newest", "title": "Title", "downloads": "Most downloaded"}
#: longest words that a list can be cut by
LENGTHS = {"folder": 60, "workshop": 120, "tag": 40, "by": 40}


class Finder(NamedTuple):
    """One thing that a list can be cut by or sorted by: its name in the address, its label, and (value, words)."""

    name: str
    label: str
    choices: list[tuple[str, str]]


@bp.get("")
def index(slug: str) -> str:
    """The files that this reader may know of."""
    me = viewer()
    group = enter(me, slug)
    wanted = asked_for()
    shelf, marks = shelves.shelf(me, group, wanted), shelves.marks(me, group)
    return render_template(
        "library/index.html", nav="groups", group=group, level=level(me, group), sight=masthead_sight(group),
        rows=[(row, audience_of(row.Document)) for row in shelf.rows], page=pages(group, wanted, shelf), wanted=wanted,
        chips=chips(group, wanted, marks.kind), finders=finders(wanted, marks), some=bool(marks.kind),
        way=way_to_open(me, group), may_add=can(me, "upload", group), leads=can(me, "facilitate", group),
        may_move=can(me, "preview", group), usual=default_audience(group),
        pick="chosen" if any(row.opens for row in shelf.rows) else "",
    )  # fmt: skip


def asked_for() -> Wanted:
    """What the address asks for; what it can't mean is left out."""
    asked = request.args
    kind, sort = asked.get("kind", ""), asked.get("sort", "newest")
    after, before = (max(0, min(asked.get(name, 0, type=int), 2**31 - 1)) for name in ("after", "before"))
    kind, sort = kind if kind in KINDS else "", sort if sort in SORTS else "newest"
    said = {name: asked.get(name, "")[:length] for name, length in LENGTHS.items()}
    return Wanted(kind=kind, sort=sort, after=after, before=before, **said)


def finders(wanted: Wanted, marks: Marks) -> list[Finder]:
    """What the list can be cut by and sorted by, of what there is."""
    words = {"folder": "Folder", "workshop": "Workshop", "tag": "Tag"}
    found = [
        Finder(name, label, [("", "All"), *((mark, mark) for mark in getattr(marks, name))])
        for name, label in words.items()
    ]
    people = Finder("by", "Added by", [("", "Anybody"), *marks.by])
    some = [finder for finder in (*found, people) if len(finder.choices) > 1]
    return [*some, Finder("sort", "Sort by", list(SORTS.items()))]


def address(group: Group, wanted: Wanted, **other: Any) -> str:
    """The address of a list like this one but for what is said."""
    said = {**wanted._asdict(), "after": 0, "before": 0, **other}
    said["sort"] = "" if said["sort"] == "newest" else said["sort"]
    return url_for("library.index", slug=group.slug, **{name: value for name, value in said.items() if value})


def chips(group: Group, wanted: Wanted, kinds: list[str]) -> list[tuple[str, str, bool]]:
    """The kinds there are, as links."""
    shown = [(kind, label) for kind, label in KINDS.items() if kind in kinds]
    there = [(label, address(group, wanted, kind=kind), wanted.kind == kind) for kind, label in shown]
    return [("Everything", address(group, wanted, kind=""), not wanted.kind), *there] if len(there) > 1 else []


def pages(group: Group, wanted: Wanted, shelf: Shelf) -> dict[str, str]:
    """The ways to the pages on either side."""
    rows, found = shelf.rows, {}
    if rows and shelf.newer:
        found["newer_url"] = address(group, wanted, before=rows[0].Document.n)
    if rows and shelf.older:
        found["older_url"] = address(group, wanted, after=rows[-1].Document.n)
    return found
