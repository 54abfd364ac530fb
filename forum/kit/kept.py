"""What was typed into a form whose request could not be served: kept, and offered to be sent again."""

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import HTTPException

SECRET = ("password", "token", "secret", "code")  # words in a field's name: such a form is never kept
LONG = 60  # characters; more is shown, to be read and copied


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: where to, its short and long texts, and the names of its file fields."""

    action: str
    multipart: bool
    short: list[tuple[str, str]]
    long: list[tuple[str, str]]
    files: list[str]


def kept() -> Kept | None:
    """The form of this request; None when there is none, or it holds a secret."""
    if request.method != "POST":
        return None
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        files = list(request.files)
    except (HTTPException, OSError):  # too large, cut off: there is nothing to give back
        return None
    if not fields or any(word in name.lower() for name, _ in fields for word in SECRET):
        return None
    long = [field for field in fields if len(field[1]) > LONG or "\n" in field[1]]
    short = [field for field in fields if field not in long]
    path = request.full_path if request.query_string else request.path
    return Kept(path, bool(files), short, long, files)
