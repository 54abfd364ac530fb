"""The room's pages."""

from forum.members.views import entering, joining, people, photos, resetting, settings

__all__ = ["entering", "joining", "people", "photos", "resetting", "settings"]
