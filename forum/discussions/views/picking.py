"""Slides chosen beside a text: kept with the form, and looked for in the decks of the group."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import request

from forum.access import Person
from forum.discussions.citing import picks
from forum.discussions.queries.citations import Cited, Named, Offer, decks_to_cite, slides_named, slides_of
from forum.models import Draft, Group


class Choice(NamedTuple):
    """The decks that there are to choose from, and the slides of the one that is open."""

    decks: list[Offer]
    deck: Offer | None
    slides: list[Cited]


def picked(draft: Draft | None = None) -> list[Named]:
    """The slides that this form, the address, or else a draft names."""
    kept = (draft.fields.get("cite", "") if draft else "").split()
    return list(dict.fromkeys(picks([*request.values.getlist("cite"), *kept])))


def chosen(me: Person, named: Sequence[Named]) -> list[Cited]:
    """Those of them that this person may cite."""
    return slides_named(me, named, named)


def marks_of_picks() -> list[str]:
    """What tells the slides of this form from others: for a form that is sent twice."""
    return request.form.getlist("cite")


def choice(me: Person, group: Group) -> Choice | None:
    """What to choose from, when the form asked for that: `pick` is empty, or the number of a deck."""
    if "pick" not in request.form:
        return None
    decks = decks_to_cite(me, group)
    n = request.form.get("pick", 0, type=int) or (decks[0].n if len(decks) == 1 else 0)
    deck = next((one for one in decks if one.n == n), None)
    if deck is None:
        return Choice(decks, None, [])
    return Choice(decks, deck, slides_of(me, group.slug, deck.n))
