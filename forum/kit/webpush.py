"""Web Push: a message to one browser through its maker's service (RFC 8030). What seals and signs it: sealing.py."""

import base64
import binascii
import logging
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
#: seconds for one message to be taken; seconds for which the service keeps it for a browser that is away
PATIENCE, KEPT = 5.0, 3600
#: letters of an endpoint; bytes of a browser's public key (a point, uncompressed) and of its secret (RFC 8291)
LONGEST, POINT, SECRET = 1_000, 65, 16
ENDPOINT = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?/[!-~]*", re.IGNORECASE)
#: seconds that a service may ask us to wait
LEAST, MOST = 120, 3600


class Subscription(NamedTuple):
    """Where a browser is reached, its public key and its secret (both base64url)."""

    endpoint: str
    p256dh: str
    auth: str


class Fate(Enum):
    """What became of a message."""

    TAKEN = "taken"
    GONE = "the browser takes no more"
    LATER = "the service is away or busy"
    REFUSED = "the service refuses it"


class Told(NamedTuple):
    """The fate, and the seconds to wait before the next try."""

    fate: Fate
    wait: int = 0


def available() -> bool:
    """Whether the packages of the extra `push` are installed."""
    return all(find_spec(name) for name in ("http_ece", "py_vapid"))


def allowed(endpoint: str, services: Sequence[str]) -> bool:
    """Whether an endpoint is one of these services: `host`, `*.host`, or a whole origin such as http://127.0.0.1:9.

    This is what keeps us from asking addresses inside the host's own network for a stranger.
    """
    if len(endpoint) > LONGEST or not ENDPOINT.fullmatch(endpoint):
        return False
    parts = urlsplit(endpoint.lower())
    host, plain = parts.netloc.removesuffix(":443"), parts.scheme == "https"
    return any(
        service == f"{parts.scheme}://{parts.netloc}"
        if "://" in service
        else plain and (host.endswith(service[1:]) if service.startswith("*.") else host == service)
        for service in services
    )


def fits(subscription: Subscription) -> bool:
    """Whether a browser's key is a point of the curve, and its secret has the right length."""
    key, secret = unpacked(subscription.p256dh), unpacked(subscription.auth)
    return len(key) == POINT and len(secret) == SECRET and bool(_sealing().is_point(key))


def unpacked(text: str) -> bytes:
    """The bytes of base64url without its padding; none of what is no such text."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def packed(data: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public_key(secret: str) -> str:
    """What browsers are given to know us by: our public key, base64url."""
    return packed(_sealing().public_key(secret))


def _sealing() -> Any:
    return import_module("forum.kit.sealing")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: a redirect is a refusal."""

    def redirect_request(self, *_: Any) -> None:
        return None


def send(subscription: Subscription, words: bytes, secret: str, contact: str) -> Told:
    """What becomes of a message. Waits for the service: call it outside any transaction."""
    seal = _sealing()
    key, shared = unpacked(subscription.p256dh), unpacked(subscription.auth)
    headers = {
        **seal.signed(subscription.endpoint, secret, contact),
        "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
        "TTL": str(KEPT), "Urgency": "normal", "Topic": "inbox",
    }  # fmt: skip
    body = seal.sealed(words, key, shared)
    asked = urllib.request.Request(subscription.endpoint, body, headers)  # noqa: S310 see allowed
    host = urlsplit(subscription.endpoint).hostname  # never more of it: whoever has the endpoint can send
    try:
        with urllib.request.build_opener(_Stay).open(asked, timeout=PATIENCE):
            return Told(Fate.TAKEN)
    except urllib.error.HTTPError as error:
        with error:
            return _answered(error.code, error.headers.get("Retry-After", ""), host)
    except (OSError, ValueError) as error:
        log.warning("%s did not take a push: %s", host, type(error).__name__)
        return Told(Fate.LATER, LEAST)


def _answered(code: int, after: str, host: str | None) -> Told:
    if code in (404, 410):
        return Told(Fate.GONE)
    log.warning("%s did not take a push: %d", host, code)
    if code == 429 or code >= 500:
        return Told(Fate.LATER, min(max(int(after) if after.isdigit() else LEAST, LEAST), MOST))
    return Told(Fate.REFUSED)
