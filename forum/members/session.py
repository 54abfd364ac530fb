"""Signed-in browsers as rows: opened for each request, started at sign-in, ended one by one or all at once."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from sqlalchemy import and_, bindparam, delete, select, update

from forum.access import VISITOR, Person
from forum.kit import devices, fresh, ids, origin
from forum.kit.buffer import Buffer
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.kit.ids import HOME
from forum.kit.unasked import asked_by_itself
from forum.models import CalendarKey, FeedKey, Session, User
from forum.notices import WAITING
from forum.who import PERSON_COLUMNS, person_from

OPEN = Hot(
    select(
        Session.id.label("session_id"), Session.used_at, Session.created_at.label("began_at"), *PERSON_COLUMNS,
        WAITING.label("told"),
    )
    .join(User, User.id == Session.user_id)
    .where(
        Session.digest == bindparam("digest"), Session.ended_at.is_(None),
        Session.created_at > bindparam("oldest", type_=Session.created_at.type),
        Session.used_at > bindparam("idle", type_=Session.used_at.type),
    )
)  # fmt: skip
#: last use is written when it is older than this
NEWS = timedelta(minutes=5)
#: so long before its end pages say when a session ends; of a short one, in its last tenth
LAST = timedelta(days=1)


def open_session() -> None:
    """Sets `g.person` for this request: the person whose live session the cookie names, else a visitor."""
    g.person, g.session_ends = VISITOR, None
    token = None if request.endpoint == "static" else session.get("sid")
    if not token:
        return
    moment = now()
    config = current_app.config
    found = {
        "digest": ids.digest(token),
        "oldest": moment - timedelta(seconds=config["SESSION_ABSOLUTE"]),
        "idle": moment - timedelta(seconds=config["SESSION_IDLE"]),
    }
    row = OPEN.first(found)
    if row is None or not row.active:
        _forget()
        return
    g.person = person_from(row, row.session_id)
    _note_end(row.began_at, moment)
    if moment - row.used_at > NEWS and not asked_by_itself():
        used.put(row.session_id, moment)


def _note_end(began: datetime, moment: datetime) -> None:
    """Keeps when this session ends, if that is soon. Idle ones need no warning: looking at a page is using it."""
    whole = timedelta(seconds=current_app.config["SESSION_ABSOLUTE"])
    if began + whole - moment < min(LAST, whole / 10):
        g.session_ends = began + whole


def ending() -> datetime | None:
    """When the session of this request ends, if that is soon enough to say so."""
    ends: datetime | None = g.get("session_ends")
    return ends


def _warning() -> dict[str, Any]:
    """What templates know of the end: when it comes, and the way to a new session that leads back here."""
    here = request.full_path.rstrip("?") if request.method == "GET" else HOME
    return (
        {"session_ends": ending(), "sign_in_again": url_for("members.sign_in", again=1, next=here)} if ending() else {}
    )


def _forget() -> None:
    """The browser's cookie names a session that is over: keep nothing of it but whose it was, for their drafts."""
    ended = session.get("sid")
    session.clear()
    g.ended_session = ids.digest(ended) if ended else None


def start(user: User) -> None:
    """A new session of this browser for someone who has just proved who they are; its former one ends. No commit."""
    close()
    token = ids.token()
    device = devices.describe(request.user_agent.string)
    db.session.add(Session(user_id=user.id, digest=ids.digest(token), device=device, address=origin.address()))
    session["sid"] = token
    session.permanent = True


def renew() -> None:
    """Gives the session of this browser a new number: whoever copied the former one holds nothing. Does not commit."""
    token = ids.token()
    mine = and_(Session.digest == ids.digest(session["sid"]), Session.ended_at.is_(None))
    db.session.execute(update(Session).where(mine).values(digest=ids.digest(token)))
    session["sid"] = token


def close() -> None:
    """Ends the session of this browser, if it has one, and empties its cookie. Does not commit."""
    if token := session.get("sid"):
        mine = and_(Session.digest == ids.digest(token), Session.ended_at.is_(None))
        db.session.execute(update(Session).where(mine).values(ended_at=now()))
    session.clear()


def code(row: Session) -> str:
    """What names a session in its person's list: says nothing of its token or of other sessions."""
    return ids.digest(f"session {row.digest}")[:20]


def sessions_of(person: Person) -> list[Session]:
    """A person's live sessions, the one used last first."""
    moment, config = now(), current_app.config
    oldest = moment - timedelta(seconds=config["SESSION_ABSOLUTE"])
    idle = moment - timedelta(seconds=config["SESSION_IDLE"])
    mine = and_(Session.user_id == person.id, Session.ended_at.is_(None))
    live = and_(mine, Session.created_at > oldest, Session.used_at > idle)
    return list(db.session.scalars(select(Session).where(live).order_by(Session.used_at.desc(), Session.id.desc())))


def end(person: Person, name: str) -> bool:
    """Whether this call ended one of a person's own sessions, named by its code. Does not commit."""
    found = [row.id for row in sessions_of(person) if ids.same(code(row), name)]
    mine = and_(Session.id.in_(found), Session.ended_at.is_(None))
    return bool(db.session.execute(update(Session).where(mine).values(ended_at=now())).rowcount)  # type: ignore[attr-defined]


def end_all(user_id: int, but: int | None = None) -> None:
    """Ends every session of a person but the one to keep, and the keys to feeds and calendar. Does not commit."""
    others = and_(Session.user_id == user_id, Session.ended_at.is_(None), Session.id != (but or 0))
    db.session.execute(update(Session).where(others).values(ended_at=now()))
    for key in (FeedKey, CalendarKey):
        db.session.execute(delete(key).where(key.user_id == user_id))


def _write_used(entries: dict[int, object]) -> None:
    for session_id, moment in entries.items():
        db.session.execute(update(Session).where(Session.id == session_id).values(used_at=moment))
    db.session.commit()


used: Buffer[int, object] = Buffer(_write_used)


def init_app(app: Flask) -> None:
    """The cookie's name and limits, and the session opened before each request."""
    https = app.config["BASE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=app.config["SESSION_ABSOLUTE"]),
    )
    used.configure(app.config["BUFFER_DELAY"], app.app_context)
    app.before_request(open_session)
    app.context_processor(_warning)
    fresh.on_every_page(app, ending)
