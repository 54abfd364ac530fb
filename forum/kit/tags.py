"""Tags as people type them: small letters, with commas between."""

import re
from typing import Any

from wtforms.validators import ValidationError

MAX_TAGS, MAX_TAG = 5, 40


def tags_of(words: str) -> list[str]:
    """Tags as typed, with commas between: small letters, each once, sorted."""
    found = {" ".join(word.split()).strip("#").strip().lower() for word in re.split(r"[,;\n]", words)}
    return sorted(found - {""})


def few_tags(_form: Any, field: Any) -> None:
    """Refuses too many tags, and too long ones."""
    tags = tags_of(field.data or "")
    if len(tags) > MAX_TAGS:
        raise ValidationError(f"Use {MAX_TAGS} tags or fewer, with commas between them")
    if any(len(tag) > MAX_TAG for tag in tags):
        raise ValidationError(f"A tag can have {MAX_TAG} characters or fewer")
