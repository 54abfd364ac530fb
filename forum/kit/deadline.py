"""A time after which the database gives up: whoever asks something large holds nobody else up for long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError

from forum.kit.db import IDLE
from forum.kit.hot import reading

#: SQLite looks at the clock after so many of its own steps
STEPS = 2_000
#: what PostgreSQL says of a statement it has given up
CANCELLED = "57014"
#: psycopg: a statement of the transaction failed, and only its end is taken (libpq PQTRANS_INERROR)
FAILED = 3


class TooSlow(Exception):
    """The database did not answer in time."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Nothing; inside, each hot statement that only reads is given up after so long, and TooSlow raised.

    On SQLite the time is that of all statements together.
    """
    connection = reading()
    raw: Any = connection.connection.dbapi_connection
    start, end = (_sqlite if connection.dialect.name == "sqlite" else _postgresql)(raw, seconds)
    start()
    try:
        yield
    except DBAPIError as error:
        if given_up(error):
            raise TooSlow from None
        raise
    finally:
        if not connection.invalidated:
            end()


def given_up(error: DBAPIError) -> bool:
    """Whether that is the database's word for a statement it has given up."""
    return getattr(error.orig, "sqlstate", None) == CANCELLED or str(error.orig) == "interrupted"


def _sqlite(raw: Any, seconds: float) -> tuple[Any, Any]:
    over = time.monotonic() + seconds
    clock = lambda: time.monotonic() > over  # noqa: E731
    return lambda: raw.set_progress_handler(clock, STEPS), lambda: raw.set_progress_handler(None, 0)


def _postgresql(raw: Any, seconds: float) -> tuple[Any, Any]:
    """What was written before a statement that is given up stays: it is given up alone."""
    limit, writes = max(1, int(seconds * 1000)), raw.info.transaction_status != IDLE

    def start() -> None:
        if writes:
            raw.execute("SAVEPOINT within")
        raw.execute(f"SET statement_timeout = {limit}")

    def end() -> None:
        if writes and raw.info.transaction_status == FAILED:
            raw.execute("ROLLBACK TO SAVEPOINT within")
        raw.execute("RESET statement_timeout")

    return start, end
