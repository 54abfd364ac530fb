"""Names of people and their handles: what may be chosen, and what stands for them."""

import hashlib
import re
import unicodedata

from slugify import slugify

from forum.kit.confusables import skeleton

__all__ = [
    "MAX_HANDLE",
    "MAX_NAME",
    "RESERVED",
    "BadName",
    "clean_person_name",
    "handle_error",
    "hue",
    "initials",
    "skeleton",
    "suggest_handle",
]

MIN_HANDLE, MAX_HANDLE, MAX_NAME = 2, 30, 80
HUES = 8
HANDLE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
KEPT_WORDS = """
about abuse account accounts admin administrator all anonymous api auth billing bot channel contact deleted demo
everybody everyone feed feeds former group groups guest guildhall guildhalls healthz help here host hostmaster
inbox info invitation invitations join legal library login logout mail mailer me media moderator moderators new
news no-reply nobody null official owner password people postmaster privacy readyz register removed root search
security session settings sign-in sign-out staff static status support system team terms topic topics undefined
unknown webmaster workshop workshops www you
"""
RESERVED = frozenset(KEPT_WORDS.split())
# Letters and marks that show nothing: Hangul fillers, Braille blank, joiners, variation selectors.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(n) for n in range(0xFE00, 0xFE10)}
MOST_MARKS = 4


class BadName(ValueError):
    """A name that cannot be shown safely; says in plain words why."""


def handle_error(text: str) -> str | None:
    """Why this cannot be a handle, in plain words; None when it can. Whether it is taken is for the caller to ask."""
    if not MIN_HANDLE <= len(text) <= MAX_HANDLE:
        return f"Use between {MIN_HANDLE} and {MAX_HANDLE} characters."
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return "Use the letters a to z, digits, hyphens and underscores only."
    if not HANDLE.fullmatch(text):
        return "Begin and end with a letter or a digit."
    if text.isdigit():
        return "Use at least one letter."
    return "This name is kept for the site itself. Choose another." if skeleton(text) in RESERVED_SKELETONS else None


RESERVED_SKELETONS = frozenset(skeleton(word) for word in RESERVED)


def suggest_handle(name: str) -> str:
    """A handle made of a person's name, in the letters a to z. Always allowed, perhaps already taken."""
    words = slugify(name[:200], max_length=MAX_HANDLE - 2, word_boundary=True, save_order=True).strip("-")
    if handle_error(words) is None:
        return words
    return f"{words}-1" if words and handle_error(f"{words}-1") is None else "member"


def clean_person_name(text: str) -> str:
    """The name in NFC, with single spaces. Raises BadName, in plain words."""
    name = " ".join(unicodedata.normalize("NFC", text.strip()).replace("\u00a0", " ").split(" ")).strip()
    name = re.sub(" +", " ", name)
    if not name:
        raise BadName("Enter a name.")
    if len(name) > MAX_NAME:
        raise BadName(f"Use at most {MAX_NAME} characters.")
    if any(_unseen(letter) for letter in name):
        raise BadName("This name has characters that cannot be seen. Type it again instead of pasting it.")
    if not any(letter.isalpha() for letter in name):
        raise BadName("Use at least one letter.")
    if re.search(f"[^\\w\\s]{{{MOST_MARKS},}}", name) or _stacked(name):
        raise BadName("This name has too many signs or accents in a row.")
    return name


def _unseen(letter: str) -> bool:
    """True for control, bidirectional, joining, private, unassigned and blank characters, and for odd spaces."""
    kind = unicodedata.category(letter)
    return kind[0] == "C" or (kind[0] == "Z" and letter != " ") or letter in BLANK or 0xE0100 <= ord(letter) <= 0xE01EF


def _stacked(name: str) -> bool:
    marks = "".join("m" if unicodedata.category(letter) in {"Mn", "Me"} else " " for letter in name)
    return "m" * MOST_MARKS in marks


def initials(name: str) -> str:
    """Two letters for a person's picture: of the first and the last word, or the first two of a single word."""
    words = [letters for word in name.split() if (letters := "".join(filter(str.isalnum, word)))]
    if not words:
        return "?"
    pair = words[0][:2] if len(words) == 1 else words[0][0] + words[-1][0]
    return "".join(letter.upper()[0] for letter in pair)


def hue(text: str) -> int:
    """A colour number from 1 to 8, the same for the same text on every day and machine."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0] % HUES + 1
