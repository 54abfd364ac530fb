"""Messages to a browser, sealed so that it alone reads them (RFC 8291), signed so that we alone send them (RFC 8292).

Sealing is http-ece's, signing py-vapid's: the extra `push` brings them. Only webpush.py loads this, when it is needed.
"""

import hmac
from functools import lru_cache
from urllib.parse import urlsplit

import http_ece  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02  # type: ignore[import-untyped]

#: the order of the curve P-256 (FIPS 186-4, D.1.2.3)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@lru_cache(maxsize=4)
def own_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """Our private key. It comes from the site's secret key, so all processes have the same and no file holds it."""
    drawn = hmac.digest(secret.encode(), b"guildhall web push", "sha512")
    return ec.derive_private_key(int.from_bytes(drawn) % (ORDER - 1) + 1, ec.SECP256R1())


def public_key(secret: str) -> bytes:
    """Our public key: a point, uncompressed, 65 bytes."""
    return own_key(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_point(key: bytes) -> bool:
    """Whether a browser's public key is a point of the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError:
        return False
    return True


def sealed(words: bytes, key: bytes, secret: bytes) -> bytes:
    """A message for the browser with this public key and secret (aes128gcm, RFC 8188), in one record."""
    once = ec.generate_private_key(ec.SECP256R1())
    return bytes(http_ece.encrypt(words, private_key=once, dh=key, auth_secret=secret, version="aes128gcm"))


def signed(endpoint: str, secret: str, contact: str) -> dict[str, str]:
    """The header that says who sends, and whom the service may write to about it: a mailto: or https: address."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": contact}
    return dict(Vapid02(own_key(secret)).sign(claims))
