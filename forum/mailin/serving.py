"""Mail taken by LMTP (RFC 2033), from a mail server next door: one letter to one address at a time."""

import asyncio
import logging
import socket
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from flask import Flask

from forum.kit.db import db
from forum.mailin.posting import Fate, knows, receive

log = logging.getLogger(__name__)
#: seconds in which the other side must say something
PATIENCE = 60
#: where it listens unless a host says otherwise, and what it calls itself
PORT, IDENT = 8024, "Guildhall"
UNKNOWN, LATER = "550 5.1.1 There is no such address here", "451 4.3.0 Please try again later"


class Long(LMTP):
    """LMTP that takes long lines, as some mail programs send them."""

    line_length_limit = 2**16


class Letters:
    """What is done with a letter: nothing is acknowledged before it is committed."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Says whether mail to this address is taken."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One address at a time"
        try:
            known = await asyncio.to_thread(self._knows, address)
        except Exception:
            log.exception("an address can't be looked up")
            return LATER
        if known:
            envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK" if known else UNKNOWN

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Takes the letter."""
        try:
            return await asyncio.to_thread(self._take, envelope)
        except Exception:
            log.exception("a mail can't be taken")
            return LATER

    def _knows(self, address: str) -> bool:
        with self.app.app_context():
            return knows(address)

    def _take(self, envelope: Any) -> str:
        with self.app.app_context():
            try:
                fate = receive(envelope.rcpt_tos[0], envelope.content, envelope.mail_from or "")
            finally:
                db.session.rollback()
        return UNKNOWN if fate is Fate.UNKNOWN else "250 2.0.0 Taken"


class Lmtp(Controller):
    """The server, in a thread of its own."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self.most = app.config["MAIL_IN_MOST"]
        super().__init__(Letters(app), hostname=host, port=port)

    def factory(self) -> LMTP:
        """The conversation with one client."""
        return Long(self.handler, data_size_limit=self.most, timeout=PATIENCE, ident=IDENT, decode_data=False)


def greeting(port: int) -> str:
    """What is said first at a port of this machine, by this server or another; '' = nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.settimeout(2)
            said = line.recv(200).decode("ascii", "replace")
            line.sendall(b"QUIT\r\n")
            return said
    except OSError:
        return ""
