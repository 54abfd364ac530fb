"""Questions like one that is being asked, found by the words of its title: best first, of those the asker may read.

The index names candidates, a few of each kind: those with all words, with all but one, with each one alone, the newest
first. The rule decides over them in the same statement; then the few are ranked. So it costs the same however much was
ever asked.
"""

from collections import defaultdict
from datetime import datetime
from itertools import combinations
from math import exp
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import literal, select, true, union_all
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable
from forum.index import index_of
from forum.index.matching import in_postgresql, in_sqlite
from forum.index.words import EMPTY, WORD, Asked, Term
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.deadline import TooSlow, within
from forum.kit.folding import fold
from forum.kit.hot import Hot
from forum.models import Group, Topic, TopicKind

#: words of a title that are looked for; candidates of each kind; how many are shown
WORDS, EACH, SHOWN = 6, 30, 5
#: all words, all but one of them, each alone
SLOTS = 1 + 2 * WORDS
#: so much of what is asked, by weight, must be in a title; and an answered one counts so much more
ENOUGH, ANSWERED, DOUBTED = 0.45, 1.25, 0.9
#: of two alike the newer comes first: after so many days its advantage is gone by two thirds
FADES, NEWER = 700.0, 0.15
#: asked for in an index, finds nothing: for places of the statement that a short title leaves empty
NOTHING = {"sqlite": 'scope : "gnowherex"', "postgresql": ""}


class Alike(NamedTuple):
    """A question like the one that is asked."""

    slug: str
    group: str
    hue: int
    n: int
    title: str
    summary: str
    answered: bool
    doubted: bool
    replies: int
    created_at: datetime


_readable_groups = select(Group.id).where(readable(Group, ASKER))


def _slot(engine: str, number: int) -> Any:
    """The newest questions that this reader may read, of those with certain words in their titles."""
    index = index_of("title_index", engine, f"q{number}")
    one, group = aliased(Topic), aliased(Group)
    here = (readable(one, ASKER), one.kind == TopicKind.QUESTION, one.group_id.in_(_readable_groups))
    facts = (
        literal(number).label("slot"), one.id, group.slug, group.name, group.hue, one.n, one.title, one.answer_summary,
        one.accepted_no, one.outdated_at, one.answer_count, one.created_at,
    )  # fmt: skip
    found = select(*facts).join(group, group.id == one.group_id).where(one.id == index.number, *here)
    if engine == "sqlite":
        newest = found.select_from(index.table).where(index.found).order_by(index.number.desc()).limit(EACH)
        return select(newest.subquery())
    # PostgreSQL is told to look up the words first, then row by row what they stand in, until there are enough
    entry = select((index.number + 0).label("number")).where(index.found).order_by((index.number + 0).desc()).subquery()
    row = select(*facts).join(group, group.id == one.group_id).where(one.id == entry.c.number, *here).limit(1).lateral()
    newest = select(*row.c).select_from(entry).join(row, true()).order_by(entry.c.number.desc()).limit(EACH)
    return select(newest.subquery())


FOUND = Hot({engine: union_all(*(_slot(engine, n) for n in range(SLOTS))) for engine in ("sqlite", "postgresql")})


def similar(me: Person, title: str, but: int = 0) -> list[Alike]:
    """Up to SHOWN questions like this, best first. One statement; nothing when it takes the database too long.

    `but`: the id of a question that is not meant.
    """
    words = words_of(title)
    if not words or not me:
        return []
    slots = _slots(words)
    engine = db.engine.dialect.name
    asked: dict[str, str] = {}
    for number in range(SLOTS):
        asked[f"q{number}"] = _sought(engine, slots[number]) if number < len(slots) else NOTHING[engine]
        asked |= {f"q{number}_scope": "", f"q{number}_pairs": ""}
    try:
        with within(current_app.config["SEARCH_DEADLINE"]):
            rows = FOUND.rows({**asked_by(me), **asked})
    except TooSlow:
        return []
    return _ranked([row for row in rows if row.id != but], words, slots)


def words_of(title: str) -> list[str]:
    """The words of a title that say what it is about: the longest of them, which are mostly the rarest."""
    found = dict.fromkeys(word for word in WORD.findall(fold(title)) if len(word) > 2 and word not in EMPTY)
    return sorted(found, key=len, reverse=True)[:WORDS]


def _slots(words: list[str]) -> list[tuple[str, ...]]:
    """Which words are looked for together."""
    together = [tuple(words)] if len(words) > 1 else []
    but_one = list(combinations(words, len(words) - 1)) if len(words) > 2 else []
    return [*together, *but_one, *((word,) for word in words)]


def _sought(engine: str, words: tuple[str, ...]) -> str:
    asked = Asked(tuple(Term((word,)) for word in words))
    return in_sqlite(asked, columns="title") if engine == "sqlite" else in_postgresql(asked)


def _ranked(rows: list[Any], words: list[str], slots: list[tuple[str, ...]]) -> list[Alike]:
    """The best of them: with most of what is asked in their titles, rare words count more; then answered, and newer."""
    has: dict[int, set[str]] = defaultdict(set)
    kept, many = {}, dict.fromkeys(words, 0)
    for row in rows:
        kept[row.id] = row
        has[row.id].update(slots[row.slot])
        if len(slots[row.slot]) == 1:
            many[slots[row.slot][0]] += 1
    # a word that stands in few titles says more; one that stands in none may be a slip of the keys
    weight = {word: 1 + (1 / (1 + count / 5) if count else 0) for word, count in many.items()}
    whole, moment = sum(weight.values()), now()
    scored = []
    for number, row in kept.items():
        share = sum(weight[word] for word in has[number]) / whole
        days = max(0.0, (moment - row.created_at).total_seconds() / 86_400)
        bonus = (ANSWERED if row.accepted_no is not None else 1.0) * (DOUBTED if row.outdated_at else 1.0)
        if share >= ENOUGH:
            scored.append((share * bonus * (1 + NEWER * exp(-days / FADES)), number))
    return [_alike(kept[number]) for _, number in sorted(scored, reverse=True)[:SHOWN]]


def _alike(row: Any) -> Alike:
    return Alike(
        row.slug, row.name, row.hue, row.n, row.title, row.answer_summary, row.accepted_no is not None,
        row.outdated_at is not None, row.answer_count, row.created_at,
    )  # fmt: skip
