"""A text that could not be posted is never lost: it comes back with what happened, and what to do."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from flask import current_app, g, render_template, request
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from forum import drafts
from forum.access import CardOnly, SignIn, can, fetch, person
from forum.discussions.citing import PICK
from forum.discussions.writing import draft_place
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.kept import kept
from forum.kit.storage import Arrivals
from forum.models import Group, Session, Topic

#: how long somebody may still be writing after their session ended
LATELY = timedelta(hours=1)
GONE = "It may have been moved or deleted, or you may no longer be in its group."
LOCKED = "A facilitator locked it while you were writing, so no more replies are taken."
REFUSED = "You can read it, but you may not post there."


def signed_out(slug: str, n: int | None = None) -> tuple[str, int]:
    """The page for someone whose session ended while they wrote: their text, and how to send it.

    It is the same for any address. The text is also kept as a draft of whose session it was, where they may post.
    """
    config, arriving = current_app.config, cast(Any, request)
    if user_id := whose_session():  # a stranger's upload is not even read
        arriving.take_files(Nowhere(Path(config["FILES_DIR"]), config["MAX_UPLOAD"]), config["MAX_REQUEST"])
        keep_for(user_id, slug, n)
    back = f"/groups/{slug}/topics/{n or 'new'}"
    return render_template("discussions/signed_out.html", nav="groups", kept=kept(), back=back), 403


class Nowhere(Arrivals):
    """Where the files of someone go who may not send any: read past, so that the text among them is not lost."""

    def open(self, name: str) -> Any:
        """A stream that keeps nothing."""
        return Void()


class Void(BytesIO):
    """Takes bytes and forgets them."""

    def write(self, data: Any) -> int:
        """How many were taken."""
        return len(data)


def whose_session() -> int | None:
    """Whose the session is that this browser still named, if it ended lately: an old cookie writes no drafts."""
    digest = getattr(g, "ended_session", None)
    lately = func.coalesce(Session.ended_at, Session.used_at) > now() - LATELY
    return db.session.scalar(select(Session.user_id).where(Session.digest == digest, lately)) if digest else None


def keep_for(user_id: int, slug: str, n: int | None) -> None:
    """Keeps the text as that person's draft, if they may post it where it was meant for. Commits."""
    them = person(user_id)
    try:
        if n is None:
            group = db.session.scalar(select(Group).where(Group.slug == slug))
            thing = group if group is not None and can(them, "start topic", group) else None
        else:
            thing = fetch(Topic, them, slug, n=n)
    except (NotFound, SignIn, CardOnly):
        return
    if thing is not None:
        drafts.keep_draft(user_id, draft_place(thing), {**typed()})
        db.session.commit()


def typed() -> dict[str, str]:
    """What a draft keeps of the form that was sent."""
    names = ("kind", "title", "body", "tags", "to")
    found = {name: request.form[name].replace("\0", "") for name in names if name in request.form}
    cites = " ".join(one for one in request.form.getlist("cite") if PICK.fullmatch(one))
    files = " ".join(one for one in request.form.getlist("kept") if one.isdecimal())
    return {**found, **({"cite": cites} if cites else {}), **({"kept": files} if files else {})}


def not_sent(what: str, why: str, code: int) -> tuple[str, int]:
    """The page that gives a text back which can't be posted where it was meant for."""
    return render_template("discussions/not_sent.html", nav="groups", what=what, why=why, typed=typed()), code
