"""Limits of a text, told in plain words before any time is spent on it."""

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token

MAX_SOURCE = 40_000
MAX_CELLS = 5_000
MAX_COLUMNS = 50
MAX_BRACKETS = 10_000
MAX_ADDRESSES = 200
MAX_TASKS = 1_000
MAX_MENTIONS = 50
MAX_LINKED = 100_000
DEEPEST = 24
RULER = re.compile(r"[\s>*+.)\d|:-]*-[\s|:-]*")
TASK = re.compile(r"\[[ xX]\]")


class TooLong(ValueError):
    """A text above a limit; says in plain words which."""


def check_source(source: str) -> None:
    """Raises TooLong when the source has more of anything than a post can need."""
    if len(source) > MAX_SOURCE:
        raise TooLong(f"This text has {len(source):,} characters. The most is {MAX_SOURCE:,}.")
    if source.count("[") > MAX_BRACKETS:
        raise TooLong(f"This text has more than {MAX_BRACKETS:,} square brackets. Put the data in a file instead.")
    if source.count("://") > MAX_ADDRESSES:
        raise TooLong(f"This text has more than {MAX_ADDRESSES:,} web addresses. Put the list in a file instead.")
    if sum(1 for _ in TASK.finditer(source)) > MAX_TASKS:
        raise TooLong(f"This text has more than {MAX_TASKS:,} tick boxes. Put the list in a file instead.")
    _check_tables(source.splitlines())


def _check_tables(lines: list[str]) -> None:
    """Raises TooLong for tables that would fill up with cells: each row gets as many as the heading has."""
    columns = cells = 0
    for line in lines:
        bare = line.strip(" \t>")
        ruled = "-" in bare and RULER.fullmatch(line) is not None
        columns = max(columns, bare.strip("|").count("|") + 1) if ruled else columns if bare else 0
        cells += columns if columns > 1 else 0
        if columns > MAX_COLUMNS:
            raise TooLong(f"This table has more than {MAX_COLUMNS} columns. Put it in a spreadsheet instead.")
        if cells > MAX_CELLS:
            raise TooLong(f"The tables here have more than {MAX_CELLS:,} cells. Put them in a spreadsheet instead.")


def check_tokens(tokens: list[Token]) -> None:
    """Raises TooLong when the parsed text nests too deep, mentions too many, or repeats long addresses too often."""
    if any(token.level > DEEPEST for token in _all(tokens)):
        raise TooLong("Quotes, lists or emphasis are nested too deep here. Use fewer levels.")
    if sum(1 for token in _all(tokens) if token.type == "mention") > MAX_MENTIONS:
        raise TooLong(f"This text mentions more than {MAX_MENTIONS} people. Mention fewer.")
    if sum(_linked(token) for token in _all(tokens)) > MAX_LINKED:
        raise TooLong("This text repeats long web addresses too often. Link to them once.")


def _linked(token: Token) -> int:
    return sum(len(str(value)) for value in token.attrs.values())


def _all(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.children:
            yield from _all(token.children)
