"""What a person was typing, kept on the server until it is posted: the only door to drafts."""

from collections.abc import Mapping

from sqlalchemy import bindparam, delete, select

from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.hot import Change
from forum.models import Draft

DISCARD = Change(delete(Draft).where(Draft.user_id == bindparam("me"), Draft.place == bindparam("place")))
#: characters of one field; a text above it could not be posted either
LONGEST = 60_000


def keep_draft(user_id: int, place: str, fields: Mapping[str, str]) -> None:
    """Keeps the fields under their place, instead of what was there. Nothing typed = no draft. Does not commit."""
    typed = {name: value[:LONGEST] for name, value in fields.items()}
    if not any(typed[name].strip() for name in ("title", "body", "tags") if name in typed):
        discard_draft(user_id, place)
        return
    values = {"fields": typed, "saved_at": now()}
    kept = insert_or(Draft).values(user_id=user_id, place=place, **values)
    db.session.execute(kept.on_conflict_do_update(index_elements=["user_id", "place"], set_=values))


def discard_draft(user_id: int, place: str) -> None:
    """Forgets what was kept under a place. Does not commit."""
    DISCARD.run({"me": user_id, "place": place})


def from_draft(user_id: int, place: str) -> Draft | None:
    """What a person was typing there, if anything is kept."""
    return db.session.scalar(select(Draft).where(Draft.user_id == user_id, Draft.place == place))
