"""The time, in one place: aware, UTC. A story can be told at another time than ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """This moment, in UTC; inside `at`, the moment that was told."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """The moment, which it is inside, for this thread: the demo community's past, and a test's tomorrow."""
    before = _told.set(moment)
    try:
        yield moment
    finally:
        _told.reset(before)
