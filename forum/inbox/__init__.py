"""The inbox: what somebody was told, by what it asks of them; and how they want to hear of their groups."""

from flask import Flask

from forum.config import BadConfig
from forum.inbox import views as views
from forum.inbox.blueprint import bp
from forum.kit import webpush


def init_app(app: Flask) -> None:
    """Opens the room. Raises BadConfig when notifications are wanted in browsers, and their packages are missing."""
    if app.config["WEB_PUSH"] and not webpush.available():
        raise BadConfig("WEB_PUSH needs two packages more: pip install 'guildhall[push]', or set it to False")
    app.register_blueprint(bp)
