"""The rule over rows: for each model the SQL condition under which somebody may read a row of it.

Only access.py asks here; who "somebody" is (a reader, everyone in a column, one to be named later) is an argument.
"""

from collections.abc import Callable  # noqa: I001 a model a line would not fit
from typing import Any

from sqlalchemy import and_, not_, or_

from forum.asking import Who
from forum.kit.lean import Columns, one_of, some
from forum.models import (
    Booking, Bookmark, Citation, Concern, Document, FileAudience, Held, HotSeat, Kind, Notice, Page, Poll, Post,
    Preview, Quotation, Scan, SeatQuestion, Slide, Suggestion, Topic, User, Version, Workshop,
)  # fmt: skip
from forum.meetings import of_booking, of_workshop
from forum.rule import CARD, FACILITATE, READ, TAKE_PART, Level, of_group, reaches, registered, seated
from forum.talk import in_topic, of_question, of_topic, own_topic, some_topic
from forum.who import Condition

some_post = some(Post, "id", "group_id", "topic_id", "deleted_at", "hidden_at")
some_document = some(
    Document, "id", "group_id", "post_id", "uploader_id", "audience", "posted_at", "hidden_at", "deleted_at", "checked"
)
some_version = some(Version, "id", "document_id", "deleted_at", "scan", "uploader_id")


def own_post(post: Columns, leads: Condition) -> Condition:
    return or_(post.hidden_at.is_(None), leads)


def _of_topic(post: Columns, leads: Condition) -> Condition:
    return some_topic(lambda topic: and_(topic.id == post.topic_id, own_topic(topic, leads)))


def _posted(who: Who, document: Columns, leads: Condition) -> Condition:
    """SQL of: posted, not taken back, and so is the post that carries it; found free of viruses, or their own."""
    carried = some_post(
        lambda p: and_(p.id == document.post_id, p.deleted_at.is_(None), own_post(p, leads), _of_topic(p, leads))
    )
    seen = or_(document.checked, who.is_(document.uploader_id))
    live = and_(document.deleted_at.is_(None), document.posted_at.is_not(None), seen)
    return and_(live, or_(document.hidden_at.is_(None), leads), or_(document.post_id.is_(None), carried))


def _opens(who: Who, document: Columns, group: Columns) -> Condition:
    """SQL of: the file's own audience lets them open it. Wider than the group allows = as wide as it allows."""
    wide = one_of(document.audience, (FileAudience.WEB, FileAudience.REGISTERED))
    single = and_(group.single_files, group.kind == Kind.RESTRICTED, document.post_id.is_(None))
    ways = or_(
        and_(document.audience == FileAudience.WEB, group.kind == Kind.OPEN, reaches(who, group, CARD)),
        and_(wide, or_(group.kind == Kind.OPEN, single), registered(who, group)),
        and_(document.audience != FileAudience.FACILITATORS, seated(who, group)),
        reaches(who, group, FACILITATE),
    )
    return and_(ways, or_(document.post_id.is_(None), reaches(who, group, READ)))


def _document(who: Who, document: Columns) -> Condition:
    def lets(group: Columns) -> Condition:
        own = and_(document.posted_at.is_(None), document.deleted_at.is_(None), who.is_(document.uploader_id))
        posted = _posted(who, document, reaches(who, group, FACILITATE))
        return or_(and_(own, reaches(who, group, TAKE_PART)), and_(posted, _opens(who, document, group)))

    return of_group(document.group_id, lets)


def mentioned(who: Who, document: Any = Document) -> Condition:
    """SQL of: sees the page that mentions the file, so at least its card (kind, title, size, what to do)."""

    def lets(group: Columns) -> Condition:
        leads = reaches(who, group, FACILITATE)
        in_sight = or_(document.audience != FileAudience.FACILITATORS, leads)
        return and_(_posted(who, document, leads), in_sight, reaches(who, group, READ))

    return of_group(document.group_id, lets)


def _post(who: Who, post: Columns) -> Condition:
    def lets(group: Columns) -> Condition:
        leads = reaches(who, group, FACILITATE)
        return and_(reaches(who, group, READ), _of_topic(post, leads), own_post(post, leads))

    return of_group(post.group_id, lets)


def _page(who: Who, page: Columns) -> Condition:
    return and_(page.deleted_at.is_(None), of_group(page.group_id, lambda group: reaches(who, group, READ)))


def _version(who: Who, version: Columns) -> Condition:
    of_document = some_document(lambda document: and_(document.id == version.document_id, _document(who, document)))
    waits = and_(one_of(version.scan, (Scan.WAITING, Scan.STALLED)), who.is_(version.uploader_id))
    seen = or_(one_of(version.scan, (Scan.NONE, Scan.CLEAN)), waits)
    return and_(version.deleted_at.is_(None), seen, of_document)


def _of_version(who: Who, made: Columns) -> Condition:
    return some_version(lambda version: and_(version.id == made.version_id, _version(who, version)))


def _citation(who: Who, citation: Columns) -> Condition:
    """The post that cites, and the slide that it cites: who may read one of them only learns nothing of the other."""
    cited = some_version(lambda version: and_(version.id == citation.version_id, _version(who, version)))
    return and_(cited, some_post(lambda post: and_(post.id == citation.post_id, _post(who, post))))


def _quotation(who: Who, quotation: Columns) -> Condition:
    """The post that quotes, and the one that is quoted: who may read one of them only learns nothing of the other."""
    quoted = some_post(lambda post: and_(post.id == quotation.source_id, post.deleted_at.is_(None), _post(who, post)))
    return and_(quoted, some_post(lambda post: and_(post.id == quotation.post_id, _post(who, post))))


def _suggestion(who: Who, suggestion: Columns) -> Condition:
    """Words proposed for a slide: seen by whoever proposed them, and by those who may put them there."""

    def decides(version: Columns) -> Condition:
        own = some_document(lambda doc: and_(doc.id == version.document_id, who.is_(doc.uploader_id)))
        leads = of_group(suggestion.group_id, lambda group: reaches(who, group, FACILITATE))
        return or_(who.is_(suggestion.author_id), own, leads)

    return some_version(lambda v: and_(v.id == suggestion.version_id, _version(who, v), decides(v)))


def _bookmark(who: Who, bookmark: Columns) -> Condition:
    """What somebody keeps: their own, and only while they may read it."""
    post = some_post(lambda post: and_(post.id == bookmark.post_id, _post(who, post)))
    document = some_document(lambda document: and_(document.id == bookmark.document_id, _document(who, document)))
    return and_(who.is_(bookmark.user_id), or_(post, document))


def _held(who: Who, held: Columns) -> Condition:
    """What waits for a facilitator: read by them, and always by whoever wrote it."""
    leads = of_group(held.group_id, lambda group: reaches(who, group, FACILITATE))
    return or_(and_(who.is_registered(), who.is_(held.author_id)), leads)


def _concern(who: Who, concern: Columns) -> Condition:
    """What was reported: seen by those who decide. Not by whose thing it is, unless nobody else leads the group."""

    def lets(group: Columns) -> Condition:
        theirs = and_(who.is_(concern.author_id), group.facilitator_count > 1)
        return and_(reaches(who, group, FACILITATE), not_(theirs))

    return of_group(concern.group_id, lets)


def _notice(who: Who, notice: Columns) -> Condition:
    """What somebody was told: theirs alone, while they read the post, and stand as high in its group as it needs."""

    def high(group: Columns) -> Condition:
        return or_(*(and_(notice.needs == at.value, reaches(who, group, at)) for at in Level if at))

    def of(post: Columns) -> Condition:
        read = and_(post.id == notice.post_id, post.deleted_at.is_(None), _post(who, post))
        return and_(read, of_group(post.group_id, high))

    return and_(who.is_(notice.user_id), or_(some_post(of), of_group(notice.group_id, high)))


def _user(who: Who, user: Columns) -> Condition:
    return and_(who.is_registered(), user.active, user.confirmed_at.is_not(None))


RULES: dict[type, Callable[[Who, Columns], Condition]] = {
    Document: _document,
    Version: _version,
    Preview: _of_version,
    Slide: _of_version,
    Citation: _citation,
    Quotation: _quotation,
    Concern: _concern,
    Held: _held,
    Notice: _notice,
    Suggestion: _suggestion,
    Bookmark: _bookmark,
    Topic: of_topic,
    Poll: in_topic,
    HotSeat: in_topic,
    SeatQuestion: of_question,
    Page: _page,
    Workshop: of_workshop,
    Booking: of_booking,
    Post: _post,
    User: _user,
}
