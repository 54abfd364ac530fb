"""Letters, built safely."""

import hashlib
import re
import unicodedata
from binascii import b2a_qp
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, TypeVar

from forum.kit.carriers import FolderMailbox, NotNow, Sender, Uncertain, Undeliverable
from forum.kit.smtp import Smtp

__all__ = [
    "BadMail",
    "FolderMailbox",
    "NotNow",
    "Sender",
    "Smtp",
    "Uncertain",
    "Undeliverable",
    "build",
    "compose",
    "message_id",
]

Part = TypeVar("Part", bound=MIMEPart)
DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<spec>[^<>@\s,]+@[^<>@\s,]+)>|(?P<only>[^<>@\s,]+@[^<>@\s,]+)")
QUOTES = re.compile(r'[<>"]')
MORE_PEOPLE = {"cc", "bcc", "sender", "resent-to", "resent-cc", "resent-bcc"}
LONGEST_HEADER = 900  # characters; a line of mail holds 998 bytes


class BadMail(ValueError):
    """A letter that cannot be built: control characters, or not exactly one address."""


#: what people can't choose: these need no parser to be written, and are not folded
OURS = {"auto-submitted", "date", "in-reply-to", "message-id", "mime-version", "references", "reply-to"}
SHAPES = {"content-transfer-encoding", "content-type"}
PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
#: quoted-printable text has no "=_" in it
BOUNDARY = "=_part"


class Plainly(EmailPolicy):
    """As Python's own, but a long address in the head is not broken into encoded words, which nobody could follow.

    Of what we write ourselves in plain letters nothing is parsed again: that took as long as the rest of a letter.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """The header as it is kept."""
        if name.lower() in SHAPES:
            return name, _shape(self.header_factory, name, value)
        plain = _ours(name) and isinstance(value, str) and PLAIN.fullmatch(value)
        return (name, value) if plain else super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        """The header's lines, as they are sent."""
        whole = _ours(name) or name.lower() in SHAPES
        return f"{name}: {value}{self.linesep}" if whole else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same, as bytes."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")


@lru_cache
def _shape(parse: Callable[[str, str], Any], name: str, value: str) -> Any:
    return parse(name, value)


def _ours(name: str) -> bool:
    return name.lower() in OURS or name.lower().startswith("list-")


POLICY = Plainly(linesep="\r\n")


def build(
    sender: str, to: str, subject: str, text: str, html: str | None = None, headers: Mapping[str, str] | None = None
) -> EmailMessage:
    """The letter to one person, as text and, when given, as HTML too. Raises BadMail.

    sender and to are addresses, with or without a name: Northbrook <forum@example.org>.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(sender)
    message["To"] = _address(to)
    message["Subject"] = _line(subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    for name, value in {"Auto-Submitted": "auto-generated", **(headers or {})}.items():
        _add(message, name, value)
    message["MIME-Version"] = "1.0"
    if html is None:
        return _filled(message, text, "plain")
    message["Content-Type"] = f'multipart/alternative; boundary="{BOUNDARY}"'
    parts = {"plain": text, "html": html}
    message.set_payload([_filled(MIMEPart(POLICY), said, kind) for kind, said in parts.items()])
    return message


def _filled(part: Part, text: str, kind: str) -> Part:
    """The same letter, or part of one, with this text."""
    ending = "" if text.endswith("\n") else "\n"
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(f"{text}{ending}".encode(), istext=True).decode("ascii"))
    return part


def _line(text: str) -> str:
    """The text, if it is one line without control and hidden characters, and not too long."""
    if len(text) > LONGEST_HEADER or any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in text):
        raise BadMail("A line of a letter's head is too long or holds control characters.")
    return text


def _address(text: str) -> Address:
    found = ADDRESS.fullmatch(_line(text).strip())
    if not found:
        raise BadMail("A letter has one sender and goes to one address.")
    if not (found["spec"] or found["only"]).isascii():
        raise BadMail("Letters can go to addresses in plain letters only.")
    try:
        return Address(display_name=(found["name"] or "").strip(' "'), addr_spec=found["spec"] or found["only"])
    except (ValueError, IndexError, MessageError) as error:
        raise BadMail("This is not an e-mail address.") from error


def _add(message: EmailMessage, name: str, value: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name) or name in message or name.lower() in MORE_PEOPLE:
        raise BadMail("This line cannot be added to a letter's head.")
    if not value.isascii() and name.lower().startswith("list-"):
        raise BadMail("Addresses of a list are plain ASCII.")
    message[name] = _line(value)


def message_id(domain: str, unique: str) -> str:
    """A Message-ID, always the same for the same unique: sent twice, readers still see one letter."""
    if not DOMAIN.fullmatch(domain):
        raise BadMail("A Message-ID needs a domain.")
    return f"<{hashlib.sha256(unique.encode()).hexdigest()[:40]}@{domain}>"


def compose(
    *,
    sender: tuple[str, str],
    to: tuple[str, str],
    subject: str,
    text: str,
    html: str | None = None,
    message_id: str,
    list_id: str | None = None,
    more: Mapping[str, str] | None = None,
) -> EmailMessage:
    """The letter to one person, sender and addressee each as (name, address). Raises BadMail."""
    headers = {"Message-ID": message_id} | ({"List-Id": list_id} if list_id else {}) | dict(more or {})
    from_whom, to_whom = (f"{QUOTES.sub('', name)} <{address}>" for name, address in (sender, to))
    return build(from_whom, to_whom, subject, text, html, headers)
