"""Where a page of what was found begins: after the place that an address names, if its reader knows that place."""

from typing import Any

from sqlalchemy import BigInteger, Integer, String, bindparam, cast, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, readable
from forum.models import Document, Group, Page, Post, Topic, Version, Workshop
from forum.models.entries import LAST, SLOTS

_post, _topic, _group, _page = aliased(Post), aliased(Topic), aliased(Group), aliased(Page)
#: the version that the file's page shows: one that still waits for the virus scanner does not take its place
FILE = (readable(Version, ASKER), Version.number == Document.last_version, Document.posted_at.is_not(None))

EDGE: tuple[Any, ...] = (
    bindparam("after_slug", type_=String), bindparam("after_n", type_=Integer), bindparam("after_no", type_=Integer)
)  # fmt: skip
#: one after the other: told all at once, SQLite begins with the posts and walks through every one
_group_id = select(_group.id).where(_group.slug == EDGE[0]).scalar_subquery()
_topic_id = select(_topic.id).where(_topic.group_id == _group_id, _topic.n == EDGE[1]).scalar_subquery()
POST_BEFORE = (
    select(_post.id).where(_post.topic_id == _topic_id, _post.no == EDGE[2], readable(_post, ASKER)).scalar_subquery()
)
FILE_BEFORE = (
    select(cast(Version.id, BigInteger) * SLOTS + LAST - EDGE[2])
    .join(Document, Document.id == Version.document_id)
    .join(Group, Group.id == Document.group_id)
    .where(Group.slug == EDGE[0], Document.n == EDGE[1], *FILE)
    .scalar_subquery()
    .correlate(None)
)
PAGE_BEFORE = (
    select(_page.id)
    .join(_group, _group.id == _page.group_id)
    .where(_group.slug == EDGE[0], _page.n == EDGE[1], readable(_page, ASKER))
    .scalar_subquery()
)

_workshop = aliased(Workshop)
WORKSHOP_BEFORE = (
    select(_workshop.id)
    .join(_group, _group.id == _workshop.group_id)
    .where(_group.slug == EDGE[0], _workshop.n == EDGE[1], readable(_workshop, ASKER))
    .scalar_subquery()
)
