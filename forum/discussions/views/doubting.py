"""Whether what somebody sent waits for a facilitator, and what they are told then."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.access import Person
from forum.discussions.writing import Written
from forum.kit import akismet, hot, origin
from forum.kit.db import db
from forum.models import Kind
from forum.once import Claim
from forum.spam import Weighed, weigh


def weighed_by_all(me: Person, group: Any, title: str, written: Written) -> Weighed:
    """What a text weighs; in a group that everybody registered reads Akismet is asked too, if the host has a key.

    What was done so far is kept before: files that came are drafts, and no transaction waits for an answer.
    """
    found, config = weigh(me, group, title, written), current_app.config
    closed = group.kind != Kind.OPEN or group.parent_id is not None
    if not config["AKISMET_KEY"] or not found.doubtful or found.waits or closed:
        return found
    db.session.commit()
    hot.let_go()
    said = {
        "blog": config["BASE_URL"], "user_ip": origin.address(), "user_agent": request.user_agent.string[:300],
        "comment_content": f"{title}\n\n{written.body}".strip()[:20_000],
    }  # fmt: skip
    foreign = akismet.takes_for_spam(config["AKISMET_URL"], config["AKISMET_KEY"], said)
    return weigh(me, group, title, written, foreign) if foreign else found


def waits(claim: Claim, slug: str, what: str, weighed: Weighed) -> Response:
    """The way to what waits of theirs. Commits."""
    address = claim.done(url_for("discussions.held", slug=slug))
    db.session.commit()
    flash(f"Your {what} waits for a facilitator. Until then only you and they read it.")
    return redirect(address, 303)
