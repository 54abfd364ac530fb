"""The inbox: what somebody was told, by what it asks of them; and how they want to hear of their groups."""

from flask import Flask

from forum.inbox import views as views
from forum.inbox.blueprint import bp


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
