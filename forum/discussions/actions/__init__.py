"""What people do in discussions. Nothing here commits, and nothing knows of a request."""

from forum.discussions.actions.announcing import TooSoon, next_announcement
from forum.discussions.actions.answering import (
    ANY,
    Said,
    Settled,
    accept,
    clear_answer,
    doubt,
    gone,
    look_after,
    mark_of_doubt,
)
from forum.discussions.actions.editing import Stale, change_topic, edit
from forum.discussions.actions.erasing import delete_post, delete_topic
from forum.discussions.actions.following import follow, unfollow
from forum.discussions.actions.holding import Gone, Sent, give_back, hold_reply, hold_topic, publish, take_back
from forum.discussions.actions.moderating import (
    TooManyPins,
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
from forum.discussions.actions.thanking import thank, unthank

__all__ = [
    "ANY", "Closed", "Gone", "Said", "Sent", "Settled", "Stale", "TooManyPins", "TooSoon", "accept", "change_topic",
    "clear_answer", "delete_post", "delete_topic", "doubt", "edit", "follow", "give_back", "gone", "hide_post",
    "hide_topic", "hold_reply", "hold_topic", "lock", "look_after", "mark_of_doubt", "next_announcement", "pin",
    "publish", "reply", "restore_post", "restore_topic", "start_topic", "take_back", "thank", "unfollow", "unlock",
    "unpin", "unthank",
]  # fmt: skip
