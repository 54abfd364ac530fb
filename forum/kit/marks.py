"""What a page that stays open is told: how much came, in words, and where it is to be seen."""

import hashlib
from typing import Any

from flask import Response, jsonify

from forum.kit import fresh
from forum.kit.when import plural

MOST = 99


def tag(*facts: Any) -> str:
    """The ETag of such an answer: made of these facts alone, not of what every page shows."""
    return hashlib.blake2b(repr(facts).encode(), digest_size=12).hexdigest()


def told(name: str, many: int, nouns: tuple[str, str], to: str, unread: int) -> Response:
    """The answer of that ETag: `words` and the address `to`, if anything came, and how many notices wait."""
    words = f"{MOST}+ {nouns[1]}" if many > MOST else plural(many, *nouns) if many else ""
    waiting = f"{MOST}+" if unread > MOST else str(unread or "")
    return fresh.stamped(jsonify(words=words, to=to if many else "", unread=waiting), name)
