"""A mail as it came, read without trust: who wrote it, whether a person did, its words and its files."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses
from io import BytesIO
from typing import Any, NamedTuple

from werkzeug.datastructures import FileStorage

from forum.mailin.cutting import own_part
from forum.mailin.markup import plain

#: a mail of people has fewer parts, and they are not so deep in one another
MOST_PARTS, DEEPEST, MOST_BOUNDARIES = 100, 20, 100
#: characters of a body that are looked at
LONGEST_BODY = 1_000_000
PRECEDENCES = {"bulk", "junk", "list", "auto_reply"}
MACHINES = (
    "list-id", "x-loop", "x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-autoresponder",
    "x-failed-recipients", "feedback-id",
)  # fmt: skip
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


class Odd(Exception):
    """Nested too deep, in too many parts, or no mail at all."""


class Letter(NamedTuple):
    """A mail, with what its writer wrote: neither quotations nor signature."""

    #: whether a program wrote it
    automatic: bool
    #: the addresses it says it comes from, in small letters
    senders: list[str]
    #: its Message-ID; '' = it has none
    unique: str
    words: str
    files: list[FileStorage]


def _parsed(raw: bytes) -> Message:
    """The mail in its parts. Raises Odd."""
    if raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        raise Odd
    try:
        return message_from_bytes(raw)
    except (RecursionError, ValueError, LookupError, TypeError) as error:
        raise Odd from error


def _by_machine(mail: Message) -> bool:
    """Whether a program wrote it: an answer to our own, out of office, a bounce, a list (RFC 3834)."""
    says = (_line(mail, "Auto-Submitted") or "no").split(";")[0].strip().lower()
    if says != "no" or _line(mail, "Precedence").lower() in PRECEDENCES:
        return True
    if _line(mail, "Return-Path") == "<>" or any(name in mail for name in MACHINES):
        return True
    return mail.get_content_type() in ("multipart/report", "message/delivery-status")


def read(raw: bytes) -> Letter:
    """What came, and what of it a person wrote. Raises Odd."""
    mail = _parsed(raw)
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    files = []
    for part, related in _parts(mail):
        kind, named = part.get_content_type(), _file_name(part)
        attached = part.get_content_disposition() == "attachment" or bool(named)
        if kind in texts and not attached:
            texts[kind].append(_text(part))
        elif attached and not (related and "Content-ID" in part):
            files.append(FileStorage(BytesIO(_content(part)), named or "file"))
    words = own_part("\n\n".join(texts["text/plain"])) if "".join(texts["text/plain"]).strip() else ""
    words = words or own_part(plain("\n\n".join(texts["text/html"])))
    return Letter(_by_machine(mail), _senders(mail), _line(mail, "Message-ID"), words, files)


def _parts(mail: Message) -> Iterator[tuple[Message, bool]]:
    """What is not made of parts itself, each with whether it belongs to a page of HTML."""
    waiting: list[tuple[Message, int, bool]] = [(mail, 0, False)]
    seen = 0
    while waiting:
        part, depth, related = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_PARTS:
            raise Odd
        payload: Any = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            inside = related or part.get_content_subtype() == "related"
            waiting += [(one, depth + 1, inside) for one in reversed(payload)]
        else:
            yield part, related


def _content(part: Message) -> bytes:
    if isinstance(payload := part.get_payload(), list):
        return b"\n".join(one.as_bytes() for one in payload if isinstance(one, Message))
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else str(payload).encode()


def _text(part: Message) -> str:
    """The words of a part, whatever it says of its letters: none are lost."""
    content = _content(part)[: LONGEST_BODY * 4]
    text = CONTROLS.sub("", _letters(content, str(part.get_content_charset() or "utf-8")))[:LONGEST_BODY]
    flowed = str(part.get_param("format") or "").lower() == "flowed"
    return _unfolded(text, str(part.get_param("delsp") or "").lower() == "yes") if flowed else text


def _letters(content: bytes, charset: str) -> str:
    named = "windows-1252" if charset in ("us-ascii", "iso-8859-1", "latin-1") else charset
    for one in dict.fromkeys(("utf-8", named) if charset == "us-ascii" else (named, "utf-8")):
        try:
            return content.decode(one)
        except (LookupError, ValueError):
            continue
    return content.decode("windows-1252", "replace")


def _unfolded(text: str, joined: bool) -> str:
    """Lines that a mail program broke, whole again (RFC 3676)."""
    lines: list[str] = []
    soft = False
    for sent in text.replace("\r\n", "\n").split("\n"):
        line = sent.removeprefix(" ")
        follows = soft and not line.startswith(">") and line != "-- "
        soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        whole = line[:-1] if soft and joined else line
        lines[-1:] = [lines[-1] + whole] if follows else [*lines[-1:], whole]
    return "\n".join(lines)


def _line(mail: Message, name: str) -> str:
    return CONTROLS.sub("", str(mail.get(name, ""))).replace("\n", " ").strip()


def _senders(mail: Message) -> list[str]:
    return [address.lower() for _, address in getaddresses([str(one) for one in mail.get_all("From", [])])]


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
        pieces = decode_header(collapse_rfc2231_value(name))
        letters = (one if isinstance(one, str) else _letters(one, charset or "utf-8") for one, charset in pieces)
        return CONTROLS.sub("", "".join(letters)).replace("\n", " ").strip()
    except (HeaderParseError, ValueError, LookupError, TypeError):
        return "file"
