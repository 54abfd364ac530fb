"""The room's pages."""

from forum.pages.views import history, keeping, reading, writing

__all__ = ["history", "keeping", "reading", "writing"]
