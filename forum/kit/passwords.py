"""Passwords: long enough, not on anyone's list; and never so many hashed at once that the site stands still."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask_security.utils import verify_password
from zxcvbn import zxcvbn

SHORTEST, LONGEST = 12, 128
GUESSED_PART = 72  # characters; judging more takes long and changes nothing
LEAST_SCORE = 2
LEAST_OWN = 8
SLOTS = 2
HASH_SLOTS = threading.BoundedSemaphore(SLOTS)
#: checked when an account does not exist or has no password, so that the answer takes as long
DECOY = "$argon2id$v=19$m=19456,t=2,p=1$Z3VpbGRoYWxsLWRlY295IQ$" + "A" * 43


class Busy(Exception):
    """Too many passwords are being checked at this moment: try again soon."""


def password_error(password: str, context_words: Iterable[str] = ()) -> str | None:
    """Why this password cannot be used, in plain words; None when it can. Any characters are welcome.

    context_words are what others know: the name, the e-mail address, the site's name.
    """
    password = unicodedata.normalize("NFC", password)
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Use between {SHORTEST} and {LONGEST} characters. A few words in a row are easy to remember."
    words = _parts(context_words)
    if len(_own(password, words)) < LEAST_OWN:
        return "This password is mostly your name, your e-mail address or the name of this site. Choose other words."
    ends = {password[:GUESSED_PART], password[-GUESSED_PART:]}
    if all(zxcvbn(end, user_inputs=words)["score"] < LEAST_SCORE for end in ends):
        return "This password is among the first that others would try. Choose a longer or less common one."
    return None


def _parts(context_words: Iterable[str]) -> list[str]:
    """The single words of three letters or more, longest first, without what every e-mail address has."""
    words = {part for text in context_words for part in re.split(r"[\W_]+", text.casefold()) if len(part) > 2}
    return sorted(words, key=lambda word: (-len(word), word))[:50]


def _own(password: str, words: list[str]) -> str:
    """The password, or what letters and digits are left of it without those words."""
    left = password.casefold()
    for word in words:
        left = left.replace(word, "")
    return password if left == password.casefold() else re.sub(r"[\W_]+", "", left)


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password that was stored as that hash. Takes as long where none is stored. Raises Busy."""
    with limited_hashing():
        return bool(verify_password(password, stored or DECOY)) and stored is not None


@contextmanager
def limited_hashing(wait: float = 5) -> Iterator[None]:
    """Holds one of the process's two places for hashing (19 MB and a core each). Raises Busy after wait seconds."""
    if not HASH_SLOTS.acquire(timeout=wait):
        raise Busy("Many people are signing in just now. Try again in a minute.")
    try:
        yield
    finally:
        HASH_SLOTS.release()
