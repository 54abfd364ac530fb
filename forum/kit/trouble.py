"""A database that is lost, locked or full answers 503 with Retry-After, and what was typed stays in the page."""

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from forum.kit.db import db
from forum.kit.errors import page

#: seconds
RETRY = 10


def unavailable(error: OperationalError) -> Response:
    """The page of a 503; nothing of the transaction stays."""
    current_app.logger.error("the database does not answer: %s: %s", type(error.orig).__name__, error.orig)
    db.session.rollback()
    return page(ServiceUnavailable("Nothing was saved. Try again in a moment.", retry_after=RETRY))


def init_app(app: Flask) -> None:
    """Every page of the app answers so."""
    app.register_error_handler(OperationalError, unavailable)
