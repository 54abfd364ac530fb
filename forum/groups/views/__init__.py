"""The room's pages."""

from forum.groups.views import (
    card,
    directory,
    inside,
    invitation,
    invitations,
    manage,
    people,
    reach,
    requests,
    settings,
    viewing,
)

__all__ = [
    "card",
    "directory",
    "inside",
    "invitation",
    "invitations",
    "manage",
    "people",
    "reach",
    "requests",
    "settings",
    "viewing",
]
