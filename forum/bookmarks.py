"""What people keep for themselves, to find it again: the only door to bookmarks. Nobody else ever hears of one."""

import sqlalchemy as sa
from sqlalchemy import and_, bindparam, delete, exists, select, update

from forum.access import Person
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.models import Bookmark, Document, Post, User

Thing = Post | Document


def keep(me: Person, thing: Thing) -> None:
    """The post or file is among what they keep. Does not commit."""
    row = insert_or(Bookmark).values(user_id=me.id, kept_at=now(), **{_column(thing): thing.id})
    if db.session.execute(row.on_conflict_do_nothing().returning(Bookmark.id)).first():
        _changed(me)


def let_go(me: Person, thing: Thing) -> None:
    """It is not, from now on. Does not commit."""
    if db.session.execute(delete(Bookmark).where(_mine(me, thing)).returning(Bookmark.id)).first():
        _changed(me)


def keeps_file(document: sa.ColumnElement[int]) -> sa.Exists:
    """SQL of: whoever asks (`me`) keeps the file of this id."""
    return exists(select(1).where(Bookmark.user_id == bindparam("me"), Bookmark.document_id == document))


def forget(posts: list[int]) -> None:
    """Nobody keeps these posts any more: their text is gone. Does not commit."""
    db.session.execute(delete(Bookmark).where(Bookmark.post_id.in_(posts)))


def _column(thing: Thing) -> str:
    return "post_id" if isinstance(thing, Post) else "document_id"


def _mine(me: Person, thing: Thing) -> sa.ColumnElement[bool]:
    return and_(Bookmark.user_id == me.id, getattr(Bookmark, _column(thing)) == thing.id)


def _changed(me: Person) -> None:
    """Their pages are made anew, and nobody else's."""
    mine = update(User).where(User.id == me.id).values(version=User.version + 1)
    db.session.execute(mine, execution_options={"synchronize_session": False})
