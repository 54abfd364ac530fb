"""Pages about the site: who can see what, privacy, health."""

from flask import Flask

from forum.about import health
from forum.about import views as views
from forum.about.blueprint import bp


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
    health.init_app(app)
