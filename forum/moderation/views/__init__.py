"""The room's pages."""

from forum.moderation.views import held, log, mail, reporting, reports

__all__ = ["held", "log", "mail", "reporting", "reports"]
