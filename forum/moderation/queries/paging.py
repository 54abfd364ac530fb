"""Queues, so many at a time, with how many there are."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func

from forum.kit.db import db

SIZE = 50


class Page(NamedTuple):
    """Some of a queue: how many there are in all, and the number of this page."""

    rows: Sequence[Any]
    total: int
    number: int

    def links(self, here: str) -> dict[str, str]:
        """The ways to the pages on either side, for the pager."""
        more = self.number * SIZE < self.total
        return {
            "newer_url": here + (f"?page={self.number - 1}" if self.number > 2 else "") if self.number > 1 else "",
            "older_url": f"{here}?page={self.number + 1}" if more else "",
        }


def page_of(found: Select[Any], number: int) -> Page:
    """A page of rows, with the count of all in the same statement. Past the end it is empty."""
    number = min(max(number, 1), 10_000)
    counted = found.add_columns(func.count().over()).limit(SIZE).offset((number - 1) * SIZE)
    rows = db.session.execute(counted).unique().all()
    return Page([row[0] for row in rows], rows[0][1] if rows else 0, number)
