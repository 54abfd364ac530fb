"""How much a person, and a group, may have here: asked before anything is added, by one at a time."""

from typing import Any

from flask import current_app
from sqlalchemy import func, select, update

from forum.kit.db import db
from forum.kit.filetypes import Refused
from forum.kit.when import filesize
from forum.models import Group, Upload, User, Version
from forum.uploads.slides import UNSEEN
from forum.who import Person


class Full(Refused):
    """There is no room for a file of this size."""


def make_room(me: Person, group: Group, size: int) -> None:
    """Nothing, if so many bytes more may be added; else raises Full, with a sentence. Does not commit.

    Holds the person's row until this transaction ends, so that whoever asks at the same time sees what it adds.
    """
    person, together = (current_app.config[f"UPLOAD_QUOTA_{whose}"] for whose in ("PERSON", "GROUP"))
    if person:
        _hold(User, me.id, "active")
        taken = _taken(Version.uploader_id == me.id, Upload.user_id == me.id)
        if taken + size > person:
            raise Full(
                f"There is no room for {filesize(size)}: your files have {filesize(taken)} already, "
                f"and can have {filesize(person)}. Delete some that nobody needs any more."
            )
    if together:
        _hold(Group, group.id, "version")
        if _taken(Version.group_id == group.id, Upload.group_id == group.id) + size > together:
            raise Full(
                f"There is no room for {filesize(size)}: the files of this group can have {filesize(together)} "
                "together. Ask a facilitator to delete some."
            )


def _hold(model: Any, key: int | None, column: str) -> None:
    """Writes a row as it is: from here on nobody else does, until this transaction ends."""
    same = update(model).where(model.id == key).values({column: getattr(model, column)})
    db.session.execute(same, execution_options=UNSEEN)


def _taken(kept: Any, coming: Any) -> int:
    """Bytes of versions that are kept, and of files on their way, in whole."""
    versions = select(func.coalesce(func.sum(Version.size), 0)).where(kept, Version.deleted_at.is_(None))
    uploads = select(func.coalesce(func.sum(Upload.size), 0)).where(coming, Upload.document_n.is_(None))
    return int(db.session.scalar(versions) or 0) + int(db.session.scalar(uploads) or 0)
