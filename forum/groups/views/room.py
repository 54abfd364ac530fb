"""What the views of this room share: who may come in, how a page is drawn, and what is said when something is done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import OWN, Person, SignIn, known, lead, level, viewer
from forum.groups.queries import account_with, pending_since
from forum.kit.db import db
from forum.kit.forms import Form
from forum.kit.origin import address
from forum.kit.passwords import matches
from forum.kit.rates import limiter, proofs, searches
from forum.models import Group
from forum.sight import masthead_sight

AnyReply = Response | str | tuple[str, int]


def whose() -> str:
    """Whom a limit counts: a person, or where a visitor comes from."""
    me = viewer()
    return f"person {me.id}" if me else f"address {address()}"


#: how often one person may invite, ask, or start a group
limited: Callable[..., Any] = limiter.limit(
    lambda: current_app.config["LIMIT_INVITE"], key_func=whose, methods=["POST"], scope="invite"
)
#: how often one person may write a wrong password where it is asked for again
proof_limited: Callable[..., Any] = proofs(whose)
#: how often one person may look for groups and members
searched: Callable[..., Any] = searches(whose)


def comer(slug: str) -> tuple[Person, Group]:
    """Who wants to come in, and the group, which they know of. Raises SignIn, NotFound."""
    me = viewer()
    if not me:
        raise SignIn
    return me, known(me, slug)


def leader(slug: str, verb: str = "facilitate") -> tuple[Person, Group]:
    """A facilitator and their group. Raises what `lead` raises."""
    me = viewer()
    return me, lead(me, slug, verb)


def drawn(template: str, me: Person, group: Group, tab: str = "manage", **values: Any) -> str:
    """A page below a group, with its head."""
    granted = level(me, group)
    head = {"nav": "groups", "group": group, "tab": tab, "level": granted, "owns": granted >= OWN}
    return render_template(f"groups/{template}.html", **head, sight=masthead_sight(group), **values)


def refused(page: str) -> tuple[str, int]:
    """A form drawn again with what is wrong in it."""
    return page, 422


def done(place: str, said: str = "") -> Response:
    """What was done is kept; the person goes on to another page, which says so."""
    db.session.commit()
    if said:
        flash(said)
    return redirect(place, 303)


def waiting_since(me: Person) -> dict[int, datetime]:
    """Since when this person waits for an answer, by group id."""
    rows = db.session.execute(pending_since(me.id)).all()
    return {row.group_id: row.since for row in rows}


def proved(me: Person, form: Form) -> bool:
    """Whether the form holds the password of the person who sent it; else it says so at the field."""
    password = form["password"].data
    right = bool(password) and matches(password, db.session.scalars(account_with(me.id)).one().password)
    if not right:
        form.refuse("password", "This is not your password" if password else "Write your password")
    return right


def found(row: Any) -> Any:
    """The row. Raises NotFound if there is none."""
    if row is None:
        raise NotFound
    return row
