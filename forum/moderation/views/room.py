"""What the views of this room share: who may come in, and how a page is drawn."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import OWN, Person, SignIn, lead, level, viewer
from forum.kit.db import db
from forum.kit.forms import Form
from forum.kit.origin import address
from forum.kit.passwords import matches
from forum.kit.rates import proofs
from forum.models import Group, User
from forum.sight import masthead_sight

AnyReply = Response | str | tuple[str, int]


def whose() -> str:
    """Whom a limit counts: a person, or where a visitor comes from."""
    me = viewer()
    return f"person {me.id}" if me else f"address {address()}"


#: how often one person may write a wrong password where it is asked for again
proof_limited: Callable[..., Any] = proofs(whose)


def leader(slug: str, verb: str = "facilitate") -> tuple[Person, Group]:
    """A facilitator and their group. Raises what `lead` raises."""
    me = viewer()
    return me, lead(me, slug, verb)


def admin() -> Person:
    """A site administrator. For everybody else their pages do not exist. Raises SignIn, NotFound."""
    me = viewer()
    if not me:
        raise SignIn
    if not me.admin:
        raise NotFound
    return me


def drawn(template: str, me: Person, group: Group, **values: Any) -> str:
    """A manage page of a group, with its head."""
    granted = level(me, group)
    head = {"nav": "groups", "group": group, "tab": "manage", "level": granted, "owns": granted >= OWN}
    return render_template(f"moderation/{template}.html", **head, sight=masthead_sight(group), **values)


def number() -> int:
    """The page of a queue that the address names."""
    return request.args.get("page", 1, type=int)


def done(place: str, said: str = "", kind: str = "message") -> Response:
    """What was done is kept; the person goes on to another page, which says so."""
    db.session.commit()
    if said:
        flash(said, kind)
    return redirect(place, 303)


def proved(me: Person, form: Form) -> bool:
    """Whether the form holds the password of the person who sent it; else it says so at the field."""
    password = form["password"].data
    right = bool(password) and matches(password, db.session.scalar(select(User.password).where(User.id == me.id)))
    if not right:
        form.refuse("password", "This is not your password" if password else "Write your password")
    return right
