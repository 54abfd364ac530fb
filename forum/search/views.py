"""The search page. Its address holds all that is asked, and works without script."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, make_response, render_template, request

from forum.access import Person, viewer
from forum.index.words import LONGEST, Asked, understood
from forum.kit.deadline import TooSlow, within
from forum.kit.origin import address
from forum.kit.rates import searches
from forum.search import finding
from forum.search.blueprint import bp
from forum.search.finding import Found, Wanted
from forum.search.hits import Hit, hit_of
from forum.search.places import Around, places
from forum.search.queries import KINDS, MOST

LABELS = {
    "talk": "Topics and posts", "pages": "Pages", "workshops": "Workshops", "files": "Files and slides",
    "people": "People",
}  # fmt: skip
#: so many groups can be chosen besides one's own
OTHERS = 60


def whose() -> str:
    """Whom the limit counts: a person, or where a visitor comes from."""
    me = viewer()
    return f"person {me.id}" if me else f"address {address()}"


@bp.get("/search")
@searches(whose)
def search() -> Response:
    """What this reader finds; without words, the field to type them in. 503 when the database takes too long."""
    me, typed, wanted = viewer(), _said("q"), _wanted()
    asked, around = understood(typed), places(me)
    found: Found | None = None
    late = False
    if asked:
        try:
            with within(current_app.config["SEARCH_DEADLINE"]):
                found = finding.find(me, asked, wanted, around)
        except TooSlow:
            late = True
    page = render_template(
        "search/results.html", nav="search", typed=typed, asked=asked, wanted=wanted, found=found, late=late,
        **_groups(around, wanted), **(_shown(me, asked, wanted, found, around) if found else {}),
    )  # fmt: skip
    reply = make_response(page, 503 if late else 200)
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


def _said(name: str) -> str:
    return request.args.get(name, "").replace("\0", "").strip()[:LONGEST]


def _wanted() -> Wanted:
    kind = _said("kind")
    allowed = KINDS if viewer() else KINDS[:-1]
    return Wanted(kind if kind in allowed else "", _said("group"), _said("sort") == "best", _said("after"))


def _groups(around: Around, wanted: Wanted) -> dict[str, Any]:
    """The groups to choose from: one's own, and some others that one may know of."""
    others = tuple(around.others) if len(around.others) <= OTHERS else ()
    chosen = around.named(wanted.group)
    listed = chosen in around.own or chosen in others
    return {"own": tuple(around.own), "others": others, "chosen": chosen, "unlisted": wanted.group and not listed}


def _address(asked: dict[str, Any]) -> str:
    """A page of the search. By url_for the eight of a page took a twentieth of its time."""
    return f"/search?{urlencode({name: said for name, said in asked.items() if said is not None})}"


def _shown(me: Person, asked: Asked, wanted: Wanted, found: Found, around: Around) -> dict[str, Any]:
    """What the page says of what is found."""
    args: dict[str, Any] = {"q": _said("q"), "group": wanted.group or None, "sort": "best" if wanted.best else None}
    kinds = [
        (label, _address({**args, "kind": kind}), kind == found.kind, _short(found.counts[kind]), "found")
        for kind, label in LABELS.items()
        if kind != "people" or me
    ]
    here = {**args, "kind": found.kind}
    return {
        "kinds": kinds, "total": finding.said(found.counts[found.kind]),
        "hits": _hits(found, asked, around),
        "newest_url": _address({**here, "sort": None}),
        "best_url": _address({**here, "sort": "best"}),
        "page": {
            "newer_url": _address(here) if wanted.after else None,
            "older_url": _address({**here, "after": found.more}) if found.more else None, "label": None,
        },
    }  # fmt: skip


def _hits(found: Found, asked: Asked, around: Around) -> list[Hit]:
    """The rows, but of a group that began a moment after the groups were read."""
    rows = () if found.kind == "people" else found.rows
    return [hit_of(row, asked, around.found[row.group_id]) for row in rows if row.group_id in around.found]


def _short(number: int) -> str:
    return f"{MOST}+" if number > MOST else str(number) if number else ""
