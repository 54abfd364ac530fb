"""Lists of topics as HTML: each row is remembered, with the words that the clock gives it as a part of its key."""

from collections.abc import Iterable
from typing import Any

from flask import current_app
from markupsafe import Markup

from forum.discussions.queries.rows import Row
from forum.kit import when


def listed(rows: Iterable[Row], zone: str, base: str = "") -> Markup:
    """The rows of a list, for a reader in that zone. `base`: the address of their group; none = each names its own."""
    environment = current_app.jinja_env
    made: Any = environment.get_template("macros/topic.html").module
    remembered: Any = environment.globals["remembered"]
    return Markup("").join(
        remembered(
            made.topic, row, base or f"/groups/{row.group[0] if row.group else ''}",
            when.waiting(row.created_at) if row.waiting else "",
            when.said(row.last_post_at if row.replies else row.created_at, zone),
        )
        for row in rows
    )  # fmt: skip
