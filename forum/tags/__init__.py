"""Tags: which a group has, what bears one, hearing of new topics with it, and mending them."""

from flask import Flask

from forum.tags import views as views
from forum.tags.blueprint import bp


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
