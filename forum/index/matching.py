"""What is looked for, in the words of each database's index; and which groups a search begins with.

The groups are a beginning only: they spare the index what this reader can't read anyway. The rule decides, row by row.
"""

from collections.abc import Iterable

from forum.index.words import BEGINNING, Asked, Term
from forum.kit.folding import decomposed
from forum.models.entries import SIGN

#: of more groups than that none are named: the rule alone decides
MOST_GROUPS = 400

#: entries are looked for that bear one of these marks; none = everywhere
Scope = tuple[str, ...]


def scope_of(numbers: Iterable[int], *also: str) -> Scope:
    """Where to look: in these groups, and in what bears other marks (`open`, an audience)."""
    marks = (*(str(number) for number in numbers), *also)
    return () if len(marks) > MOST_GROUPS else marks or ("0",)


def in_sqlite(asked: Asked, scope: Scope = (), columns: str = "title words") -> str:
    """The MATCH of FTS5. Only letters, digits and our own words are in it."""
    wanted = " AND ".join(_fts5(term) for term in asked.wanted)
    found = f"{{{columns}}} : ({wanted})"
    if asked.unwanted:
        found += f" NOT {{{columns}}} : ({' OR '.join(_fts5(term) for term in asked.unwanted)})"
    marks = " OR ".join(f'"g{mark}x"' for mark in scope)
    return f"({found}) AND scope : ({marks})" if marks else found


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.begins else ""}'


def in_postgresql(asked: Asked, weight: str = "") -> str:
    """The text of a tsquery. `weight`: A for what stands in titles and names alone."""
    wanted = [_tsquery(term, weight) for term in asked.wanted]
    return " & ".join(wanted + [f"!{_tsquery(term, weight)}" for term in asked.unwanted])


def _tsquery(term: Term, weight: str) -> str:
    marks = [weight] * (len(term.words) - 1) + [f"{'*' if term.begins else ''}{weight}"]
    words = (f"'{decomposed(word)}'{':' + mark if mark else ''}" for word, mark in zip(term.words, marks, strict=True))
    return f"({' <-> '.join(words)})"


def pairs_in_postgresql(asked: Asked) -> str:
    """What is looked for of words that follow each other, between bars. The beginning of a word is not one yet."""
    phrases = (term.words[: -1 if term.begins else None] for term in asked.wanted)
    return "|".join(" ".join(map(decomposed, words)) for words in phrases if len(words) > 1)


def scope_in_postgresql(scope: Scope) -> str:
    """The text of a tsquery that stands for a scope; none for everywhere."""
    return " | ".join(f"'{SIGN}{mark}'" for mark in scope)


def beginnings(asked: Asked) -> Asked:
    """The same, where each word may be a beginning: for names."""
    wanted = (
        Term(term.words, begins=term.begins or (len(term.words) == 1 and len(term.words[0]) >= BEGINNING))
        for term in asked.wanted
    )
    return Asked(tuple(wanted), asked.unwanted)
