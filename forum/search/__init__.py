"""The search: topics and posts, files and slides, people; for each reader what that reader may open."""

from flask import Flask

from forum.models import search as search
from forum.search import views as views
from forum.search.blueprint import bp


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
