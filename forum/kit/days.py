"""Days as people type them."""

import re
from datetime import date

from forum.kit.when import MONTHS

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NUMBERS = re.compile(r"(\d{1,2})\s*[./ ]\s*(\d{1,2})\s*[./ ]\s*(\d{4})")
WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4})", re.IGNORECASE)


def day_from(typed: str) -> date | None:
    """The day that somebody typed: '12 March 2027', '12 Mar 2027', '12/3/2027', '2027-03-12'. None = no day."""
    text = " ".join(typed.split())
    try:
        if found := ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := NUMBERS.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := WORDS.fullmatch(text):
            return date(int(found[3]), _month(found[2]), int(found[1]))
    except ValueError:
        return None
    return None


def _month(name: str) -> int:
    """The number of a month, by its name or the beginning of it. Raises ValueError."""
    return next((n for n, month in enumerate(MONTHS, 1) if month.lower().startswith(name.lower())), 0)


def in_words(day: date) -> str:
    """'12 March 2027'."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
