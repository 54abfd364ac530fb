"""Letters, built safely."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from forum.kit.carriers import FolderMailbox, NotNow, Sender, Smtp, Undeliverable

__all__ = [
    "BadMail",
    "FolderMailbox",
    "NotNow",
    "Sender",
    "Smtp",
    "Undeliverable",
    "build",
    "compose",
    "message_id",
]

DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<spec>[^<>@\s,]+@[^<>@\s,]+)>|(?P<only>[^<>@\s,]+@[^<>@\s,]+)")
QUOTES = re.compile(r'[<>"]')
MORE_PEOPLE = {"cc", "bcc", "sender", "resent-to", "resent-cc", "resent-bcc"}
LONGEST_HEADER = 900  # characters; a line of mail holds 998 bytes


class BadMail(ValueError):
    """A letter that cannot be built: control characters, or not exactly one address."""


class WholeAddresses(EmailPolicy):
    """As Python's own, but a long address in the head is not broken into encoded words, which nobody could follow."""

    def fold(self, name: str, value: str) -> str:
        """The header's lines, as they are sent."""
        whole = name.lower().startswith("list-") or name.lower() in {"message-id", "in-reply-to", "references"}
        return f"{name}: {value}{self.linesep}" if whole else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same, as bytes."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")


POLICY = WholeAddresses(linesep="\r\n")


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
    message.set_content(text, cte="quoted-printable")
    if html is not None:
        message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


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
