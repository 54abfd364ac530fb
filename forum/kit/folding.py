"""Words as they are compared: small letters without accents, in Python and in both databases."""

import re
import unicodedata
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

ACCENTS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """The text in small letters without accents, as both databases compare it."""
    lower = text.lower()
    return lower if lower.isascii() else unicodedata.normalize("NFC", ACCENTS.sub("", decomposed(lower)))


def decomposed(text: str) -> str:
    """The text with accents as signs of their own (NFD)."""
    return unicodedata.normalize("NFD", text)


class folded(GenericFunction[str]):  # noqa: N801 SQL's way to name functions
    """SQL of the same. SQLite has it from here (kit/db.py): its own `lower` knows no letter beyond ASCII."""

    type = String()
    inherit_cache = True


@compiles(folded, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    lower = f"normalize(lower({compiler.process(element.clauses, **more)}), NFD)"
    return f"normalize(regexp_replace({lower}, '[\\u0300-\\u036f]', '', 'g'), NFC)"
