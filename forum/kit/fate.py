"""Bytes that share the fate of a transaction: kept with its rows, or removed with them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from forum.kit.db import db

Undo = Callable[[], None]


def if_undone(act: Undo) -> None:
    """Calls act if this transaction is rolled back or given up."""
    db.session.info.setdefault("if_undone", []).append(act)


def once_done(act: Undo) -> None:
    """Calls act after this transaction is committed, never otherwise; and once, however often it was asked to."""
    acts = db.session.info.setdefault("once_done", [])
    if act not in acts:
        acts.append(act)


def _committing(session: Session) -> None:
    """From here on only the database knows what holds: bytes are left alone until it has answered."""
    if not session.in_nested_transaction():
        session.info["asked"] = session.info.pop("if_undone", [])


def _committed(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("asked", None)
        _call(session.info.pop("once_done", []))


def _ended(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("once_done", None)
        _call(session.info.pop("if_undone", []))


def _call(acts: list[Undo]) -> None:
    for act in acts:
        act()


event.listen(db.session, "before_commit", _committing)
event.listen(db.session, "after_commit", _committed)
event.listen(db.session, "after_transaction_end", _ended)
