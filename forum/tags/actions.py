"""Mending the tags of a group. Nothing here commits, and nothing knows of a request."""

from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from forum import activity, vocabulary
from forum.access import Person
from forum.held import Settled, hold, still_may
from forum.kit.db import db
from forum.models import DocumentTag, Group, TagFollow, TopicTag

UNSEEN = {"synchronize_session": False}
#: what bears tags, and by which column a thing bears one only once
BEARERS: tuple[tuple[Any, str], ...] = (
    (TopicTag, "topic_id"), (DocumentTag, "document_id"), (TagFollow, "user_id")
)  # fmt: skip


def rename(me: Person, group: Group, tag: str, to: str, merging: bool) -> bool:
    """Topics, files and followers of a tag have another from now on; whether there was one of that name already.

    `merging`: the person was told so. Does not commit. Raises Settled if the tag is gone, or the other is new.
    """
    hold(group)
    still_may(me, "facilitate", group)
    if vocabulary.word(me, group, tag) is None:
        raise Settled(f"“{tag}” is not used here any more: somebody has renamed or merged it meanwhile.")
    # as on the page that was shown: what only bears it out of everybody's sight does not count
    merged = vocabulary.word(me, group, to) is not None
    if merged and not merging:
        raise Settled(f"“{to}” has come to be used here meanwhile. Look at it again, and merge the two if you want to.")
    # pages of topics are made anew with the group's version, which `hold` has raised: their own rows are left alone,
    # since whoever replies takes those first
    counts = [_turned(model, column, group, tag, to) for model, column in BEARERS]
    what = "tag.merged" if merged else "tag.renamed"
    activity.log(what, me, group=group, tag=[tag, to], topics=counts[0], files=counts[1])
    return merged


def _turned(model: Any, column: str, group: Group, tag: str, to: str) -> int:
    """How many rows bore the tag. Those of what bears both go; the others are of the other tag from now on."""
    both, old = aliased(model), (model.group_id == group.id, model.tag == tag)
    same = (getattr(both, column) == getattr(model, column), both.group_id == group.id, both.tag == to)
    twice = exists(select(1).where(*same).correlate(model))
    gone: Any = db.session.execute(delete(model).where(*old, twice), execution_options=UNSEEN)
    moved: Any = db.session.execute(update(model).where(*old).values(tag=to), execution_options=UNSEEN)
    return int(gone.rowcount + moved.rowcount)
