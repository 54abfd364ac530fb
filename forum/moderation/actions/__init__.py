"""What is done at the desk. Nothing here commits, and nothing knows of a request."""

from forum.moderation.actions.deciding import decide, settled, take_on
from forum.moderation.actions.reporting import Reported, report

__all__ = ["Reported", "decide", "report", "settled", "take_on"]
