"""The room's pages."""

from forum.discussions.views import changing, drafting, editing, home, lists, moderating, replying, starting, topics

__all__ = ["changing", "drafting", "editing", "home", "lists", "moderating", "replying", "starting", "topics"]
