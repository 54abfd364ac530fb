"""Moderation: the log of what was done."""

from flask import Flask

from forum.moderation import views as views
from forum.moderation.blueprint import bp


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
