"""The people, groups, topics and documents of the story as far as it is told, by the names the story gives them."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from forum.models import Document, Group, Post, Topic, User
from forum.who import Person, person

HERE = Path(__file__).parent
Row = dict[str, Any]


@dataclass
class Community:
    """The demo community by its keys."""

    people: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    #: by their topic's key and their number
    posts: dict[tuple[str, int], Post] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)

    def person(self, key: str) -> Person:
        """Someone as they stand at this point of the story."""
        return person(self.people[key].id)

    def founder(self, slug: str) -> str:
        """The key of whoever founded a group: its owner."""
        owns = {"group": slug, "standing": "owner"}.items()
        return next(str(row["key"]) for row in read("people") for seat in row["seats"] if owns <= seat.items())


class Step(NamedTuple):
    """Something that was done: how many days ago, and how."""

    days_ago: float
    do: Callable[[], object]


@cache
def read(name: str) -> list[Row]:
    """The rows of one file of the story."""
    content = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    (rows,) = content.values()
    return list(rows)
