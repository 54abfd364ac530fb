"""What becomes of a version besides: slides that are waited for, the bytes of their pictures, and their end."""

from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update

from forum.kit import fate
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.filetypes import FileType
from forum.kit.signals import preview_waits
from forum.models import Preview, PreviewState, Slide, Suggestion, Version
from forum.uploads.place import store

#: kinds that can be shown as slides or pages; plain text and tables of text are left out
SHOWN = {"slides", "document", "sheet", "image"}
LEFT_OUT = {"csv"}
#: raised when slides come out better or different: then those of a lower number may be made anew
RENDERER = 1
LOCKED = "This file is protected by a password, so its slides can’t be shown here."
MACROS = "This file may hold macros, so it is kept for download only."
#: for statements whose rows are not looked at again before commit, or are expired by hand
UNSEEN = {"synchronize_session": False}


def await_slides(version: Version, kind: FileType) -> None:
    """Notes that slides are to be made of a new version, or why there will be none. Does not commit."""
    if kind.kind not in SHOWN or kind.extension in LEFT_OUT:
        return
    preview = Preview(version_id=version.id, group_id=version.group_id)
    if not kind.previewable:
        preview.state, preview.renderer = PreviewState.FAILED, RENDERER
        preview.reason = MACROS if kind.extension.endswith("m") else LOCKED
    db.session.add(preview)
    db.session.flush()
    fate.once_done(_tell)


def await_again(version_id: int) -> bool:
    """The slides of a version that failed are to be tried once more. Whether they had failed. Does not commit."""
    failed = (Preview.version_id == version_id, Preview.state == PreviewState.FAILED)
    anew = {"state": PreviewState.WAITING, "tries": 0, "due_at": now(), "reason": ""}
    changed: Any = db.session.execute(update(Preview).where(*failed).values(**anew), execution_options=UNSEEN)
    fate.once_done(_tell)
    return bool(changed.rowcount)


def _tell() -> None:
    preview_waits.send(current_app._get_current_object())  # type: ignore[attr-defined]


def forget_slides(of: Any) -> None:
    """Deletes the slides of versions (a condition on Version), with their words and pictures. Does not commit.

    The note that they are being made goes first: whoever makes them finds that there is nothing to be done any more.
    """
    versions = select(Version.id).where(of)
    db.session.execute(delete(Preview).where(Preview.version_id.in_(versions)), execution_options=UNSEEN)
    db.session.execute(delete(Suggestion).where(Suggestion.version_id.in_(versions)), execution_options=UNSEEN)
    drop_pictures(Slide.version_id.in_(versions))
    db.session.execute(delete(Slide).where(Slide.version_id.in_(versions)), execution_options=UNSEEN)


def drop_pictures(of: Any) -> None:
    """Removes the bytes of slides (a condition on Slide) once this is committed."""
    place = store()
    for keys in db.session.execute(select(Slide.small_key, Slide.large_key).where(of)):
        for key in filter(None, keys):
            fate.once_done(partial(place.remove, key))
