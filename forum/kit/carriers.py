"""Who takes letters away: a mail server, or a folder."""

import os
import secrets
import smtplib
import ssl
import time
from copy import deepcopy
from dataclasses import dataclass
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

ADDRESSEE_REFUSED = 500


class NotNow(Exception):
    """The letter was not taken this time; it may be later."""


class Undeliverable(Exception):
    """The server refuses this letter or this address for good."""


class Sender(Protocol):
    """Whatever takes letters."""

    def send(self, message: EmailMessage, bounces_to: str = "") -> None:
        """Hands the letter over. Raises NotNow or Undeliverable."""


def _bare(header: AddressHeader) -> str:
    return header.addresses[0].addr_spec


@dataclass(frozen=True)
class Smtp:
    """A mail server. security is "tls" (from the start, port 465), "starttls" (port 587) or "" (a server next door)."""

    host: str
    port: int = 587
    user: str = ""
    password: str = ""
    security: str = "starttls"
    timeout: float = 20  # seconds
    context: ssl.SSLContext | None = None  # None: certificates are checked as the machine does

    def send(self, message: EmailMessage, bounces_to: str = "") -> None:
        """Hands the letter to the server. Raises NotNow or Undeliverable."""
        try:
            with self._connected() as server:
                server.sendmail(bounces_to or _bare(message["From"]), [_bare(message["To"])], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            refused = all(code >= ADDRESSEE_REFUSED for code in codes)
            raise (Undeliverable if refused else NotNow)(f"The server answered {codes}.") from error
        except smtplib.SMTPDataError as error:
            refused = error.smtp_code >= ADDRESSEE_REFUSED
            raise (Undeliverable if refused else NotNow)(f"The server answered {error.smtp_code}.") from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotNow(f"{type(error).__name__}: {self.host}:{self.port}") from error

    def _connected(self) -> smtplib.SMTP:
        context = self.context or ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def legible(message: EmailMessage) -> EmailMessage:
    """The same letter with its texts as they are, so that a link can be copied out of its file."""
    copy = deepcopy(message)
    for part in copy.walk():
        if part.get_content_maintype() == "text":
            part.set_content(part.get_content(), subtype=part.get_content_subtype(), cte="8bit")
    return copy


@dataclass(frozen=True)
class FolderMailbox:
    """A folder where letters are laid as .eml files, oldest first by name: for trying things out, and for tests."""

    path: Path

    def send(self, message: EmailMessage, bounces_to: str = "") -> None:
        """Lays the letter into the folder, whole or not at all. Raises NotNow."""
        name = f"{time.time_ns()}-{secrets.token_hex(4)}"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            unfinished = self.path / f"{name}.part"
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(legible(message).as_bytes())
            unfinished.rename(self.path / f"{name}.eml")
        except OSError as error:
            raise NotNow(f"{type(error).__name__}: the mail folder cannot be written") from error
