"""The instance folder: what belongs to this one site. Made at the first start, with secrets nobody else can read."""

import contextlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from forum.config import KEPT_SECRET

README = """# This folder is the site

What belongs to this one site and never to git: made by `guildhall up`, kept by you.

| here | what it is |
|---|---|
| `config.py` | your settings, as plain Python: `SITE_NAME = "Performance Officers"`; the project's README lists them |
| `secrets.json` | made on the first start, readable by the site's user only (0600). Losing it signs everybody out |
| `forum.sqlite` | the database, with `-wal` and `-shm` beside it while the site runs |
| `files/` | every stored file |
| `mail/` | letters that would have been sent, as long as no SMTP server is set |
| `snapshots/` | the database as it was before the last upgrades |
| `jobs.sqlite` | what is to be done soon; may be thrown away while the site is stopped |

Back up the whole folder: the README of the project says how.
"""
IGNORE = "*\n!.gitignore\n!README.md\n"


def make(folder: Path, say: Callable[[str], None]) -> None:
    """The folder, with all that a first start needs. What is there already stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(folder.glob("*.json")):
        say(f"Making the folder of this site: {folder}")
    made = {name: secrets.token_urlsafe(48) for name in KEPT_SECRET}
    write_once(folder / "README.md", README, 0o644)
    write_once(folder / ".gitignore", IGNORE, 0o644)
    write_once(folder / "secrets.json", json.dumps(made, indent=1) + "\n", 0o600)


def write_once(place: Path, content: str, mode: int) -> None:
    """Nothing; the file is there and whole: with this content, or as somebody else wrote it before."""
    if place.exists():
        return
    unfinished = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, place)
    finally:
        unfinished.unlink()
