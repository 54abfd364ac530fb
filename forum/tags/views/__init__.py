"""The room's pages."""

from forum.tags.views import following, mending, pages

__all__ = ["following", "mending", "pages"]
