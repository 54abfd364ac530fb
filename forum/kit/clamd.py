"""A word with clamd, ClamAV's scanner: is it there, and is there a virus in these bytes (clamd(8), INSTREAM)."""

import socket
import struct
from typing import Any, BinaryIO
from urllib.parse import urlsplit

BLOCK = 256 * 1024
#: seconds: to reach it, and for its verdict, since a large archive takes long
REACHED, VERDICT = 5.0, 300.0
LONGEST = 4096


class Away(OSError):
    """It can't be reached, or gives no verdict."""


def virus_in(url: str, source: BinaryIO) -> str:
    """The name of the virus in these bytes; '' where there is none. Raises Away."""
    try:
        with _line(url) as line:
            line.sendall(b"zINSTREAM\0")
            try:
                while block := source.read(BLOCK):
                    line.sendall(struct.pack("!L", len(block)) + block)
                line.sendall(struct.pack("!L", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has said already why it takes no more
            line.settimeout(VERDICT)
            said = _answer(line)
    except OSError as error:
        raise Away(f"no verdict from the virus scanner: {error}") from error
    if said == "stream: OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise Away(f"no verdict from the virus scanner: {said or 'it said nothing'}")


def check(url: str) -> None:
    """Nothing, if it answers. Raises Away."""
    try:
        with _line(url) as line:
            line.sendall(b"zPING\0")
            said = _answer(line)
    except OSError as error:
        raise Away(f"the virus scanner can't be reached: {error}") from error
    if said != "PONG":
        raise Away(f"the virus scanner answers {said!r}")


def _line(url: str) -> Any:
    """A line to it: `tcp://host:port` or `unix:/path`."""
    if url.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(REACHED)
        try:
            line.connect(url.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    named = urlsplit(url)
    return socket.create_connection((named.hostname or "", named.port or 3310), timeout=REACHED)


def _answer(line: Any) -> str:
    """What it says, up to the zero byte at the end."""
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST and (block := line.recv(LONGEST)):
        said += block
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()
