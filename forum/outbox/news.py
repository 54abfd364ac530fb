"""What a mail may tell of, asked at the moment when it is written: notices, and topics of groups that one sums up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from forum.access import ASKER, Person, asked_by, readable
from forum.kit.clock import now
from forum.kit.db import Moment, db
from forum.kit.hot import Hot
from forum.kit.quoting import own_words
from forum.models import SEATED, Group, Habit, Hear, Hearing, Kind, Notice, Post, Reading, Topic, Workshop

#: so many are told of in one mail; of each in one of several so many letters
MOST, SHORT = 40, 600
#: SQL of how many rows there would be without a limit
_ALL = func.count().over().label("many")
#: of which workshops a summary reminds
AHEAD = timedelta(days=14)
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
    #: workshops of the group in the next two weeks, in a summary
    coming: tuple[Workshop, ...] = ()

    @property
    def size(self) -> int:
        """How many things there are."""
        return len(self.pieces)


def _still_told(*what: Any) -> Any:
    """The statement of what they are told of still: made once, for making it takes five times as long as running it."""
    seen = and_(Reading.user_id == Notice.user_id, Reading.topic_id == Post.topic_id)
    choice = and_(Hearing.user_id == Notice.user_id, Hearing.group_id == Post.group_id)
    theirs = (Notice.user_id == bindparam("me"), Notice.read_at.is_(None), readable(Notice, ASKER))
    return (
        select(*what)
        .join(Post, Post.id == Notice.post_id)
        .outerjoin(Reading, seen)
        .outerjoin(Hearing, choice)
        .where(*theirs, Post.no > func.coalesce(Reading.seen_no, -1))
        .where(func.coalesce(Hearing.choice, Hear.REPLIES) != Hear.NOTHING)
    )


STILL_TOLD = (
    _still_told(Notice, Post, _ALL)
    .where(Notice.id.in_(bindparam("numbers", expanding=True)))
    .options(joinedload(Post.author))
    .order_by(Notice.id.desc())
    .limit(bindparam("most"))
)
STIRRED = (
    select(Topic, _ALL)
    .join(Group, Group.id == Topic.group_id)
    .where(
        Topic.group_id.in_(
            select(Hearing.group_id).where(Hearing.user_id == bindparam("me"), Hearing.choice == Hear.WEEKLY)
        ),
        Topic.last_post_at > bindparam("since"),
        or_(Topic.author_id != bindparam("me"), Topic.answer_count > 0),
        ASKER.stands(Group, SEATED),
        readable(Topic, ASKER),
    )
    .order_by(Topic.last_post_at.desc(), Topic.id.desc())
    .limit(MOST)
)
COMING = (
    select(Workshop)
    .where(
        Workshop.group_id.in_(bindparam("named", expanding=True)),
        Workshop.starts_at > bindparam("now"),
        Workshop.starts_at <= bindparam("until"),
        Workshop.cancelled_at.is_(None),
        readable(Workshop, ASKER),
    )
    .order_by(Workshop.starts_at, Workshop.id)
    .limit(MOST)
)
ONE_TOLD = Hot(_still_told(Notice.id).where(Notice.id == bindparam("number")))
PAUSED = Hot(
    select(Habit.user_id).where(
        Habit.user_id == bindparam("me"), or_(Habit.silent, Habit.paused_until > bindparam("now", type_=Moment()))
    )
)
DISCREET = Hot(select(Habit.discreet).where(Habit.user_id == bindparam("me")))


def still_told(who: Person, numbers: Sequence[int]) -> tuple[list[Any], int]:
    """Of these notices those of posts that they may read, have not read, and want to hear of: (notice, post).

    The newest MOST, by conversation; and how many there are.
    """
    if not who or paused(who):
        return [], 0
    rows = db.session.execute(STILL_TOLD, {"numbers": list(numbers), "most": MOST, **asked_by(who)}).all()
    in_order = sorted(rows, key=lambda row: (row[1].group_id, row[1].topic_id, row[1].no))
    return [(notice, post) for notice, post, _ in in_order], rows[0][2] if rows else 0


def told_of(who: Person, number: int) -> bool:
    """Whether `still_told` has this one notice."""
    return bool(who) and not paused(who) and ONE_TOLD.first({"number": number, **asked_by(who)}) is not None


def paused(who: Person) -> bool:
    """Whether they want no mail of groups for now."""
    return PAUSED.first({"me": who.id, "now": now()}) is not None


def wanted(who: Person, post_id: int) -> bool:
    """Whether they want mail of the group that a post is in."""
    choice = select(Hearing.choice).join(Post, Post.group_id == Hearing.group_id)
    chosen = db.session.scalar(choice.where(Post.id == post_id, Hearing.user_id == who.id))
    return chosen != Hear.NOTHING and not paused(who)


def wants_discreet(user_id: int | None) -> bool:
    """Whether mail to them tells no more than that there is something new."""
    chosen = DISCREET.first({"me": user_id}) if user_id else None
    return bool(chosen and chosen.discreet)


def stirred(who: Person, since: datetime) -> tuple[list[Topic], int]:
    """Topics in which something was said since then, of the groups that they want summed up once a week.

    The MOST that stirred last, by group; and how many there are.
    """
    if not who or paused(who):
        return [], 0
    rows = db.session.execute(STIRRED, {"since": since, **asked_by(who)}).unique().all()
    topics = sorted((row[0] for row in rows), key=lambda topic: topic.group_id)
    return topics, rows[0][1] if rows else 0


def parts(who: Person, facts: dict[str, Any]) -> tuple[list[Part], int]:
    """What a mail of several says, by group, and how much more there is. No part = it is not sent."""
    posts, many = still_told(who, facts.get("notices", []))
    told = [(post.topic, _piece(notice, post)) for notice, post in posts]
    if since := facts.get("since"):
        topics, more = stirred(who, datetime.fromisoformat(since))
        told, many = told + [(topic, _topic(topic)) for topic in topics], many + more
    by_group: dict[int, Part] = {}
    hushed = wants_discreet(who.id)
    for topic, piece in told:
        shown = None if hushed or topic.group.kind == Kind.HIDDEN else topic.group
        by_group.setdefault(topic.group_id, Part(shown, [], topic.group)).pieces.append(piece)
    found = list(by_group.values())
    return _with_coming(who, found) if "period" in facts else found, many - len(told)


def _with_coming(who: Person, found: list[Part]) -> list[Part]:
    """The same, with the workshops ahead in each group that may be named. One statement."""
    named, moment = [part.of.id for part in found if part.group], now()
    values = {"named": named, "now": moment, "until": moment + AHEAD, **asked_by(who)}
    coming = db.session.scalars(COMING, values).all() if named else []
    return [part._replace(coming=tuple(one for one in coming if one.group_id == part.of.id)) for part in found]


def _piece(notice: Notice, post: Post) -> Piece:
    words = own_words(post.body)
    short = words if len(words) <= SHORT else words[:SHORT].rpartition(" ")[0] + " …"
    return Piece(f"{post.author.name} {DID.get(notice.kind, 'wrote')}", post.topic.title, short, post.topic, post.no)


def _topic(topic: Topic) -> Piece:
    replies = f"{topic.reply_count} {'reply' if topic.reply_count == 1 else 'replies'}"
    return Piece(replies if topic.reply_count else "New", topic.title, "", topic, 0)
