"""Words that members suggest for a slide. One suggestion a person and slide; a new one takes the place of the old."""

from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, select
from werkzeug.exceptions import Conflict

from forum import activity
from forum.access import ASKER, Person, asked_by, readable, shown
from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.library import actions
from forum.models import Document, Suggestion, User, Version

#: for statements whose rows are not looked at again before commit
UNSEEN = {"synchronize_session": False}


class Suggested(NamedTuple):
    """Somebody's words for a slide, for those who decide."""

    id: int
    author_id: int
    words: str
    name: str
    handle: str
    organisation: str | None


_OF_SLIDE = (
    select(
        Suggestion.id, Suggestion.author_id, Suggestion.words, User.name, User.handle,
        shown(ASKER, "organisation").label("organisation"),
    )
    .join(User, User.id == Suggestion.author_id)
    .where(
        Suggestion.version_id == bindparam("version"), Suggestion.number == bindparam("number"),
        readable(Suggestion, ASKER),
    )
    .order_by(Suggestion.created_at, Suggestion.id)
)  # fmt: skip


def for_slide(me: Person, slide: Any) -> list[Suggested]:
    """What is suggested for a slide, as far as this person may see it, oldest first."""
    asked = {**asked_by(me), "version": slide.version_id, "number": slide.number}
    return [Suggested._make(row) for row in db.session.execute(_OF_SLIDE, asked)]


def own(me: Person, slide: Any) -> str:
    """The words that this person suggested for a slide, if they wait."""
    return next((one.words for one in for_slide(me, slide) if one.author_id == me.id), "")


def waiting(me: Person, document: Document) -> list[tuple[int, int]]:
    """The slides of a file's newest version for which words are suggested, and how many, for those who decide."""
    found = (
        select(Suggestion.number, func.count())
        .join(Version, Version.id == Suggestion.version_id)
        .where(
            Version.document_id == document.id, Version.number == document.last_version, readable(Suggestion, ASKER),
        )
        .group_by(Suggestion.number)
        .order_by(Suggestion.number)
    )  # fmt: skip
    return [(number, count) for number, count in db.session.execute(found, asked_by(me))]


def suggest(me: Person, document: Document, slide: Any, words: str) -> bool:
    """Keeps the words until somebody decides; none = what waited is taken back. Whether something waits now."""
    of = {"version_id": slide.version_id, "number": slide.number, "author_id": me.id}
    if not words.strip():
        db.session.execute(delete(Suggestion).filter_by(**of), execution_options=UNSEEN)
        return False
    values = {"words": words, "created_at": now()}
    kept = insert_or(Suggestion).values(group_id=document.group_id, **of, **values)
    index = ["version_id", "number", "author_id"]
    db.session.execute(kept.on_conflict_do_update(index_elements=index, set_=values))
    activity.record("slide.suggested", me, group=document.group, document=document)
    return True


def decide(me: Person, document: Document, slide: Any, number: int, used: bool) -> bool:
    """Puts the suggested words in place of the slide's, or sets them aside. Whether they stand there now.

    Raises Conflict when somebody else changes the slide's words.
    """
    one = next((one for one in for_slide(me, slide) if one.id == number), None)
    if one is None:
        return False
    if used and not actions.describe(me, document, slide, one.words):
        raise Conflict("Somebody changed these words in this moment. The suggestion is still there.")
    db.session.execute(delete(Suggestion).where(Suggestion.id == one.id), execution_options=UNSEEN)
    return used
