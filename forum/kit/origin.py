"""Where the current request comes from, for the log: its address and its id. Empty outside a request."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import g, has_request_context, request

_unseen: ContextVar[bool] = ContextVar("unseen", default=False)


@contextmanager
def unseen() -> Iterator[None]:
    """What is written meanwhile does not say where from: it would say who."""
    before = _unseen.set(True)
    try:
        yield
    finally:
        _unseen.reset(before)


def address() -> str:
    """The address of whoever asks, as the trusted proxies say."""
    if _unseen.get():
        return ""
    return (request.remote_addr or "")[:45] if has_request_context() else ""


def request_id() -> str:
    """The id that the response carries in X-Request-Id."""
    return str(getattr(g, "request_id", "")) if not _unseen.get() and has_request_context() else ""


def near(address: str) -> str:
    """The network an address is in, for people whom the address itself does not concern: '192.0.2.…'."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    parts = address.split(".") if known.version == 4 else known.exploded.split(":")
    return ("." if known.version == 4 else ":").join([*parts[:3], "…"])
