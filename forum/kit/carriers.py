"""Who takes letters away: a mail server, or a folder."""

import os
import secrets
import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

ADDRESSEE_REFUSED, OK = 500, 250
#: letters that go over one connection: some servers end it after a hundred
LETTERS = 100


class NotNow(Exception):
    """The letter was not taken this time; it may be later."""


class Undeliverable(Exception):
    """The server refuses this letter or this address for good. `reply`: what it said of the address, if of that."""

    def __init__(self, says: str, reply: str = ""):
        super().__init__(says)
        self.reply = reply


class Sender(Protocol):
    """Whatever takes letters."""

    def kept(self) -> AbstractContextManager[object]:
        """Inside it, what this thread sends may go over one connection."""

    def send(self, message: EmailMessage, bounces_to: str = "") -> None:
        """Hands the letter over. Raises NotNow or Undeliverable."""


def _bare(header: AddressHeader) -> str:
    return header.addresses[0].addr_spec


class Line(threading.local):
    """The connection of one thread to a mail server, if it has one."""

    kept = False
    server: smtplib.SMTP | None = None
    letters = 0

    def again(self) -> smtplib.SMTP | None:
        """The connection, if it can bear one more letter; nothing was sent of that yet."""
        if self.server is None:
            return None
        with suppress(smtplib.SMTPException, OSError):
            if self.letters < LETTERS and self.server.rset()[0] == OK:
                self.letters += 1
                return self.server
        self.hang_up()
        return None

    def use(self, server: smtplib.SMTP) -> smtplib.SMTP:
        """This new connection from now on."""
        self.server, self.letters = server, 1
        return server

    def hang_up(self) -> None:
        """Ends it politely. What the server says to that changes nothing for the letters that it took."""
        if self.server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.server.quit()
        self.drop()

    def drop(self) -> None:
        """Ends it at once."""
        if self.server is not None:
            self.server.close()
        self.server = None


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
    line: Line = field(default_factory=Line, compare=False, repr=False)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Inside it, what this thread sends goes over one connection, as long as that holds."""
        self.line.kept = True
        try:
            yield
        finally:
            self.line.kept = False
            self.line.hang_up()

    def send(self, message: EmailMessage, bounces_to: str = "") -> None:
        """Hands the letter to the server. Raises NotNow or Undeliverable."""
        try:
            server = self.line.again() or self.line.use(self._connected())
            server.sendmail(bounces_to or _bare(message["From"]), [_bare(message["To"])], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            refused = all(code >= ADDRESSEE_REFUSED for code in codes)
            says, (_, reply) = f"The server answered {codes}.", next(iter(error.recipients.values()))
            raise (Undeliverable(says, reply.decode("ascii", "replace")) if refused else NotNow(says)) from error
        except smtplib.SMTPDataError as error:
            refused = error.smtp_code >= ADDRESSEE_REFUSED
            raise (Undeliverable if refused else NotNow)(f"The server answered {error.smtp_code}.") from error
        except (smtplib.SMTPException, OSError) as error:
            self.line.drop()
            raise NotNow(f"{type(error).__name__}: {self.host}:{self.port}") from error
        finally:
            if not self.line.kept:
                self.line.hang_up()

    def _connected(self) -> smtplib.SMTP:
        context = self.context or (ssl.create_default_context() if self.security else None)
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

    def kept(self) -> AbstractContextManager[object]:
        """Nothing is kept: each letter is a file."""
        return nullcontext()

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
