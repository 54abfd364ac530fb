"""What facilitators mend: topics and posts put where they belong, in one transaction, and back for a day."""

from forum.discussions.moving.built import TooLate
from forum.discussions.moving.merging import merge
from forum.discussions.moving.placing import move_post, split
from forum.discussions.moving.preflight import Reach, of_post, of_topic, wider
from forum.discussions.moving.rows import posts_of, posts_with
from forum.discussions.moving.topics import move_topic
from forum.discussions.moving.undoing import left, may_undo, moves_of, stood, undo, undoable

__all__ = [
    "Reach", "TooLate", "left", "may_undo", "merge", "move_post", "move_topic", "moves_of", "of_post", "of_topic",
    "posts_of", "posts_with", "split", "stood", "undo", "undoable", "wider",
]  # fmt: skip
