"""Who is in the measured community, and where they stand: people, groups and seats, from a fixed seed."""

import random
from dataclasses import dataclass, field
from itertools import accumulate

from bench.words import WORDS

PEOPLE, LIVELY, QUIET = 1_000, 50, 250
#: the people we measure with: a member of exactly 10 groups, and one of 40. Neither has written anything
READER, JOINER = 1, 2
READER_GROUPS, JOINER_GROUPS = 10, 40
#: of the lively groups that have no parent, and of the quiet ones, in turn
KINDS = ["open"] * 18 + ["restricted"] * 12 + ["private"] * 6 + ["hidden"] * 4
#: the kinds of ten sub-groups, each at least as tight as its parent, and the parents' numbers
CHILDREN = [
    (1, "open"), (2, "restricted"), (3, "private"), (7, "open"), (9, "restricted"),
    (20, "restricted"), (21, "private"), (22, "hidden"), (32, "private"), (37, "hidden"),
]  # fmt: skip
QUIET_KINDS = ("open", "restricted", "restricted", "private", "hidden")
#: numbers of the open groups that visitors read
PUBLIC = (4, 5, 6, 8, 10)
NAMES = [word.capitalize() for word in WORDS if len(word) > 5]
SYLLABLES = ("ta", "ri", "mo", "len", "va", "so", "ber", "ni", "ka", "dor", "el", "wyn", "has", "lo", "mer", "is")


@dataclass
class Person:
    """Someone, with their seats by group."""

    id: int
    name: str
    organisation: str
    seats: dict[int, str] = field(default_factory=dict)


@dataclass
class Group:
    """A group, with its members in the order they came."""

    id: int
    name: str
    kind: str
    parent: int | None
    members: list[int] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """Its address."""
        return f"group-{self.id}"

    @property
    def public(self) -> bool:
        """Whether visitors read it."""
        return self.id in PUBLIC


def people(chance: random.Random) -> list[Person]:
    """Everyone, by number from 1."""

    def word(parts: int) -> str:
        return "".join(chance.choices(SYLLABLES, k=parts)).capitalize()

    houses = [f"{word(2)} {chance.choice(('Council', 'Trust', 'Office', 'Institute'))}" for _ in range(80)]
    return [Person(n, f"{word(2)} {word(3)}", chance.choice(houses)) for n in range(1, PEOPLE + 1)]


def groups(chance: random.Random) -> list[Group]:
    """Every group, by number from 1; parents first."""
    quiet = [(None, QUIET_KINDS[n % len(QUIET_KINDS)]) for n in range(QUIET)]
    kinds = [(None, kind) for kind in KINDS] + CHILDREN + quiet
    made = []
    for n, (parent, kind) in enumerate(kinds, 1):
        one, other = chance.sample(NAMES, 2)
        made.append(Group(n, f"{one} and {other.lower()} {n}", kind, parent))
    return made


def popularity(of: list[Group]) -> list[float]:
    """How much happens in each group, compared to the others: a quarter of everything in the first."""
    return [2, *(1 / (3 + (group.id * 7) % LIVELY) / (1 if group.id <= LIVELY else 8) for group in of[1:])]


def take_seats(chance: random.Random, everyone: list[Person], of: list[Group]) -> None:
    """Gives people their seats: the first of each group its owner, the next three its facilitators."""
    weights = list(accumulate(popularity(of)))
    fixed = {READER: READER_GROUPS, JOINER: JOINER_GROUPS}
    for person in everyone:
        wanted = fixed.get(person.id) or chance.choice((2, 3, 4, 5, 6, 8, 10, 14))
        chosen = first_seats(of, wanted) if person.id in fixed else chosen_by(chance, of, weights, wanted)
        if person.id > len(of):  # nobody else may be in a quiet one
            chosen.add(next((group.id for group in of[person.id % len(of) :] if not group.parent), 1))
        for number in sorted(chosen):
            person.seats[number] = "member"
    for group in of:
        group.members = [person.id for person in everyone if group.id in person.seats]
        leaders = [number for number in group.members if number not in fixed][:4]
        for at, number in enumerate(leaders):
            everyone[number - 1].seats[group.id] = "facilitator" if at else "owner"


def first_seats(of: list[Group], wanted: int) -> set[int]:
    """As many groups as wanted: lively and quiet ones, open and closed, sub-groups with their parents."""
    chosen = {1, 4, 41}
    for number in (group.id for group in of[2::6] + of):
        if len(chosen) < wanted and number not in chosen and of[number - 1].parent is None:
            chosen.add(number)
    return chosen


def chosen_by(chance: random.Random, of: list[Group], weights: list[float], wanted: int) -> set[int]:
    """Groups as somebody would pick them, each with its parent."""
    chosen = {group.id for group in chance.choices(of, cum_weights=weights, k=wanted)}
    return chosen | {parent for number in chosen if (parent := of[number - 1].parent)}
