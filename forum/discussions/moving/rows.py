"""The rows that move: taken first, given their new places, and everything that hangs on them brought along."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, exists, or_, select, update
from sqlalchemy.orm import aliased

from forum import moves, uploads
from forum.access import Person
from forum.discussions.actions.counting import UNSEEN, count_group, count_topic
from forum.discussions.moving import waiting
from forum.held import Settled, hold, still_may
from forum.kit.db import db
from forum.models import Citation, Cites, Concern, Document, Event, Group, Post, Quotation, Report, Topic


class Spot(NamedTuple):
    """Where a post stands: in a topic, with its number there, its place, its head and the post it answers."""

    id: int
    no: int
    place: int
    top_id: int | None
    parent_id: int | None
    author_id: int


GONE = "Somebody has moved or deleted this in the same moment. Look at it again."
_SPOT = (Post.id, Post.no, Post.place, Post.top_id, Post.parent_id, Post.author_id)


def take(me: Person, *topics: Topic, groups: Iterable[Group] = ()) -> None:
    """Holds topics, then their groups, until this transaction ends, and asks the rule once more. Raises Settled.

    Topics come first, as for whoever replies; both in the order of their numbers.
    """
    db.session.flush()
    stood = {topic.id: topic.group_id for topic in topics}
    for topic in sorted(topics, key=lambda each: each.id):
        live = (Topic.id == topic.id, Topic.group_id == stood[topic.id], Topic.deleted_at.is_(None))
        taken: Any = db.session.execute(
            update(Topic).where(*live).values(version=Topic.version + 1), execution_options=UNSEEN
        )
        if taken.rowcount != 1:
            raise Settled(GONE)
    hold(*(topic.group for topic in topics), *groups)
    for topic in topics:
        db.session.refresh(topic)
    for thing in (*topics, *groups):
        still_may(me, "facilitate", thing)


def spots_in(topic: Topic) -> list[Spot]:
    """Where each post of a topic stands, by number."""
    rows = db.session.execute(select(*_SPOT).where(Post.topic_id == topic.id).order_by(Post.no))
    return [Spot._make(row) for row in rows]


def with_replies(spots: Sequence[Spot], no: int) -> list[Spot]:
    """A post and all that answers it, and what answers that. Raises Settled if it is not there."""
    found: dict[int, Spot] = {}
    for spot in spots:
        if spot.no == no or (spot.no > no and (spot.parent_id in found or spot.top_id in found)):
            found[spot.id] = spot
    if not found:
        raise Settled(GONE)
    return list(found.values())


def posts_of(topic: Topic) -> list[int]:
    """The posts of a topic, its opening one first."""
    return [spot.id for spot in spots_in(topic)]


def posts_with(post: Post) -> list[int]:
    """A post and all that answers it, the post itself first."""
    return [spot.id for spot in with_replies(spots_in(post.topic), post.no)]


PUT = (
    update(Post)
    .where(Post.id == bindparam("one"))
    .values({name: bindparam(f"to_{name}") for name in ("topic_id", "group_id", "no", "place", "top_id", "parent_id")})
)


def put(topic: Topic, spots: Sequence[Spot]) -> None:
    """The posts stand so in this topic. Does not commit."""
    where = {"to_topic_id": topic.id, "to_group_id": topic.group_id}
    rows = [{"one": spot.id, **where, **{f"to_{name}": getattr(spot, name) for name in _NAMES}} for spot in spots]
    for at in range(0, len(rows), 500):
        db.session.connection().execute(PUT, rows[at : at + 500])
    db.session.expire_all()


_NAMES = ("no", "place", "top_id", "parent_id")


def order(topic: Topic) -> None:
    """Gives the first level its places, by number, without gaps; runs stand with their heads. Does not commit."""
    spots = spots_in(topic)
    heads = [spot for spot in spots if spot.top_id is None and spot.no]
    place = {spot.id: at for at, spot in enumerate(heads, start=1)}
    moved = [
        spot._replace(place=wanted)
        for spot in spots
        if (wanted := place.get(spot.top_id or spot.id, 0)) != spot.place
    ]  # fmt: skip
    put(topic, moved)
    highest = max([db.session.scalar(select(Topic.last_no).where(Topic.id == topic.id)) or 0, *(s.no for s in spots)])
    last = {"last_place": len(heads), "last_no": highest}
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(last), execution_options=UNSEEN)


def bring(ids: list[int], topic: Topic, back: Mapping[int, tuple[int, str]] | None = None) -> list[uploads.Carried]:
    """Files, citations and news of these posts belong to the topic, and its group, where they stand now.

    So do the files of what waits to be a reply there. Old addresses of files lead to the new ones. Does not commit.
    Raises uploads.Full.
    """
    for model in (Event, Citation, Quotation):
        values = {"group_id": topic.group_id} | ({"topic_id": topic.id} if model is Event else {})
        for at in range(0, len(ids), 500):
            which: Any = model.post_id.in_(ids[at : at + 500])
            db.session.execute(update(model).where(which).values(values), execution_options=UNSEEN)
    for at in range(0, len(ids), 500):
        _bring_concerns(Concern.post_id.in_(ids[at : at + 500]), topic.group_id)
    quoting = select(Post.topic_id).join(Quotation, Quotation.post_id == Post.id)
    tell_cites(db.session.scalars(quoting.where(Quotation.source_id.in_(ids)).distinct()).all())
    return _bring_files(ids, topic, back)


def _bring_concerns(which: Any, group_id: int) -> None:
    """What was reported is decided by those who look after it now."""
    for model, of in ((Report, Report.concern_id.in_(select(Concern.id).where(which))), (Concern, which)):
        moved: Any = update(model).where(of).values(group_id=group_id)
        db.session.execute(moved, execution_options=UNSEEN)


def _bring_files(ids: list[int], topic: Topic, back: Mapping[int, tuple[int, str]] | None) -> list[uploads.Carried]:
    theirs = or_(Document.post_id.in_(ids), Document.id.in_(waiting.files_of(topic)))
    found = select(Document).where(theirs, Document.deleted_at.is_(None))
    elsewhere = found.where(Document.group_id != topic.group_id).order_by(Document.id)
    documents = list(db.session.scalars(elsewhere).unique())
    before = {document.id: document.group for document in documents}
    carried = uploads.carry(documents, topic.group, back)
    for one in carried:
        moves.leave("file", one.before, group_id=before[one.id].id, to_document_id=one.id)
        if back:
            moves.come_back("file", one.after, group_id=topic.group_id)
    citing = select(Post.topic_id).join(Citation, Citation.post_id == Post.id)
    talked = citing.where(Citation.document_id.in_([one.id for one in carried]))
    if carried:
        _bring_concerns(Concern.document_id.in_([one.id for one in carried]), topic.group_id)
        tell_cites(list(db.session.scalars(talked.distinct())))
    for group in {group.id: group for group in before.values()}.values():
        uploads.recount(group)
    return carried


def tell_cites(topics: Iterable[int]) -> None:
    """Notes whose slides and posts these topics cite and quote, as things stand now. Does not commit."""
    cited = (
        select(Citation.id)
        .join(Post, Post.id == Citation.post_id)
        .join(Document, Document.id == Citation.document_id)
        .where(Post.topic_id == Topic.id)
        .correlate(Topic)
    )
    source = aliased(Post)
    quoted = (
        select(Quotation.id)
        .join(Post, Post.id == Quotation.post_id)
        .join(source, source.id == Quotation.source_id)
        .where(Post.topic_id == Topic.id, source.topic_id != Topic.id)
        .correlate(Topic)
    )
    reach = case(
        (or_(exists(quoted), exists(cited.where(Document.group_id != Topic.group_id))), Cites.ELSEWHERE.value),
        (exists(cited), Cites.HERE.value),
        else_=Cites.NONE.value,
    )
    values = {"cites": reach, "version": Topic.version + 1}
    db.session.execute(update(Topic).where(Topic.id.in_(list(topics))).values(values), execution_options=UNSEEN)


def count(*topics: Topic, groups: Iterable[Group] = ()) -> None:
    """Counts topics, their groups, and those groups' files anew. Does not commit."""
    tell_cites(topic.id for topic in topics)
    for topic in topics:
        count_topic(topic)
    for group in groups:
        count_group(group.id)
    for group in {each.id: each for each in (*(topic.group for topic in topics), *groups)}.values():
        db.session.refresh(group)
        uploads.recount(group)
