"""Discussions: topics, posts, reading, home."""

from flask import Flask
from werkzeug.exceptions import NotFound

from forum.discussions import listing, reading, visiting
from forum.discussions import views as views
from forum.discussions.blueprint import open_doors
from forum.discussions.queries import coming, files, lately, lists
from forum.discussions.views import old


def init_app(app: Flask) -> None:
    """Opens the room."""
    open_doors(app)
    reading.init_app(app)
    visiting.init_app(app)
    lists.init_app(app)
    listing.init_app(app)
    lately.init_app(app)
    files.init_app(app)
    coming.init_app(app)
    app.register_error_handler(NotFound, old.elsewhere)
    app.jinja_env.globals["listed"] = listing.listed
