"""The room's blueprint; views hang their routes on it."""

from typing import Any

from flask import Blueprint, Flask
from werkzeug.routing import BaseConverter

bp = Blueprint("discussions", __name__)


class Number(BaseConverter):
    """A topic's or post's number in an address, as the database can hold it."""

    regex = r"0|[1-9]\d{0,8}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


class Named(BaseConverter):
    """A topic's number in an address, with words behind it that say what it is about and mean nothing: 7-handover."""

    regex = r"[1-9]\d{0,8}(?:-[^/]{0,200})?"

    def to_python(self, value: str) -> int:
        """The number alone."""
        return int(value.split("-", 1)[0])

    def to_url(self, value: Any) -> str:
        """The number, without words."""
        return str(value)


def open_doors(app: Flask) -> None:
    """Routes of this room are known to the app."""
    app.url_map.converters.update(number=Number, named=Named)
    app.register_blueprint(bp)
