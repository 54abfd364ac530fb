"""The people finder: by name, organisation, and what they can be asked about, each with the reason.

What somebody answered counts as far as the reader may read it. No seat of anybody's is looked at, but those that both
share, so nobody's groups are told.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_

from forum.access import Person, findable, readable, shown
from forum.kit.db import db
from forum.kit.tags import tidy
from forum.members.queries import Face, faces
from forum.models import Expertise, Post, Topic, TopicTag, User

PAGE = 40


def people(
    reader: Person, words: str = "", organisation: str = "", after: str = "", limit: int = PAGE
) -> tuple[list[Face], bool]:  # fmt: skip
    """People by name, from the one after a handle, each with the reason, and whether there are more. Three statements.

    Words are looked for in the name, and in the organisation and expertise as far as this reader sees them; all of them
    together are a tag under which somebody's answers were accepted.
    """
    found = faces(reader).where(findable(reader)).order_by(func.lower(User.name), User.handle).limit(limit + 1)
    if words:
        said = and_(*(_says(reader, word) for word in words.split()[:8]))
        found = found.where(or_(said, User.id.in_(answered(reader, tidy(words)).with_only_columns(Post.author_id))))
    if organisation:
        found = found.where(shown(reader, "organisation").icontains(organisation, autoescape=True))
    if after:
        place = select(func.lower(User.name), User.handle).where(User.handle == after, readable(User, reader))
        found = found.where(tuple_(func.lower(User.name), User.handle) > place.scalar_subquery())
    rows = [Face(**row._mapping) for row in db.session.execute(found)]
    return _with_reasons(reader, rows[:limit], tidy(words)), len(rows) > limit


def _says(reader: Person, word: str) -> ColumnElement[bool]:
    """SQL of: the word is in what this reader sees of a person."""
    tagged = and_(Expertise.user_id == User.id, Expertise.tag.icontains(word, autoescape=True))
    asked = and_(shown(reader, "expertise").is_not(None), exists(select(1).where(tagged).correlate_except(Expertise)))
    organisation = shown(reader, "organisation")
    return or_(User.name.icontains(word, autoescape=True), organisation.icontains(word, autoescape=True), asked)


def answered(reader: Person, tag: str) -> Select[int, int]:
    """Who wrote accepted answers to questions with a tag, and how many: of those that this reader may read."""
    answer = and_(Post.topic_id == Topic.id, Post.no == Topic.accepted_no, Post.deleted_at.is_(None))
    return (
        select(Post.author_id, func.count())
        .join(Topic, answer)
        .join(TopicTag, and_(TopicTag.topic_id == Topic.id, TopicTag.tag == tag))
        .where(readable(Post, reader))
        .group_by(Post.author_id)
    )


def _with_reasons(reader: Person, found: Sequence[Face], tag: str) -> list[Face]:
    """The same people, with what they can be asked about, and how often they answered under the tag."""
    ids = [face.id for face in found]
    told = select(Expertise.user_id, Expertise.tag).join(User, User.id == Expertise.user_id)
    rows = db.session.execute(
        told.where(User.id.in_(ids), shown(reader, "expertise").is_not(None)).order_by(Expertise.tag)
    ).all()
    asked: dict[int, list[str]] = {}
    for number, word in rows:
        asked.setdefault(number, []).append(word)
    counts = {row[0]: row[1] for row in db.session.execute(answered(reader, tag).where(Post.author_id.in_(ids)))}
    return [replace(face, expertise=tuple(asked.get(face.id, ())), answers=counts.get(face.id, 0)) for face in found]
