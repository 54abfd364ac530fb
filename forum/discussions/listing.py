"""Lists of topics as HTML: each row is remembered, with the words that the clock gives it as a part of its key."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

from forum.discussions.queries.rows import Row
from forum.kit import when
from forum.kit.cache import Lru

#: how many rows are remembered in each process: one is about 1 KB
KEPT = 3_000


def listed(rows: Iterable[Row], zone: str, base: str = "") -> Markup:
    """The rows of a list, for a reader in that zone. `base`: the address of their group; none = each names its own."""
    kept: Lru[Any, Markup] = current_app.extensions["rows"]
    keys = dict(enumerate(_facts(row, zone, base) for row in rows))
    made: Any = current_app.jinja_env.get_template("macros/topic.html").module
    drawn = kept.all_or_make(keys, lambda missing: {at: made.topic(*keys[at]) for at in missing})
    return Markup("".join(drawn[at] for at in keys))  # noqa: S704 each is what the macro made


def _facts(row: Row, zone: str, base: str) -> tuple[Row, str, str, Markup]:
    """What a row is made of, and nothing else is."""
    base = base or f"/groups/{row.group[0] if row.group else ''}"
    stirred = row.last_post_at if row.replies else row.created_at
    return row, base, when.waiting(row.created_at) if row.waiting else "", when.said(stirred, zone)


def init_app(app: Flask) -> None:
    """The app remembers rows."""
    app.extensions["rows"] = Lru(KEPT)
