"""Who takes letters away: what each of them promises; and a folder, which is one. smtp.py has the other."""

import os
import secrets
import time
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol


class NotNow(Exception):
    """The letter was not taken this time; it may be later."""


class Away(NotNow):
    """Nobody was there to take any letter."""


class Uncertain(Exception):
    """The server had the whole letter and gave no answer: it may have arrived."""


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
        """Hands the letter over. Raises NotNow, Undeliverable or Uncertain."""


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
