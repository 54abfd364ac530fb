"""Why a reply by mail is not posted, and the letter that says so: to the account's own address, and to no other."""

from datetime import timedelta

from sqlalchemy import func, select

from forum import outbox
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Mail, User
from forum.outbox.answering import Bound

#: refusals told to one person in an hour; letters of what they typed that are given back
MOST_TOLD, HOUR, GIVEN_BACK = 5, timedelta(hours=1), 20_000
OVER = "The mail that you answered is too old to be answered by mail. Please write your reply on the site."
NOT_THERE = "You can’t reply there any more."
MOVED = "The topic was moved, so others can see it now than when you answered. Please write your reply on the site."
CLOSED = "The topic is closed, so nothing more can be posted in it."
STRANGER = "It came from another address than the one of your account. Please write from that one."
NO_WORDS = "No words of yours were found in it. Please write above the line that says so."
ODD = "It could not be read."
OFTEN = "You have posted a great deal in a short time. Please send it again later."
NO_FILES = "You can’t add files there. Please send it again without them."


class Refused(Exception):
    """It is not posted; the sentence says why, and nothing of the topic that its writer may not know."""


def tell(bound: Bound, why: str, typed: str, unique: str) -> None:
    """One letter to the account's own address says so, a few of them in an hour. Commits."""
    user = db.session.scalars(select(User).where(User.id == bound.user_id)).one()
    lately = (Mail.user_id == user.id, Mail.created_at > now() - HOUR, Mail.template == "reply-refused")
    if (db.session.scalar(select(func.count()).where(*lately)) or 0) < MOST_TOLD:
        outbox.queue("reply-refused", user, f"reply-refused:{user.id}:{unique}", said=why, typed=typed[:GIVEN_BACK])
    db.session.commit()
