"""The workshops of a group, who comes to one, and what was added to it. The rule stands in each statement."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, case, exists, func, select, true, tuple_
from sqlalchemy.orm import aliased, lazyload

from forum.access import FACILITATE, Person, hearers, level, mentioned, readable, shown
from forum.kit.clock import now
from forum.kit.db import db
from forum.library.decks import cover
from forum.models import Booking, Document, Group, HotSeat, Material, Topic, User, Workshop
from forum.pages.queries import from_key

#: workshops of each kind on one page of the list, and people on the page of one
SHOWN, PEOPLE = 25, 500
#: with a place one may join online so long before it begins
EARLY = timedelta(minutes=15)


class Shelf(NamedTuple):
    """Some workshops that are over, and the key of those before them."""

    rows: list[Any]
    older: str


def _of(me: Person, group: Group) -> Any:
    mine = and_(Booking.workshop_id == Workshop.id, Booking.user_id == (me.id or 0))
    files = (
        select(func.count())
        .select_from(Material)
        .join(Document, Document.id == Material.document_id)
        .where(Material.workshop_id == Workshop.id, Document.group_id == Workshop.group_id, readable(Document, me))
        .correlate(Workshop)
        .scalar_subquery()
    )
    here = (Topic.id == Workshop.topic_id, Topic.group_id == Workshop.group_id, readable(Topic, me))
    topic = select(Topic.n).where(*here).correlate(Workshop)
    columns = (
        Booking.id.label("booked"),
        Booking.seat_at,
        files.label("files"),
        topic.scalar_subquery().label("topic"),
    )
    theirs = (Workshop.group_id == group.id, readable(Workshop, me))
    return select(Workshop, *columns).outerjoin(Booking, mine).where(*theirs).options(lazyload(Workshop.group))


def coming(me: Person, group: Group) -> list[Any]:
    """The workshops of a group that are not over, the next one first, each with whether the reader comes."""
    ahead = _of(me, group).where(Workshop.ends_at > now()).order_by(Workshop.starts_at, Workshop.n)
    return list(db.session.execute(ahead.limit(SHOWN * 2)).all())


def past(me: Person, group: Group, before: str) -> Shelf:
    """Those that are over, the last one first. `before`: the key of the page of the list before."""
    over = _of(me, group).where(Workshop.ends_at <= now()).order_by(Workshop.ends_at.desc(), Workshop.n.desc())
    if key := from_key(before):
        over = over.where(tuple_(Workshop.ends_at, Workshop.n) < key)
    rows = list(db.session.execute(over.limit(SHOWN + 1)).all())
    return Shelf(rows[:SHOWN], key_of(rows[SHOWN - 1].Workshop) if len(rows) > SHOWN else "")


def key_of(workshop: Workshop) -> str:
    """What names the end of a list in an address."""
    return f"{(workshop.ends_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)}-{workshop.n}"


def standing_of(me: Person, workshop: Workshop) -> Any:
    """How many come and wait, where the reader stands, who planned it; its questions and hot seat, if they may be read.

    `mine`: the reader booked; `seated`: they have a place; `place`: theirs among those who wait.
    """
    own = aliased(Booking)
    first = select(own.id).where(own.workshop_id == workshop.id, own.user_id == (me.id or 0)).scalar_subquery()
    theirs, waits = Booking.user_id == (me.id or 0), Booking.seat_at.is_(None)
    counts = _comers(workshop).with_only_columns(
        func.count(Booking.seat_at).label("seats"),
        func.count(case((waits, 1))).label("waiting"),
        func.count(case((theirs, 1))).label("mine"),
        func.count(case((and_(theirs, ~waits), 1))).label("seated"),
        func.count(case((and_(waits, Booking.id <= first), 1))).label("place"),
    )
    stand, organiser = counts.subquery(), aliased(User)
    of = (organiser.name, organiser.handle, shown(me, "organisation", organiser).label("organisation"))
    topic = (Topic.n.label("topic"), Topic.title.label("topic_title"), Topic.reply_count, _hot_seat(me).label("seat"))
    found = select(*of, *topic, *stand.c).select_from(Workshop).join(organiser, organiser.id == Workshop.organiser_id)
    asked = and_(Topic.id == Workshop.topic_id, Topic.group_id == Workshop.group_id, readable(Topic, me))
    return db.session.execute(found.outerjoin(Topic, asked).join(stand, true()).where(Workshop.id == workshop.id)).one()


def _hot_seat(me: Person) -> Any:
    """The number of the newest topic with a hot seat that belongs to a workshop, if it may be read."""
    hot = aliased(Topic)
    found = select(func.max(hot.n)).join_from(hot, HotSeat, HotSeat.topic_id == hot.id)
    ours = (HotSeat.workshop_id == Workshop.id, hot.group_id == Workshop.group_id, readable(hot, me))
    return found.where(*ours).correlate(Workshop).scalar_subquery()


def _comers(workshop: Workshop) -> Any:
    """Who booked, and may still come: they take part in the group."""
    return hearers(workshop).join(Booking, Booking.user_id == User.id).where(Booking.workshop_id == workshop.id)


def people_at(me: Person, workshop: Workshop) -> list[Any]:
    """Who comes or waits, as far as this reader sees it: people, or where the organiser chose so organisations."""
    seen = _comers(workshop).where(readable(Booking, me)).limit(PEOPLE)
    organisation = shown(me, "organisation").label("organisation")
    if workshop.names or level(me, workshop.group) >= FACILITATE:
        photo = shown(me, "photo_key").label("photo_key")
        columns = (User.name, User.handle, User.hue, photo, organisation, Booking.seat_at)
        return list(db.session.execute(seen.with_only_columns(*columns).order_by(Booking.id)).all())
    named = seen.with_only_columns(organisation, func.count().label("people")).where(Booking.seat_at.is_not(None))
    found = db.session.execute(named.where(organisation != "").group_by(organisation).order_by(organisation))
    return list(found.all())


def files_of(me: Person, workshop: Workshop) -> list[Any]:
    """The files of a workshop that this reader may know of, the first one first, each with whether they may open it."""
    columns = (
        Document, readable(Document, me).label("opens"), cover().label("cover"), User.name, User.handle,
        shown(me, "organisation").label("organisation"),
    )  # fmt: skip
    found = select(*columns).join(User, User.id == Document.uploader_id)
    of = exists().where(Material.document_id == Document.id, Material.workshop_id == workshop.id)
    here = (of, Document.group_id == workshop.group_id, mentioned(me))
    return list(
        db.session.execute(
            found.where(*here).order_by(Document.posted_at, Document.id).options(lazyload(Document.group))
        )
    )


def joins_now(workshop: Workshop, seated: bool) -> bool:
    """Whether the link is theirs to follow: with a place, from a quarter of an hour before until it is over."""
    open_ = workshop.starts_at - EARLY <= now() < workshop.ends_at
    return bool(workshop.link and seated and open_ and not workshop.cancelled_at)
