"""Secrets and their digests, and the way back after signing in."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from urllib.parse import quote, unquote, urlsplit, urlunsplit

LONGEST_TARGET = 2_000
HOME = "/"
KEPT = "/%:@!$&'()*+,;=~?"


def token() -> str:
    """A new secret of 256 bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored in the secret's place: its SHA-256 in hexadecimal. For random secrets only, never passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """True when both are equal. Takes the same time wherever they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def next_url(target: str) -> str:
    """The target as an address inside this site, built anew; the front page for anything that could lead elsewhere."""
    if len(target) > LONGEST_TARGET or not target.startswith("/") or not _stays(target):
        return HOME
    try:
        parts = urlsplit(target)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc:
        return HOME
    path, query, fragment = (quote(part, safe=KEPT) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit(("", "", path, query, fragment))


def _stays(target: str) -> bool:
    """True when no reading of the target, decoded as often as anyone might, holds what leads away."""
    for _ in range(4):
        path = re.split(r"[?#]", target, maxsplit=1)[0]
        if "\\" in target or "//" in path or any(unicodedata.category(letter)[0] == "C" for letter in target):
            return False
        target = unquote(target)
    return unquote(target) == target
