"""Feeds: what is new in a group, a topic, under a tag or in one's groups, for programs that read Atom."""

from flask import Flask

from forum.feeds import views as views
from forum.feeds.blueprint import bp


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
