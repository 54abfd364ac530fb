"""Tags as people type them: small letters, with commas between."""

import re
import unicodedata
from typing import Any

from wtforms.validators import ValidationError

MAX_TAGS, MAX_TAG = 5, 40
PARTS = re.compile(r"[,;\n،、，；]")
#: what may stand in a tag besides letters, digits and spaces
SIGNS = "-_'’&.+#"
#: control characters, marks of direction, and others that nobody sees
UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn")


def tags_of(words: str) -> list[str]:
    """Tags as typed, with commas between: small letters, each once, sorted."""
    return sorted({tidy(word) for word in PARTS.split(words)} - {""})


def tidy(word: str) -> str:
    """A tag in its one spelling: small letters, single spaces, nothing unseen."""
    spaced = " ".join(unicodedata.normalize("NFKC", word).split())
    seen = "".join(letter for letter in spaced if unicodedata.category(letter) not in UNSEEN)
    return unicodedata.normalize("NFC", " ".join(seen.strip("#").split()).lower())


def few_tags(_form: Any, field: Any) -> None:
    """Validator: not too many tags, none too long, none with signs that no word has."""
    tags = tags_of(field.data or "")
    if len(tags) > MAX_TAGS:
        raise ValidationError(f"Use {MAX_TAGS} tags or fewer, with commas between them")
    for tag in tags:
        if wrong := wrong_with(tag):
            raise ValidationError(wrong)


def wrong_with(tag: str) -> str:
    """What keeps this from being a tag, in words; '' for nothing."""
    if len(tag) > MAX_TAG:
        return f"A tag can have {MAX_TAG} characters or fewer"
    odd = next((letter for letter in tag if not _lawful(letter)), "")
    if odd:
        return f"A tag has letters, digits, spaces and {' '.join(SIGNS)} in it. Take out {odd}"
    if not any(letter.isalnum() for letter in tag):
        return "A tag needs a letter or a digit"
    return ""


def _lawful(letter: str) -> bool:
    return letter in SIGNS or letter == " " or unicodedata.category(letter)[0] in "LMN"
