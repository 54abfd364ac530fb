"""Starting a topic and replying: numbers, places, counters and files in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Integer, bindparam, case, func, insert, or_, select, update
from sqlalchemy.orm import make_transient_to_detached

from forum import activity, uploads
from forum.access import FACILITATE, Person, default_audience, level
from forum.discussions.actions.announcing import take_turn
from forum.discussions.actions.citing import cite
from forum.discussions.actions.following import follow
from forum.discussions.actions.quoting import quote
from forum.discussions.actions.tagging import tell_of_tags
from forum.discussions.actions.telling import tell_mentioned, tell_of_post
from forum.discussions.reading import read_own
from forum.discussions.writing import Written, write
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Change, Hot, given
from forum.kit.text import RENDERER
from forum.models import Document, Group, Post, Topic, TopicKind, TopicTag

_LEADS, _AT = bindparam("leads", type_=Boolean), bindparam("at", type_=Topic.created_at.type)


def _later(moment: Any) -> Any:
    """SQL of the later of both: what waited for a facilitator keeps its time, and is no news of the last hour."""
    return case((moment > _AT, moment), else_=_AT)


#: what a reply raises of its topic, if it is still open to who replies
COUNTED = Change(
    update(Topic)
    .where(
        Topic.id == bindparam("topic"), Topic.group_id == bindparam("group"), Topic.deleted_at.is_(None),
        or_(Topic.hidden_at.is_(None), _LEADS),
        or_(Topic.locked_at.is_(None), _LEADS),
    )
    .values(
        last_no=Topic.last_no + 1, last_place=Topic.last_place + bindparam("first_level", type_=Integer),
        version=Topic.version + 1, reply_count=Topic.reply_count + 1,
        answer_count=Topic.answer_count + bindparam("others", type_=Integer), last_post_at=_later(Topic.last_post_at),
    )
    .returning(Topic.last_no, Topic.last_place)
)  # fmt: skip
TOUCH = Change(
    update(Group)
    .where(Group.id == bindparam("group"))
    .values(post_count=Group.post_count + 1, last_post_at=_later(Group.last_post_at), version=Group.version + 1)
)
#: the post that is answered, once its topic is held: it may have been moved since it was read
STANDS = Hot(select(Post.topic_id, Post.place, Post.top_id).where(Post.id == bindparam("post")))
WRITTEN = Change(
    insert(Post)
    .values(given(
        Post, "topic_id", "group_id", "author_id", "created_at", "body", "html", "renderer", "revision",
        "no", "place", "parent_id", "top_id",
    ))
    .returning(Post.id)
)  # fmt: skip
#: replies to replies under one head; later ones continue at the first level, so that a page stays bounded
RUN = 50


class Closed(Exception):
    """The topic was locked, hidden, moved or deleted since it was opened; nothing was posted."""


def start_topic(
    me: Person, group: Group, kind: TopicKind, title: str, body: str | Written,
    tags: Sequence[str] = (), documents: Sequence[Document] = (), at: datetime | None = None,
) -> Topic:  # fmt: skip
    """The new topic, with its opening post. `at` is for imports, and for what waited. Does not commit.

    Raises TooLong, and TooSoon for an announcement that its group has no turn for yet.
    """
    written = body if isinstance(body, Written) else write(body, group, me)
    moment = at or now()
    if kind == TopicKind.ANNOUNCEMENT and at is None:
        take_turn(group)
    counted = {"topic_count": Group.topic_count + 1, "last_topic_n": Group.last_topic_n + 1}
    n = db.session.scalars(_touch(group.id, moment, **counted).returning(Group.last_topic_n)).one()
    topic = Topic(
        group_id=group.id, n=n, kind=kind, title=title, author_id=me.id, created_at=moment, last_post_at=moment
    )
    db.session.add(topic)
    db.session.flush()
    if tags:
        db.session.execute(insert(TopicTag), [{"topic_id": topic.id, "group_id": group.id, "tag": tag} for tag in tags])
    post = _post(me, topic, written, moment, no=0, place=0)
    _attach(documents, post, group)
    cite(post, written.cites)
    quote(post, written.quotes)
    follow(me, topic)
    read_own(me, topic.id, 0)
    _tell(me, post, topic, "topic.created", written, answered=None)
    tell_of_tags(me, post, tags, written.mentioned)
    return topic


def reply(
    me: Person, topic: Topic, body: str | Written, parent: Post | None = None,
    documents: Sequence[Document] = (), at: datetime | None = None,
) -> Post:  # fmt: skip
    """The new reply; `parent` None or the opening post: to the topic. `at`: as above. Does not commit.

    Raises TooLong, and Closed when the topic was locked, hidden or deleted meanwhile.
    """
    written = body if isinstance(body, Written) else write(body, topic, me)
    moment = at or now()
    answers = parent if parent is not None and parent.no else None
    no, place, top = _placed(me, topic, answers, moment)
    post = _post(me, topic, written, moment, no=no, place=place, top_id=top, parent_id=answers.id if answers else None)
    TOUCH.run({"group": topic.group_id, "at": moment})
    _attach(documents, post, topic.group)
    cite(post, written.cites)
    quote(post, written.quotes)
    follow(me, topic)
    read_own(me, topic.id, no)
    _tell(me, post, topic, "post.created", written, answered=(answers or topic).author_id)
    return post


def _touch(group_id: int, moment: datetime, **values: Any) -> Any:
    """UPDATE of a group that has one more post."""
    later = case((Group.last_post_at > moment, Group.last_post_at), else_=moment)
    counted = {"post_count": Group.post_count + 1, "last_post_at": later, "version": Group.version + 1, **values}
    return update(Group).where(Group.id == group_id).values(counted).execution_options(synchronize_session=False)


def _placed(me: Person, topic: Topic, answers: Post | None, moment: datetime) -> tuple[int, int, int | None]:
    """Its number, its place and its head, with the topic's counters raised. A full run goes on at the first level."""
    head = None if answers is None else answers.top_id or answers.id
    full = head is not None and _length(head) >= RUN
    first_level = head is None or full
    counted = {"first_level": int(first_level), "others": int(topic.author_id != me.id), "at": moment}
    rows = COUNTED.run(
        {"topic": topic.id, "group": topic.group_id, "leads": level(me, topic.group) >= FACILITATE, **counted}
    )
    if not rows:
        raise Closed
    row = rows[0]
    if answers is None:
        return row[0], row[1], None
    stands = STANDS.first({"post": answers.id})
    if stands.topic_id != topic.id:
        raise Closed
    return (row[0], row[1], None) if first_level else (row[0], stands.place, stands.top_id or answers.id)


def _length(head: int) -> int:
    return db.session.scalar(select(func.count()).where(Post.top_id == head)) or 0


def _post(me: Person, topic: Topic, written: Written, moment: datetime, **where: Any) -> Post:
    facts = {
        "topic_id": topic.id, "group_id": topic.group_id, "author_id": me.id, "created_at": moment,
        "body": written.body, "html": written.html, "renderer": RENDERER, "revision": 0,
        "parent_id": None, "top_id": None, **where,
    }  # fmt: skip
    (row,) = WRITTEN.run({f"to_{name}": value for name, value in facts.items()})
    facts |= {"edited_at": None, "hidden_at": None, "deleted_at": None, "helpful_count": 0}  # as it is now
    post = Post(id=row.id, **facts)
    make_transient_to_detached(post)
    db.session.add(post)
    return post


def _attach(documents: Sequence[Document], post: Post, group: Group) -> None:
    if documents:
        uploads.attach(list(documents), post, default_audience(group))


def _tell(me: Person, post: Post, topic: Topic, kind: str, written: Written, answered: int | None) -> None:
    """Records what happened, and for whom it is: people mentioned, and the one who is answered."""
    told = {answered: "post.answered"} if answered else {}
    activity.record_post(kind, me, post, told | dict.fromkeys(written.mentioned, "post.mentioned"))
    tell_of_post(post, topic, written.mentioned, answered)
    tell_mentioned(post, written.mentioned)
