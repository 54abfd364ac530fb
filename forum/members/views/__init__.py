"""The room's pages."""

from forum.members.views import entering, joining, muting, people, photos, resetting, settings

__all__ = ["entering", "joining", "muting", "people", "photos", "resetting", "settings"]
