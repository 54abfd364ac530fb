"""One mail received: posted as its writer's reply, or refused with a letter to the address of the account.

Nothing is ever sent to the address that a mail says it comes from.
"""

import hashlib  # noqa: I001 a sentence a line would not fit
from datetime import timedelta
from enum import StrEnum

from flask import current_app
from limits import parse
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from forum import once, uploads
from forum.access import Person, can, person, readable
from forum.discussions import actions
from forum.discussions.doubting import asked_elsewhere, taken_for_spam
from forum.discussions.queries.quotes import post_at
from forum.discussions.writing import Written, write
from forum.kit import hot
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.text import TooLong
from forum.mailin.reading import Letter, Odd, read
from forum.mailin.refusing import (
    CLOSED, MOVED, NO_FILES, NO_WORDS, NOT_THERE, ODD, OFTEN, OVER, STRANGER, Refused, tell,
)  # fmt: skip
from forum.models import Document, Post, Topic, User
from forum.outbox import bounces
from forum.outbox.answering import Bound, bound_to
from forum.spam import Weighed, weigh

#: how the result of a mail begins, kept for as long as it may come again
LETTER = "mail:"
#: where a reply comes from, as Akismet wants to know it: of mail that is nothing one could trust
BY_MAIL = {"user_ip": "127.0.0.1", "user_agent": "mail"}


class Fate(StrEnum):
    """What became of a mail. All but UNKNOWN were taken, and need not be sent again."""

    POSTED = "posted"
    WAITS = "waits"
    REFUSED = "refused"
    IGNORED = "ignored"
    UNKNOWN = "unknown"


def knows(address: str) -> bool:
    """Whether mail to this address is taken: we gave it to somebody, or mail that we sent comes back there."""
    return bounces.ours(address) or bound_to(address) is not None


def receive(address: str, raw: bytes, sender: str | None = None) -> Fate:
    """What became of a mail to this address. Commits. `sender`: of the envelope, where it is known; '' = nobody.

    Raises whatever is wrong with the database or the disk: then nothing was posted, and it may be sent again.
    """
    came_back = bounces.take(address, raw)
    bound = None if came_back else bound_to(address)
    if bound is None:
        return Fate.IGNORED if came_back else Fate.UNKNOWN
    try:
        letter = read(raw)
    except Odd:
        tell(bound, ODD, "", hashlib.sha256(raw).hexdigest())
        return Fate.REFUSED
    return _taken(bound, letter, raw, sender)


def _taken(bound: Bound, letter: Letter, raw: bytes, sender: str | None) -> Fate:
    """What became of a letter to an address of ours."""
    if letter.automatic or sender in ("", "<>") or _is_ours(letter):
        return Fate.IGNORED
    unique = hashlib.sha256(letter.unique.encode() or raw).hexdigest()
    try:
        return _posted(bound, letter, unique)
    except Refused as error:
        db.session.rollback()
        tell(bound, str(error), "" if str(error) == STRANGER else letter.words, unique)
        return Fate.REFUSED


def _is_ours(letter: Letter) -> bool:
    ours = str(current_app.config["MAIL_FROM"]).lower()
    return bool(ours) and any(at in ours for at in letter.senders if at)


def _posted(bound: Bound, letter: Letter, unique: str) -> Fate:
    me, topic = person(bound.user_id), None
    if me:
        topic = db.session.scalar(select(Topic).where(Topic.id == bound.topic_id, readable(Topic, me)))
    _check(bound, letter, me)
    if topic is None:
        raise Refused(NOT_THERE)
    if not can(me, "reply", topic):
        raise Refused(CLOSED if topic.locked_at else NOT_THERE)
    if _done(bound, unique):
        return Fate.POSTED
    if topic.group_id != bound.group_id:
        raise Refused(MOVED)
    _check_pace(me)
    return _sent(me, topic, bound, letter, unique)


def _check(bound: Bound, letter: Letter, me: Person) -> None:
    """Nothing, if it is of whom it may be, in time, and says something. Raises Refused."""
    email = db.session.scalar(select(User.email).where(User.id == bound.user_id)) or ""
    if not me:
        raise Refused(NOT_THERE)
    if letter.senders != [email.lower()]:
        raise Refused(STRANGER)
    if bound.over:
        raise Refused(OVER)
    if not letter.words:
        raise Refused(NO_WORDS)


def _check_pace(me: Person) -> None:
    """Nothing, unless they posted as much as LIMIT_POST allows. Raises Refused."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return
    limit = parse(current_app.config["LIMIT_POST"])
    lately = (Post.author_id == me.id, Post.created_at > now() - timedelta(seconds=limit.get_expiry()))
    if (db.session.scalar(select(func.count()).where(*lately)) or 0) >= limit.amount:
        raise Refused(OFTEN)


def _done(bound: Bound, unique: str) -> bool:
    """Whether this mail was posted before; nothing is kept of the question."""
    found = bool(once.claim(bound.user_id, f"mail {unique}", "reply").result)
    db.session.rollback()
    return found


def _sent(me: Person, topic: Topic, bound: Bound, letter: Letter, unique: str) -> Fate:
    """The reply posted, or laid before the facilitators. Commits. Raises Refused."""
    answered = db.session.scalar(select(Post.no).where(Post.id == bound.post_id, Post.topic_id == topic.id))
    try:
        written = write(letter.words, topic, me)
    except TooLong as error:
        raise Refused(str(error)) from None
    weighed = _weighed(me, topic, written)
    documents = _files(me, topic, letter)
    claim = once.claim(bound.user_id, f"mail {unique}", "reply")
    if claim.result:
        for document in documents:
            uploads.discard(document)
        db.session.commit()
        return Fate.POSTED
    fate = Fate.WAITS if weighed.waits else Fate.POSTED
    try:
        if weighed.waits:
            actions.hold_reply(me, topic, written, answered or None, actions.Sent(documents), weighed)
        else:
            actions.reply(me, topic, written, post_at(me, topic, answered) if answered else None, documents)
    except actions.Closed:
        raise Refused(CLOSED) from None
    claim.done(f"{LETTER}{fate.value}")
    db.session.commit()
    return fate


def _weighed(me: Person, topic: Topic, written: Written) -> Weighed:
    """What its words weigh, also to Akismet where it is asked: no transaction waits for that."""
    found = weigh(me, topic.group, "", written)
    if not asked_elsewhere(topic.group, found):
        return found
    db.session.rollback()
    hot.let_go()
    foreign = taken_for_spam("", written, BY_MAIL)
    return weigh(me, topic.group, "", written, foreign) if foreign else found


def _files(me: Person, topic: Topic, letter: Letter) -> list[Document]:
    """Drafts of the files that came, kept before the topic is touched. Commits. Raises Refused."""
    if not letter.files:
        return []
    if not can(me, "upload", topic.group):
        raise Refused(NO_FILES)
    if len(letter.files) > current_app.config["MAX_FILES"]:
        raise Refused(f"At most {current_app.config['MAX_FILES']} files can be added at a time.")
    try:
        documents, refused = uploads.receive(letter.files, me, topic.group)
    except HTTPException as error:
        if (error.code or 500) >= 500:  # the disk is full: it may be sent again
            raise
        raise Refused(NO_FILES) from None
    if refused:
        raise Refused(" ".join(refused))
    db.session.commit()
    return documents
