"""The words that posts quote, as a reader sees them: of a post that they may not read nothing is selected."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy import and_, bindparam, case, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, Person, asked_by, readable
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.kit.quoting import filled
from forum.models import Group, Post, Quotation, Topic, User

_QUOTING = aliased(Post)
_OPENS = and_(Post.deleted_at.is_(None), readable(Post, ASKER))


def _of(*columns: Any) -> tuple[Any, ...]:
    return tuple(case((_OPENS, column)).label(column.key) for column in columns)


_QUOTED = (
    select(
        Quotation.post_id, Quotation.number, _OPENS.label("opens"),
        *_of(Quotation.html, User.name, Group.slug, Topic.n, Topic.title, Post.no, Post.topic_id),
    )
    .select_from(Quotation)
    .join(Post, Post.id == Quotation.source_id)
    .join(Topic, Topic.id == Post.topic_id)
    .join(Group, Group.id == Topic.group_id)
    .join(User, User.id == Post.author_id)
)  # fmt: skip
OF_PAGE = Hot(
    _QUOTED.where(
        Quotation.post_id.in_(
            select(_QUOTING.id).where(
                _QUOTING.topic_id == bindparam("topic"), _QUOTING.place > bindparam("above"),
                _QUOTING.place <= bindparam("upto"),
            )
        )
    )
)  # fmt: skip


OF_POSTS = _QUOTED.where(Quotation.post_id.in_(bindparam("posts", expanding=True)))


class Quoted(NamedTuple):
    """Words as they stand in a page: whose they are, and where they were said."""

    html: Markup
    name: str
    address: str
    no: int
    #: what it was said about, where that is another topic
    about: str


def quoted_on(topic_id: int, above: int, upto: int, me: Person) -> dict[tuple[int, int], Quoted]:
    """What the posts at those places quote, of what this reader may read, by post id and number. One statement."""
    rows = OF_PAGE.rows({**asked_by(me), "topic": topic_id, "above": above, "upto": upto})
    return {(row.post_id, row.number): _quoted(row, topic_id) for row in rows if row.opens}


def _quoted(row: Any, topic_id: int) -> Quoted:
    address = f"/groups/{row.slug}/topics/{row.n}/posts/{row.no}"
    about = row.title if row.topic_id != topic_id else ""
    return Quoted(Markup(row.html), row.name, address, row.no, about)  # noqa: S704 cleaned when it was taken


def put_quotes(me: Person, topic: Any, posts: Iterable[Any], above: int, upto: int) -> None:
    """Puts into each post of a page the words that it quotes. One statement, if any post there quotes."""
    quoting = [post for post in posts if post and "<!--quote " in post.html]
    found = quoted_on(topic.id, above, upto, me) if quoting else {}
    for post in quoting:
        post.html = filled(str(post.html), partial(_one, found, post.id))


def words_in(me: Person, posts: Iterable[Any]) -> Callable[[Any], Markup]:
    """What gives the HTML of one of these posts, with the words that this reader may read. One statement."""
    quoting = {post.id: post for post in posts if "<!--quote " in post.html}
    rows = db.session.execute(OF_POSTS, {**asked_by(me), "posts": list(quoting)}).all() if quoting else ()
    found = {(row.post_id, row.number): _quoted(row, quoting[row.post_id].topic_id) for row in rows if row.opens}
    return lambda post: filled(str(post.html), partial(_one, found, post.id))


def _one(found: dict[tuple[int, int], Quoted], post_id: int, number: int) -> Markup:
    return drawn(found.get((post_id, number)))


def drawn(quoted: Any) -> Markup:
    """A quotation, made by its macro; None = one that is not shown."""
    made: Any = current_app.jinja_env.get_template("macros/quote.html").module
    block: Markup = made.quotation(quoted)
    return block
