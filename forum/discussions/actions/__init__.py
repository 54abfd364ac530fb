"""What people do in discussions. Nothing here commits, and nothing knows of a request."""

from forum.discussions.actions.drafts import discard_draft, keep_draft
from forum.discussions.actions.editing import Stale, change_topic, edit
from forum.discussions.actions.erasing import delete_post, delete_topic
from forum.discussions.actions.following import follow, unfollow
from forum.discussions.actions.moderating import (
    TooManyPins,
    accept,
    clear_answer,
    hide_post,
    hide_topic,
    lock,
    pin,
    restore_post,
    restore_topic,
    unlock,
    unpin,
)
from forum.discussions.actions.posting import Closed, reply, start_topic

__all__ = [
    "Closed", "Stale", "TooManyPins", "accept", "change_topic", "clear_answer", "delete_post", "delete_topic",
    "discard_draft", "edit", "follow", "hide_post", "hide_topic", "keep_draft", "lock", "pin", "reply", "restore_post",
    "restore_topic", "start_topic", "unfollow", "unlock", "unpin",
]  # fmt: skip
