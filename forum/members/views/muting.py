"""Muting somebody for oneself, and hearing them again."""

from flask import flash, redirect, url_for
from werkzeug.exceptions import Conflict, NotFound
from werkzeug.wrappers import Response

from forum import mutes
from forum.access import Person
from forum.kit.db import db
from forum.members import queries
from forum.members.blueprint import bp
from forum.members.queries import Face
from forum.members.views.people import reader
from forum.members.views.settings import page


def other(handle: str, me: Person) -> Face:
    """The person of that handle, if it is somebody else that the reader may know of."""
    face = queries.profile(handle, me)
    if face is None:
        raise NotFound
    if face.id == me.id:
        raise Conflict("This is you: nobody mutes themselves.")
    return face


@bp.get("/settings/muted")
def muted() -> str:
    """Whom one has muted."""
    return page("muted", rows=mutes.muted_by(reader()))


@bp.post("/people/<handle>/muting")
def mute(handle: str) -> Response:
    """Their posts are folded away, for this reader alone."""
    me = reader()
    face = other(handle, me)
    mutes.mute(me, face.id)
    db.session.commit()
    flash(f"{face.name} is muted. Only you know; you find it under Settings, Muted.")
    return redirect(url_for("members.profile", handle=handle), 303)


@bp.post("/people/<handle>/muting/end")
def hear(handle: str) -> Response:
    """They are read like everybody else again."""
    me = reader()
    face = other(handle, me)
    mutes.hear(me, face.id)
    db.session.commit()
    flash(f"{face.name} is not muted any more.")
    return redirect(url_for("members.muted"), 303)
