"""What stands around every page: who is there, their groups with what is new in each, the ways through the site."""

from typing import Any, NamedTuple

from flask import Flask, current_app, g
from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from forum.access import Person, viewer
from forum.kit import fresh, names
from forum.kit.cache import Lru
from forum.kit.hot import Hot
from forum.kit.lean import one_of
from forum.models import SEATED, Membership, Post, Reading, Topic
from forum.who import Seat

#: how many of a group's newest topics are looked at for what is new
NEWEST = 30
#: of a topic, only so many of its last posts
LOOK_BACK = 50
#: seconds a count is kept, and how many are kept
FRESH, KEPT = 20.0, 20_000
FOOT = (
    ("Who can see what", "/about/access"), ("Community guidelines", "/about/guidelines"),
    ("Accessibility", "/about/accessibility"),
    ("Privacy", "/about/privacy"), ("Help and contact", "/about/help"),
)  # fmt: skip


class Corner(NamedTuple):
    """One of my groups in the rail."""

    slug: str
    name: str
    emblem: str
    hue: int
    new: int


class Face(NamedTuple):
    """The reader, as the head of every page shows them."""

    name: str
    handle: str
    hue: int
    photo_key: str | None


_seat, _topic, _reading, _post = aliased(Membership), aliased(Topic), aliased(Reading), aliased(Post)
_newest = (
    select(_topic.id.label("id"), _topic.last_no.label("last_no"))
    .where(
        _topic.group_id == _seat.group_id, _topic.last_post_at > _seat.caught_up_at,
        _topic.deleted_at.is_(None), _topic.hidden_at.is_(None),
    )
    .order_by(_topic.last_post_at.desc(), _topic.id.desc()).limit(NEWEST).correlate(_seat).subquery()
)  # fmt: skip
_seen = func.coalesce(_reading.seen_no, -1)
_someone_elses = exists(
    select(1).where(
        _post.topic_id == _newest.c.id, _post.no > _seen, _post.no > _newest.c.last_no - LOOK_BACK,
        _post.author_id != bindparam("me"),
        _post.created_at > _seat.caught_up_at, _post.deleted_at.is_(None), _post.hidden_at.is_(None),
    ).correlate(_newest, _reading, _seat)
)  # fmt: skip
_with_news = (
    select(func.count()).select_from(_newest)
    .outerjoin(_reading, and_(_reading.topic_id == _newest.c.id, _reading.user_id == bindparam("me")))
    .where(_newest.c.last_no > _seen, _someone_elses).correlate(_seat).scalar_subquery()
)  # fmt: skip
NEWS = Hot(select(_seat.group_id, _with_news).where(_seat.user_id == bindparam("me"), one_of(_seat.standing, SEATED)))


def rail(me: Person) -> tuple[Corner, ...]:
    """My groups, each with the number of topics that hold something new for me; counted at most every FRESH seconds."""
    seats = [seat for seat in me.seats.values() if seat.standing in SEATED]
    counted = _counted(me, [seat for seat in seats if _may_have_news(seat)]) if me.id else {}
    return tuple(Corner(seat.slug, seat.name, seat.emblem, seat.hue, counted.get(seat.group_id, 0)) for seat in seats)


def _may_have_news(seat: Seat) -> bool:
    return seat.last_post_at is not None and (seat.caught_up_at is None or seat.last_post_at > seat.caught_up_at)


def _counted(me: Person, seats: list[Seat]) -> dict[int, int]:
    kept: Lru[Any, int] = current_app.extensions["rail"]
    keys = {seat.group_id: (me.id, seat.group_id, seat.last_post_at, seat.caught_up_at) for seat in seats}
    return kept.all_or_make(keys, lambda _: {group_id: number or 0 for group_id, number in NEWS.rows({"me": me.id})})


def rail_here() -> tuple[Corner, ...]:
    """The rail of this request's reader: the ETag of a page is made of it, and so is the page."""
    me = viewer()
    kept: tuple[Person, tuple[Corner, ...]] | None = g.get("rail")
    if kept is None or kept[0] is not me:
        kept = g.rail = me, rail(me)
    return kept[1]


def chrome() -> dict[str, Any]:
    """What every template knows."""
    me = viewer()
    config = current_app.config
    ways = [("Home", "/", "home", "home"), ("Groups", "/groups", "groups", "groups")]
    if me and "members.people" in current_app.view_functions:
        ways.append(("People", "/people", "person", "people"))
    return {
        "me": me, "face": Face(me.name, me.handle, me.hue, me.photo_key) if me else None, "rail": rail_here(),
        "nav_items": tuple(ways), "foot_items": FOOT, "site_name": config["SITE_NAME"],
        "timezone": me.timezone or config["TIMEZONE"],
    }  # fmt: skip


def init_app(app: Flask) -> None:
    """Every template of the app knows it."""
    app.extensions["rail"] = Lru(KEPT, ttl=FRESH)
    app.context_processor(chrome)
    fresh.on_every_page(app, rail_here)
    app.jinja_env.globals["initials"] = names.initials
