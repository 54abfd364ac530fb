"""A push service on loopback, and browsers that it reaches: they open what was sealed for them with their own keys."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from forum.kit.webpush import Subscription, packed


class Phone:
    """A browser somewhere: its keys, and where it is reached."""

    def __init__(self, address: str, name: str) -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.subscription = Subscription(f"{address}/{name}", packed(point), packed(self.secret))

    def opened(self, body: bytes) -> Any:
        """What a message says."""
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"))


class Service:
    """The service: it answers with `codes` in turn, then takes everything. `got`: path, headers and body of each."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.codes: list[int] = []
        self.headers: dict[str, str] = {}
        self.phones: dict[str, Phone] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append((self.path, dict(self.headers), body))
                self.send_response(service.codes.pop(0) if service.codes else 201)
                for name, value in service.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def phone(self, name: str) -> Phone:
        """A new browser that is reached through it."""
        self.phones[f"/{name}"] = Phone(self.address, name)
        return self.phones[f"/{name}"]

    def shown(self) -> list[tuple[str, Any]]:
        """The browser's name and what it was told, message by message; every one is signed as RFC 8292 says."""
        found = []
        for path, headers, body in self.got:
            assert Vapid02.verify(headers["Authorization"]), headers
            assert (headers["Content-Encoding"], headers["Topic"]) == ("aes128gcm", "inbox")
            found.append((path[1:], self.phones[path].opened(body)))
        return found

    def close(self) -> None:
        """Ends it."""
        self.server.shutdown()
        self.server.server_close()
