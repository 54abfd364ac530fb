"""What people change about themselves. Nothing here commits, but bytes of a photo are written before its row."""

import secrets
from typing import BinaryIO

from sqlalchemy import delete

from forum import activity, counts, uploads
from forum.kit import pictures, text
from forum.kit.db import db
from forum.models import Expertise, FieldAudience, User


def change(user: User, words: dict[str, str], audiences: dict[str, str], tags: list[str]) -> None:
    """Writes the profile: its words, who sees which of them, and the expertise. Raises text.TooLong."""
    about_html = str(text.render(words["about"]))
    for name, value in words.items():
        setattr(user, name, value)
    for name, value in audiences.items():
        setattr(user, name, FieldAudience(value))
    user.about_html = about_html
    db.session.execute(delete(Expertise).where(Expertise.user_id == user.id))
    db.session.add_all(Expertise(user_id=user.id, tag=tag) for tag in tags)
    db.session.flush()
    retell(user)


def retell(user: User) -> None:
    """Counts the organisations of the person's groups anew, and lets every page that names the person be made anew."""
    counts.recount_for(user)


def set_photo(user: User, stream: BinaryIO) -> None:
    """Makes the picture the person's portrait. Raises pictures.BadPicture, uploads.Unstored."""
    made = pictures.portrait(stream)
    key = secrets.token_hex(12)
    try:
        uploads.keep_picture(made, uploads.photo_key_of(key))
    except OSError as error:
        raise uploads.Unstored from error
    user.photo_key = key
    activity.log("account.photo-changed", user, subject=user)


def remove_photo(user: User) -> None:
    """Takes the portrait away; its bytes go once that is committed (see forget)."""
    user.photo_key = None
    activity.log("account.photo-removed", user, subject=user)
    retell(user)


def forget(key: str | None) -> None:
    """Removes the bytes of a portrait that nobody has any more."""
    if key:
        uploads.store().remove(uploads.photo_key_of(key))
