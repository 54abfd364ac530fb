"""The room's blueprint; views hang their routes on it."""

from typing import Any

from flask import Blueprint

bp = Blueprint("library", __name__, url_prefix="/groups/<slug>/library")
#: files that come in pieces, for the library and for posts
sending = Blueprint("sending", __name__, url_prefix="/groups/<slug>/uploads")
#: no file and no version ever gets this number; it fits every database
NEVER = 2**31 - 1


@bp.url_value_preprocessor
def _in_range(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Numbers beyond what a database can hold are numbers that nothing has."""
    for name in ("n", "v", "k"):
        if values and name in values:
            values[name] = min(values[name], NEVER)
