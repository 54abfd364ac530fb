"""Old addresses: what stood there, and where it is now for those who may read both places. The only door to `moved`."""

from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable
from forum.kit.db import db, insert_or
from forum.kit.hot import Hot
from forum.models import Document, Group, Moved, Post, Topic


class Place(NamedTuple):
    """Where something is now. `k`: the number of its post, if it is one."""

    slug: str
    n: int
    k: int | None = None


_old = aliased(Group)
_HERE = (_old.slug == bindparam("slug"), Moved.number == bindparam("n"))
_FROM_GROUP = and_(_old.id == Moved.from_group_id)
_TOPIC = Hot(
    select(Group.slug, Topic.n)
    .select_from(Moved)
    .join(_old, _FROM_GROUP)
    .join(Topic, Topic.id == Moved.to_topic_id)
    .join(Group, Group.id == Topic.group_id)
    .where(*_HERE, Moved.kind == "topic", readable(Topic, ASKER))
)
_OPENING = Hot(
    select(Group.slug, Topic.n, Post.no)
    .select_from(Moved)
    .join(_old, _FROM_GROUP)
    .join(Post, Post.id == Moved.to_post_id)
    .join(Topic, Topic.id == Post.topic_id)
    .join(Group, Group.id == Topic.group_id)
    .where(*_HERE, Moved.kind == "topic", readable(Post, ASKER))
)
_before = aliased(Topic)
_POST = Hot(
    select(Group.slug, Topic.n, Post.no)
    .select_from(Moved)
    .join(_before, _before.id == Moved.from_topic_id)
    .join(_old, _old.id == _before.group_id)
    .join(Post, Post.id == Moved.to_post_id)
    .join(Topic, Topic.id == Post.topic_id)
    .join(Group, Group.id == Topic.group_id)
    .where(_old.slug == bindparam("slug"), _before.n == bindparam("n"), Moved.number == bindparam("k"))
    .where(readable(Post, ASKER))
)
_FILE = Hot(
    select(Group.slug, Document.n)
    .select_from(Moved)
    .join(_old, _FROM_GROUP)
    .join(Document, Document.id == Moved.to_document_id)
    .join(Group, Group.id == Document.group_id)
    .where(*_HERE, Moved.kind == "file", readable(Document, ASKER))
)


def topic_now(me: Person, slug: str, n: int, k: int | None = None) -> Place | None:
    """Where a topic that stood there is now (its post k, if said), for who was let into that group."""
    asked = {**asked_by(me), "slug": slug, "n": n, "k": k}
    if k is not None and (row := _POST.first(asked)):
        return Place(*row)
    if row := _TOPIC.first(asked):
        return Place(row.slug, row.n, k)
    row = _OPENING.first(asked)
    return Place(*row) if row else None


def file_now(me: Person, slug: str, n: int) -> Place | None:
    """Where a file that stood there is now, for who was let into that group."""
    row = _FILE.first({**asked_by(me), "slug": slug, "n": n})
    return Place(*row) if row else None


def leave(kind: str, number: int, group_id: int | None = None, topic_id: int | None = None, **to: int) -> None:
    """From now on the number leads there (`to_topic_id`, `to_post_id` or `to_document_id`). Does not commit."""
    nothing: dict[str, Any] = {"to_topic_id": None, "to_post_id": None, "to_document_id": None}
    values = {"kind": kind, "from_group_id": group_id, "from_topic_id": topic_id, "number": number, **nothing, **to}
    key = ["from_topic_id", "number"] if topic_id else ["kind", "from_group_id", "number"]
    led = {**nothing, **to}
    db.session.execute(insert_or(Moved).values(**values).on_conflict_do_update(index_elements=key, set_=led))


def come_back(kind: str, number: int, group_id: int | None = None, topic_id: int | None = None) -> None:
    """What had that number stands there again. Does not commit."""
    at = (Moved.from_topic_id == topic_id,) if topic_id else (Moved.from_group_id == group_id,)
    gone = delete(Moved).where(Moved.kind == kind, Moved.number == number, *at)
    db.session.execute(gone, execution_options={"synchronize_session": False})
