"""A running site with a demo community of its own, and the people who come to it."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from forum import demo, outbox
from tests.conftest import make_app

PASSWORD = demo.PASSWORD


class Site:
    """A running site. Its address, its app, and what it has sent by mail."""

    def __init__(self, folder: Path, url: str, settings: dict[str, Any]) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.app: Flask = make_app(folder, url, BASE_URL=self.address, **settings)
        port = listener.getsockname()[1]
        self.server = make_server("127.0.0.1", port, self.app, threaded=True, fd=listener.detach())
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self._signed_in: dict[str, Any] = {}

    def stop(self) -> None:
        """Stops answering."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def cookies_of(self, browser: Browser, name: str) -> Any:
        """What a browser keeps once that person has signed in: they do it once, through the form."""
        if name not in self._signed_in:
            context = browser.new_context(base_url=self.address)
            person(context.new_page(), name)
            self._signed_in[name] = context.storage_state()
            context.close()
        return self._signed_in[name]

    def letters(self, to: str) -> list[EmailMessage]:
        """The mail that went to an address, oldest first."""
        with self.app.app_context():
            outbox.deliver()
        files = sorted((Path(self.app.instance_path) / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [letter for letter in letters if to in letter["To"]]

    def link(self, to: str, begins: str) -> str:
        """The path of the link in the newest mail to an address that begins so."""
        text = self.letters(to)[-1].get_body(("plain",)).get_content()
        return re.search(re.escape(self.address) + rf"({re.escape(begins)}[^\s>]*)", text)[1]

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The database of the site, for what a browser can't ask."""
        with self.app.app_context():
            yield


def person(page: Page, name: str, password: str = PASSWORD) -> Page:
    """The page, once that demo person has signed in through the form."""
    return sign_in(page, demo.address_of(name), password)


def sign_in(page: Page, address: str, password: str) -> Page:
    """The page, once whoever has that address has signed in through the form."""
    if "/sign-in" not in page.url:
        page.goto("/sign-in")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page
