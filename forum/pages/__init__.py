"""Pages that groups write together: with history, and without anybody's text lost."""

from flask import Flask

from forum.pages.blueprint import bp
from forum.pages.views import history, keeping, reading, writing

__all__ = ["history", "init_app", "keeping", "reading", "writing"]


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
