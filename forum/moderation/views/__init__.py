"""The room's pages."""

from forum.moderation.views import held, log, reporting, reports

__all__ = ["held", "log", "reporting", "reports"]
