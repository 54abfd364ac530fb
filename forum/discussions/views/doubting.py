"""Whether what somebody sent waits for a facilitator, and what they are told then."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.access import Person
from forum.discussions.doubting import asked_elsewhere, taken_for_spam
from forum.discussions.writing import Written
from forum.kit import hot, origin
from forum.kit.db import db
from forum.once import Claim
from forum.spam import Weighed, weigh


def weighed_by_all(me: Person, group: Any, title: str, written: Written) -> Weighed:
    """What a text weighs; in a group that everybody registered reads Akismet is asked too, if the host has a key.

    What was done so far is kept before: files that came are drafts, and no transaction waits for an answer.
    """
    found = weigh(me, group, title, written)
    if not asked_elsewhere(group, found):
        return found
    db.session.commit()
    hot.let_go()
    whence = {"user_ip": origin.address(), "user_agent": request.user_agent.string[:300]}
    foreign = taken_for_spam(title, written, whence)
    return weigh(me, group, title, written, foreign) if foreign else found


def waits(claim: Claim, slug: str, what: str, weighed: Weighed) -> Response:
    """The way to what waits of theirs. Commits."""
    address = claim.done(url_for("discussions.held", slug=slug))
    db.session.commit()
    flash(f"Your {what} waits for a facilitator. Until then only you and they read it.")
    return redirect(address, 303)
