"""The library: files, their pages, downloads."""

from flask import Flask

from forum.access import Gated
from forum.library.blueprint import bp, sending
from forum.library.views import adding as adding
from forum.library.views import document as document
from forum.library.views import keeping as keeping
from forum.library.views import listing as listing
from forum.library.views import pieces as pieces
from forum.library.views import several as several
from forum.library.views import slides as slides
from forum.library.views import versions as versions
from forum.library.views import words as words
from forum.library.views import zips as zips
from forum.library.views.downloads import counted
from forum.library.views.gate import gated
from forum.library.views.receiving import openings
from forum.library.views.receiving import views as looks


def init_app(app: Flask) -> None:
    """Opens the room."""
    app.register_blueprint(bp)
    app.register_blueprint(sending)
    app.register_error_handler(Gated, gated)
    for buffer in (counted, looks, openings):
        buffer.configure(app.config["BUFFER_DELAY"], app.app_context)
