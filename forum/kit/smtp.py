"""One mail server, spoken to by SMTP (RFC 5321): what it took, refused, or left without an answer."""

import re
import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import AddressHeader
from email.message import EmailMessage

from forum.kit.carriers import Away, NotNow, Uncertain, Undeliverable

#: kinds of answers, by the first of their three digits
OK, GO_ON, FOR_GOOD = 2, 3, 5
CLOSING = 421
#: letters that go over one connection: some servers end it after a hundred
LETTERS = 100
#: how long a server may think about a whole letter: who hangs up earlier sends it twice (RFC 5321 §4.5.3.2.6)
THINKS = 600.0  # seconds
DOT = re.compile(rb"^\.", re.MULTILINE)


class Line(threading.local):
    """The connection of one thread to a mail server, if it has one. `clean`: nothing was begun on it."""

    kept = False
    server: smtplib.SMTP | None = None
    letters = 0
    clean = True

    def again(self) -> smtplib.SMTP | None:
        """The connection, if it can bear one more letter; nothing was sent of that yet."""
        if self.server is None:
            return None
        with suppress(smtplib.SMTPException, OSError):
            if self.letters < LETTERS and (self.clean or self.server.rset()[0] // 100 == OK):
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
    thinks: float = THINKS
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
        """Hands the letter to the server. Raises NotNow, Undeliverable or Uncertain."""
        letter = _as_sent(message)
        try:
            server = self._begun(bounces_to or _bare(message["From"]), len(letter))
            code, reply = server.rcpt(_bare(message["To"]))
            _expect(OK, code, reply)
            _expect(GO_ON, server.docmd("data")[0])
            server.send(letter)
            _expect(OK, self._answer(server))
            self.line.clean = True
        except (smtplib.SMTPException, OSError) as error:
            self.line.drop()
            raise NotNow(self._named(error)) from error
        except Uncertain:
            self.line.drop()
            raise
        finally:
            if not self.line.kept:
                self.line.hang_up()

    def _begun(self, sender: str, size: int) -> smtplib.SMTP:
        """A connection on which the server takes mail of this sender: the one that is there, or else a new one.

        A refusal here is of us, whoever the letter is for: it waits until a host has seen to that. Raises NotNow, or
        Away when there is no connection to be had.
        """
        if server := self.line.again():
            with suppress(smtplib.SMTPException, OSError):
                code = self._from(server, sender, size)
                if code != CLOSING:
                    return _of_us(server, code)
            self.line.drop()
        try:
            server = self.line.use(self._connected())
        except (smtplib.SMTPException, OSError) as error:
            raise Away(self._named(error)) from error
        return _of_us(server, self._from(server, sender, size))

    def _named(self, error: Exception) -> str:
        return f"{type(error).__name__}: {self.host}:{self.port}"

    def _from(self, server: smtplib.SMTP, sender: str, size: int) -> int:
        self.line.clean = False
        return server.mail(sender, [f"size={size}"] if server.has_extn("size") else [])[0]

    def _answer(self, server: smtplib.SMTP) -> int:
        """What the server says to the whole letter. Raises Uncertain when it says nothing."""
        assert server.sock is not None
        server.sock.settimeout(self.thinks)
        try:
            code = server.getreply()[0]
        except (smtplib.SMTPException, OSError) as error:
            raise Uncertain("It may have arrived: the server had all of it, and did not answer.") from error
        if code < 100:
            raise Uncertain("It may have arrived: the server had all of it, and answered nothing that can be read.")
        server.sock.settimeout(self.timeout)
        return code

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
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server


def _bare(header: AddressHeader) -> str:
    return header.addresses[0].addr_spec


def _as_sent(message: EmailMessage) -> bytes:
    """The letter with its end, which a line of its own can't be mistaken for."""
    letter = DOT.sub(b"..", message.as_bytes())
    return letter + (b".\r\n" if letter.endswith(b"\r\n") else b"\r\n.\r\n")


def _of_us(server: smtplib.SMTP, code: int) -> smtplib.SMTP:
    """The connection, if the server takes our address as a sender. Raises NotNow."""
    if code // 100 != OK:
        raise NotNow(f"The server answered {code} to the address that mail comes from.")
    return server


def _expect(kind: int, code: int, of_addressee: bytes = b"") -> None:
    """Nothing, if the server answers as it has to. Raises NotNow or Undeliverable."""
    says = f"The server answered {code}."
    if code // 100 == FOR_GOOD:
        raise Undeliverable(says, of_addressee.decode("ascii", "replace"))
    if code // 100 != kind:
        raise NotNow(says)
