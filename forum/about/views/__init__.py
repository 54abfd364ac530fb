"""The room's pages."""

from forum.about.views import pages, signs

__all__ = ["pages", "signs"]
