"""Groups: directory, joining, members, managing; and what stands around every page."""

from typing import Any

from flask import Flask
from werkzeug.wrappers import Response

from forum.access import CardOnly
from forum.groups import actions, chrome, view_as
from forum.groups import views as views
from forum.groups.blueprint import bp
from forum.groups.refusals import Refusal
from forum.groups.views.card import card_only
from forum.kit import errors
from forum.kit.db import db
from forum.kit.signals import person_confirmed
from forum.models import User


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
    app.register_error_handler(CardOnly, card_only)
    app.register_error_handler(Refusal, undone)
    chrome.init_app(app)
    view_as.init_app(app)
    person_confirmed.connect(welcome)


def undone(refusal: Refusal) -> Response:
    """The page that says why not. Nothing of the attempt is left, and its lock is not held while the page is drawn."""
    db.session.rollback()
    return errors.page(refusal)


def welcome(user: User, **_: Any) -> None:
    """A newly confirmed account holds the invitations that were sent to its address before."""
    actions.claim_invitations(user)
