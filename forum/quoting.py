"""Quoting posts: words come with their author and a link, and are shown for as long as their post is.

The words are kept beside the text, not in it: what cannot be read any more is quoted nowhere.
"""

import re
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access import Person, readable, seen_by_all
from forum.kit import text
from forum.kit.db import db
from forum.kit.quoting import Quote, marked, quoted_lines, quotes_in, swapped
from forum.kit.text import TooLong
from forum.models import Group, Post, Quotation, Topic, User

#: quotations in one post
MOST = 20
ADDRESS = re.compile(
    r"/groups/(?P<slug>[a-z0-9-]{1,80})/topics/(?P<n>[1-9]\d{0,8})(?:-[^/]{0,200})?/posts/(?P<k>0|[1-9]\d{0,8})"
)


class Taken(NamedTuple):
    """Words taken from a post, ready to be stored."""

    source_id: int
    topic_id: int
    words: str
    html: Markup
    name: str
    address: str
    no: int
    #: what it was said about, where that is another topic
    about: str

    @property
    def stub(self) -> str:
        """What stands in the text in their place: a link, which says nothing."""
        return quoted_lines(f"[post {self.no}]({self.address})", "")


def taken(me: Person | None, thing: Any, body: str) -> tuple[str, list[Taken]]:
    """The text with stubs in place of what it quotes, and the words taken out.

    A quotation that names no post that `me` may read is text as any. Raises TooLong, in words for the writer, where
    not everyone who reads `thing` may read what is quoted, and for a post that was deleted.
    """
    named = [(quote, source) for quote in quotes_in(body) if me and (source := _source(me, quote))]
    if len(named) > MOST:
        raise TooLong(f"A post can quote {MOST} times, and this one does so {len(named)} times. Leave some out.")
    found = [_checked(thing, quote, source) for quote, source in named]
    stubs = [(quote, one.stub) for (quote, _), one in zip(named, found, strict=True)]
    return swapped(body, stubs), found


def _source(me: Person, quote: Quote) -> Post | None:
    """The post that a quotation names, if they may read it."""
    here = str(current_app.config["BASE_URL"]).rstrip("/")
    one = ADDRESS.fullmatch(quote.address.removeprefix(here))
    if one is None:
        return None
    found = select(Post).join(Topic, Topic.id == Post.topic_id).join(Group, Group.id == Topic.group_id)
    named = (Group.slug == one["slug"], Topic.n == int(one["n"]), Post.no == int(one["k"]))
    return db.session.scalar(found.where(*named, readable(Post, me)).options(joinedload(Post.author)))


def _checked(thing: Any, quote: Quote, source: Post) -> Taken:
    if source.deleted_at:
        raise TooLong(f"Post {source.no}, which you quote, was deleted. Take the quotation out.")
    own = isinstance(thing, Topic) and thing.id == source.topic_id and source.hidden_at is None
    if not own and not seen_by_all(source, thing):
        raise TooLong(
            f"Not everyone who can read this can read post {source.no} of “{source.topic.title}”, so it can’t be "
            "quoted here. Say it in your own words, or take the quotation out."
        )
    topic, words = source.topic, text.render(quote.words)
    address = f"/groups/{topic.group.slug}/topics/{topic.n}/posts/{source.no}"
    about = "" if isinstance(thing, Topic) and thing.id == topic.id else topic.title
    return Taken(source.id, topic.id, quote.words, words, source.author.name, address, source.no, about)


def with_marks(html: str, quotes: list[Taken], numbers: list[int] | None = None) -> str:
    """The HTML of a text with stubs, in which the places of its quotations are marked: from 1, or by these numbers."""
    stubs = [str(text.render(one.stub)).strip() for one in quotes]
    return marked(html, stubs, numbers or list(range(1, len(quotes) + 1)))


def shown_html(post: Post) -> str:
    """The HTML of a post, and of all that it quotes. One statement, if it quotes anything."""
    if "<!--quote " not in post.html:
        return post.html
    quoted = db.session.scalars(select(Quotation.html).where(Quotation.post_id == post.id))
    return "\n".join([post.html, *quoted])


def written_out(me: Person, post: Post) -> str:
    """A post's text for its writer to edit: with the words of what it quotes, as far as they may read those."""
    rows = db.session.execute(
        select(Quotation.words, User.name, Group.slug, Topic.n, Post.no)
        .join(Post, Post.id == Quotation.source_id)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .join(User, User.id == Post.author_id)
        .where(Quotation.post_id == post.id, readable(Quotation, me))
        .order_by(Quotation.number)
    ).all()
    left, out = list(rows), []
    for stub in quotes_in(post.body):
        row = next((one for one in left if stub.address == f"/groups/{one.slug}/topics/{one.n}/posts/{one.no}"), None)
        if row is not None and not stub.words:
            left.remove(row)
            out.append((stub, quoted_lines(f"**{row.name}**, [post {row.no}]({stub.address}):", row.words)))
    return swapped(post.body, out)
