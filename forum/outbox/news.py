"""What a mail may tell of, asked at the moment when it is written: notices, and topics of groups that one sums up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from forum.access import Person, readable
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.quoting import own_words
from forum.models import SEATED, Group, Habit, Hear, Hearing, Kind, Notice, Post, Reading, Topic

#: so many are told of in one mail; of each in one of several so many letters
MOST, SHORT = 40, 600
#: what somebody did, as mail says it
DID = {"reply": "replied to you", "announcement": "announced", "answer": "accepted your reply as the answer"}


class Piece(NamedTuple):
    """One thing in a mail of several."""

    says: str
    title: str
    words: str
    topic: Topic
    no: int


class Part(NamedTuple):
    """What there is of one group. `group` None: no more than how much it is may be said."""

    group: Group | None
    pieces: list[Piece]
    #: the group itself, for the address that ends its mail
    of: Group
    #: who can see what is there, in words; the address that ends mail of it
    audience: str = ""
    stop: str = ""

    @property
    def size(self) -> int:
        """How many things there are."""
        return len(self.pieces)


def still_told(who: Person, numbers: Sequence[int]) -> list[Any]:
    """Of these notices those of posts that they may read, have not read, and want to hear of: (notice, post)."""
    seen = and_(Reading.user_id == Notice.user_id, Reading.topic_id == Post.topic_id)
    choice = and_(Hearing.user_id == Notice.user_id, Hearing.group_id == Post.group_id)
    found = (
        select(Notice, Post)
        .join(Post, Post.id == Notice.post_id)
        .outerjoin(Reading, seen)
        .outerjoin(Hearing, choice)
        .where(Notice.id.in_(numbers), Notice.user_id == who.id, Notice.read_at.is_(None), readable(Notice, who))
        .where(Post.no > func.coalesce(Reading.seen_no, -1))
        .where(func.coalesce(Hearing.choice, Hear.REPLIES) != Hear.NOTHING)
    )
    found = found.options(joinedload(Post.author)).order_by(Post.group_id, Post.topic_id, Post.no).limit(MOST)
    return [tuple(row) for row in db.session.execute(found)] if who and not paused(who) else []


def paused(who: Person) -> bool:
    """Whether they want no mail of groups for now."""
    until = db.session.scalar(select(Habit.paused_until).where(Habit.user_id == who.id))
    return until is not None and now() < until


def wanted(who: Person, post_id: int) -> bool:
    """Whether they want mail of the group that a post is in."""
    choice = select(Hearing.choice).join(Post, Post.group_id == Hearing.group_id)
    chosen = db.session.scalar(choice.where(Post.id == post_id, Hearing.user_id == who.id))
    return chosen != Hear.NOTHING and not paused(who)


def wants_discreet(user_id: int | None) -> bool:
    """Whether mail to them tells no more than that there is something new."""
    return bool(db.session.scalar(select(Habit.discreet).where(Habit.user_id == user_id))) if user_id else False


def stirred(who: Person, since: datetime) -> list[Topic]:
    """Topics in which something was said since then, of the groups that they want summed up once a week."""
    weekly = select(Hearing.group_id).where(Hearing.user_id == who.id, Hearing.choice == Hear.WEEKLY)
    mine = (Topic.group_id.in_(weekly), Topic.group_id.in_(who.holding(SEATED)), Topic.last_post_at > since)
    new = or_(Topic.author_id != who.id, Topic.answer_count > 0)
    found = select(Topic).where(*mine, readable(Topic, who), new)
    found = found.order_by(Topic.group_id, Topic.last_post_at.desc()).limit(MOST)
    return list(db.session.scalars(found).unique()) if who and not paused(who) else []


def parts(who: Person, facts: dict[str, Any]) -> list[Part]:
    """What a mail of several says: by group. Empty = it is not sent."""
    told = [(post.topic, _piece(notice, post)) for notice, post in still_told(who, facts.get("notices", []))]
    since = facts.get("since")
    told += [(topic, _topic(topic)) for topic in stirred(who, datetime.fromisoformat(since))] if since else []
    by_group: dict[int, Part] = {}
    hushed = wants_discreet(who.id)
    for topic, piece in told:
        shown = None if hushed or topic.group.kind == Kind.HIDDEN else topic.group
        by_group.setdefault(topic.group_id, Part(shown, [], topic.group)).pieces.append(piece)
    return list(by_group.values())


def _piece(notice: Notice, post: Post) -> Piece:
    words = own_words(post.body)
    short = words if len(words) <= SHORT else words[:SHORT].rpartition(" ")[0] + " …"
    return Piece(f"{post.author.name} {DID.get(notice.kind, 'wrote')}", post.topic.title, short, post.topic, post.no)


def _topic(topic: Topic) -> Piece:
    replies = f"{topic.reply_count} {'reply' if topic.reply_count == 1 else 'replies'}"
    return Piece(replies if topic.reply_count else "New", topic.title, "", topic, 0)
