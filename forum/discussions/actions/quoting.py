"""What a post quotes, written down with it; and what becomes of quotations when the post quoted goes."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import aliased

from forum.discussions.actions.counting import UNSEEN
from forum.kit.db import db
from forum.models import Cites, PageQuote, Post, Quotation, Topic
from forum.quoting import Taken


def quote(post: Post, quotes: Sequence[Taken]) -> None:
    """The post quotes these words. Does not commit."""
    if not quotes:
        return
    of = {"post_id": post.id, "group_id": post.group_id}
    rows = [
        {**of, "number": number, "source_id": one.source_id, "words": one.words, "html": one.html}
        for number, one in enumerate(quotes, start=1)
    ]
    db.session.execute(insert(Quotation), rows)
    if any(one.topic_id != post.topic_id for one in quotes):
        elsewhere = update(Topic).where(Topic.id == post.topic_id).values(cites=Cites.ELSEWHERE)
        db.session.execute(elsewhere, execution_options=UNSEEN)


def quotes_other(post: Post, quotes: Sequence[Taken]) -> bool:
    """Whether these are not the words that the post quotes."""
    found = select(Quotation.source_id, Quotation.words).where(Quotation.post_id == post.id).order_by(Quotation.number)
    return [tuple(row) for row in db.session.execute(found)] != [(one.source_id, one.words) for one in quotes]


def quote_anew(post: Post, quotes: Sequence[Taken]) -> None:
    """The post quotes these words and no others. Does not commit."""
    if not quotes_other(post, quotes):
        return
    db.session.execute(delete(Quotation).where(Quotation.post_id == post.id), execution_options=UNSEEN)
    quote(post, quotes)


def forget_quotes(posts: list[int]) -> None:
    """These posts quote nothing any more, and what was quoted of them is gone. Does not commit."""
    unquoted(posts)
    gone = {"words": "", "html": ""}
    db.session.execute(update(Quotation).where(Quotation.source_id.in_(posts)).values(gone), execution_options=UNSEEN)
    db.session.execute(update(PageQuote).where(PageQuote.source_id.in_(posts)).values(gone), execution_options=UNSEEN)
    db.session.execute(delete(Quotation).where(Quotation.post_id.in_(posts)), execution_options=UNSEEN)


def unquoted(posts: list[int]) -> None:
    """The pages that quote these posts are made anew. Does not commit."""
    quoting = aliased(Post)
    where = select(quoting.topic_id).join(Quotation, Quotation.post_id == quoting.id)
    pages = where.where(Quotation.source_id.in_(posts))
    changed = update(Topic).where(Topic.id.in_(pages)).values(version=Topic.version + 1)
    db.session.execute(changed, execution_options=UNSEEN)
