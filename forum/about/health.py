"""Whether the site can do its work at this moment, in one word for each of its parts. No secrets, no paths.

Of the mail strangers learn no number and no age, for both move when a group nobody may know of is told something. The
host is told them by the doctor.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import false, update
from sqlalchemy.exc import SQLAlchemyError

from forum import uploads
from forum.kit.cache import Lru
from forum.kit.db import db
from forum.models import Mail
from forum.outbox.backlog import backlog

OK, FAILS, LATE, LOW, REFUSED = "ok", "fails", "late", "low", "refused"
#: what the site cannot work without; while mail is late it goes on, and says so
NEEDED = ("database", "storage", "disk")
READY, DEGRADED, DOWN = "ready", "degraded", "not ready"
#: bytes that must be free beside the largest file somebody may send
MARGIN = 200 * 1024 * 1024
#: seconds for which a good answer is given again without looking
FRESH = 5.0


def init_app(app: Flask) -> None:
    """Remembers good news for a few seconds: anybody may ask, as often as they like."""
    app.extensions["health"] = Lru[str, dict[str, str]](1, ttl=FRESH)


def parts() -> dict[str, str]:
    """Each part: `ok`, or what is wrong with it; in `status` what that makes of the site.

    Good news is at most FRESH seconds old, bad news new.
    """
    lately: Lru[str, dict[str, str]] = current_app.extensions["health"]
    if (good := lately.get("parts")) is not None:
        return good
    checks: dict[str, Callable[[], str]] = {"database": _database, "storage": _storage, "disk": _disk}
    found: dict[str, str] = {name: check() for name, check in checks.items()} | _mail()
    well = {found[name] for name in (*checks, "mail", "digests")} == {OK}
    works = all(found[name] == OK for name in NEEDED)
    found["status"] = READY if well else DEGRADED if works else DOWN
    if well:
        lately.put("parts", found)
    return found


def _database() -> str:
    """Takes the right to write, and gives it back: no row changes, and nothing is committed.

    The right alone would not do: SQLite grants it for a file that can only be read, and refuses at the statement.
    """
    try:
        db.session.execute(update(Mail).where(false()).values(error=Mail.error))
    except SQLAlchemyError:
        return FAILS
    finally:
        db.session.rollback()
    return OK


def _folder() -> Path:
    """The nearest folder of the files that exists: it is made with the first file."""
    folder = Path(current_app.config["FILES_DIR"])
    return next((place for place in (folder, *folder.parents) if place.is_dir()), folder)


def _storage() -> str:
    try:
        with tempfile.TemporaryFile(dir=_folder()) as file:
            file.write(b"1")
        if current_app.config["STORAGE_URL"]:
            uploads.store().check()
    except OSError:
        return FAILS
    return OK


def _disk() -> str:
    try:
        free = shutil.disk_usage(_folder()).free
    except OSError:
        return FAILS
    return OK if free >= MARGIN + current_app.config["MAX_UPLOAD"] else LOW


def _mail() -> dict[str, str]:
    try:
        found = backlog()
    except SQLAlchemyError:
        db.session.rollback()
        return {"mail": FAILS, "digests": FAILS}
    mail = LATE if found.idle else REFUSED if found.refused else OK
    return {"mail": mail, "digests": LATE if found.digests_late else OK}
