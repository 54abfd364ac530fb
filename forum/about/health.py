"""Whether the site can do its work at this moment, in one word for each of its parts. No secrets, no paths.

Of the mail anybody may know how late it is and how much was given up, not how much there is: a number of mails that
grows by two hundred says that a group nobody may know of was told something.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import false, update
from sqlalchemy.exc import SQLAlchemyError

from forum import uploads
from forum.kit.cache import Lru
from forum.kit.db import db
from forum.models import Mail
from forum.outbox.backlog import Backlog, backlog

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
    app.extensions["health"] = Lru[str, dict[str, Any]](1, ttl=FRESH)


def parts() -> dict[str, Any]:
    """Each part: `ok`, or what is wrong with it; in `status` what that makes of the site, in `outbox` how late mail is.

    Good news is at most FRESH seconds old, bad news new.
    """
    lately: Lru[str, dict[str, Any]] = current_app.extensions["health"]
    if (good := lately.get("parts")) is not None:
        return good
    checks: dict[str, Callable[[], str]] = {"database": _database, "storage": _storage, "disk": _disk}
    found: dict[str, Any] = {name: check() for name, check in checks.items()} | _mail()
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


def _mail() -> dict[str, Any]:
    try:
        found = backlog()
    except SQLAlchemyError:
        db.session.rollback()
        return {"mail": FAILS, "digests": FAILS}
    mail = LATE if found.idle else REFUSED if found.refused else OK
    return {"mail": mail, "digests": LATE if found.digests_late else OK, "outbox": _outbox(found)}


def _outbox(found: Backlog) -> dict[str, int | None]:
    """Ages of what should not be there, in full minutes; when anything was sent last, in full hours."""
    return {
        "due_minutes": found.minutes(found.due_since),
        "tried_minutes": found.minutes(found.tried_since),
        "digest_minutes": found.minutes(found.digest_since),
        "sent_hours": found.minutes(found.sent_at) // 60 if found.sent_at else None,
        "given_up": found.dead,
    }
