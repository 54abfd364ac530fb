"""What somebody wrote in an answer: without what it quotes, and without the signature."""

import re

from mailparser_reply.parser import EmailMessage

from forum.outbox.answering import ABOVE

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "da", "sv", "pl", "cs")
#: so much is looked at: more could not be posted
LONGEST, MOST_LINES = 100_000, 4_000
#: characters of a line in which a heading of a quotation is looked for
WIDEST = 200
#: a signature is short, or it may be something else
SIGNED, SIGNED_LINES, GREETED = 250, 7, 4
_MARK = re.compile(r"\s+".join(ABOVE.strip("# ").split()), re.IGNORECASE)
_QUOTED = re.compile(r"\s*>")
_RULE = re.compile(r"[_-]{20,}")
_HEADING = re.compile(r"(?=.*[\d@]).*:")


def own_part(text: str) -> str:
    """The words of whoever answers. What is above our delimiter comes first; below it only where nothing is above."""
    lines = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]
    at = next((number for number, line in enumerate(lines) if _MARK.search(line)), None)
    if at is None:
        return _own(lines)
    above = _own(lines[:at])
    quoted = _QUOTED.match(lines[at]) is not None
    if quoted and above:
        above = _own(_without_heading(lines[:at]))
    if above or not quoted:
        return above
    return _signed_off([line for line in lines[at:] if not _QUOTED.match(line)])


def _without_heading(lines: list[str]) -> list[str]:
    """The lines without a heading of the quotation that comes next, in a language that nobody told us."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or _QUOTED.match(kept[-1])):
        kept.pop()
    if kept and _HEADING.fullmatch(kept[-1].strip()):
        kept.pop()
    return kept


def _own(lines: list[str]) -> str:
    found = _first_heading(lines)
    own = lines if found is None else lines[: found[0]]
    written = _signed_off(_unquoted_end(own))
    if written or found is None:
        return written
    return _signed_off([line for line in lines[found[1] :] if not _QUOTED.match(line)]) if _answers_below(lines) else ""


def _answers_below(lines: list[str]) -> bool:
    return any(_QUOTED.match(line) for line in lines)


def _shown(lines: list[str]) -> str:
    """The lines as they are looked at: neither so wide nor so ruled that finding a heading takes long."""
    return "\n".join("" if _RULE.fullmatch(line.strip()) else line.strip()[:WIDEST] for line in lines)


def _first_heading(lines: list[str]) -> tuple[int, int] | None:
    """The lines between which a mail program says what it quotes ("On … wrote:", "From: …")."""
    parsed = EmailMessage(_shown(lines), languages=list(LANGUAGES), keep_hyphen_lists=True)
    found = parsed.HEADER_REGEX.search(parsed.text)
    if found is None or not found.group().strip():
        return None
    start = found.start() + len(found.group()) - len(found.group().lstrip())
    first = parsed.text.count("\n", 0, start)
    return first, first + found.group().strip().count("\n") + 1


def _unquoted_end(lines: list[str]) -> list[str]:
    kept = list(lines)
    while kept and (not kept[-1].strip() or _QUOTED.match(kept[-1]) or _RULE.fullmatch(kept[-1].strip())):
        kept.pop()
    return kept


def _signed_off(lines: list[str]) -> str:
    """The text without the signature: after "-- ", or a short greeting at the end."""
    dashes = next((number for number, line in enumerate(lines) if line.rstrip() == "--"), len(lines))
    lines = _unquoted_end(lines[:dashes])
    tail = lines[-SIGNED_LINES:]
    parsed = EmailMessage(_shown(["", *tail]), languages=list(LANGUAGES), keep_hyphen_lists=True)
    found = parsed.SIGNATURE_REGEX.search(parsed.text)
    if found and found.group().strip():
        signature = found.group().strip()
        first = signature.split("\n")[0]
        if len(signature) <= SIGNED and len(first.split()) <= GREETED + 2 * first.lower().startswith("get outlook"):
            start = found.start() + len(found.group()) - len(found.group().lstrip())
            lines = lines[: len(lines) - len(tail) + parsed.text.count("\n", 0, start) - 1]
    return "\n".join(line.rstrip() for line in lines).strip("\n")
