"""Workshops: one page before, during and after; places, calendars, and the files and questions that belong to them."""

from flask import Flask

from forum.workshops import seeing
from forum.workshops.blueprint import bp
from forum.workshops.views import afterwards, booking, calendars, planning, reading

__all__ = ["afterwards", "booking", "calendars", "init_app", "planning", "reading"]


def init_app(app: Flask) -> None:
    """Opens the room."""
    seeing.init_app(app)
    app.register_blueprint(bp)
