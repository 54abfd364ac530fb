"""People: accounts, sessions, profiles, settings."""

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from forum.access import SignIn
from forum.kit import errors
from forum.kit.passwords import Busy
from forum.members import accounts, session, views
from forum.members.blueprint import bp


def init_app(app: Flask) -> None:
    """Opens the room: sessions are read before each request."""
    accounts.init_app(app)
    session.init_app(app)
    app.register_blueprint(bp)
    app.register_error_handler(SignIn, views.entering.ask_to_sign_in)
    app.register_error_handler(Busy, busy)


def busy(error: Busy) -> Response:
    """The page for a moment when too many sign in: try again soon."""
    return errors.page(ServiceUnavailable(str(error), retry_after=30))
