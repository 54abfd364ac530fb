"""Quoting posts: words come with their author and a link, and are shown for as long as their post is.

The words are kept beside the text, not in it: what cannot be read any more is quoted nowhere.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from forum.access import Person, model_of, readable, seen_by_all
from forum.kit import text
from forum.kit.db import db
from forum.kit.quoting import Quote, marked, places_in, quoted_lines, quotes_in, swapped
from forum.kit.text import TooLong
from forum.models import Group, Post, Quotation, Topic, User

#: quotations in one text
MOST = 20
ADDRESS = re.compile(
    r"(?P<post>/groups/(?P<slug>[a-z0-9-]{1,80})/topics/(?P<n>[1-9]\d{0,8})(?:-[^/]{0,200})?/posts/(?P<k>0|[1-9]\d{0,8}))"
    r"(?:#quote-(?P<number>[1-9]\d{0,8}))?"
)

Key = tuple[str, int, int]


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
    #: which of a page's quotations it is; 0 = one of a post, or a new one
    number: int = 0
    #: whether the writer may read it now; else it stays as it is, unseen
    opens: bool = True

    @property
    def stub(self) -> str:
        """What stands in the text in their place: a link, which says nothing."""
        named = f"{self.address}#quote-{self.number}" if self.number else self.address
        return quoted_lines(f"[post {self.no}]({named})", "")


class Kept(NamedTuple):
    """Words that a text quotes already, and the address by which it names their post."""

    address: str
    taken: Taken


class Named(NamedTuple):
    """A quotation that names a post: its address without what follows it, that post's key, and a page's number."""

    quote: Quote
    address: str
    key: Key
    number: int


def taken(me: Person | None, thing: Any, body: str, kept: Sequence[Kept] = ()) -> list[tuple[Quote, Taken]]:
    """What a text quotes, and the words.

    What it quoted before (`kept`) and quotes still stays as it was, whoever may read that now. Anything else that names
    no post that `me` may read is text as any. Raises TooLong, in words for the writer, where not everyone who reads
    `thing` may read what is quoted, and for a post that was deleted. One statement finds all posts.
    """
    named = [one for quote in quotes_in(body) if (one := _named(quote))] if me else []
    if len(named) > MOST:
        raise TooLong(f"A text can quote {MOST} times, and this one does so {len(named)} times. Leave some out.")
    sources = _sources(me, {one.key for one in named if one.quote.words}) if me and named else {}
    left, found = list(kept), []
    for one in named:
        old = _old(left, one, sources)
        if old and not old.taken.number:
            left.remove(old)
        if old:
            found.append((one.quote, old.taken))
        elif one.quote.words and one.key in sources:
            found.append((one.quote, _checked(thing, one.quote, sources[one.key])))
    return found


def _named(quote: Quote) -> Named | None:
    here = str(current_app.config["BASE_URL"]).rstrip("/")
    one = ADDRESS.fullmatch(quote.address.removeprefix(here))
    key = (one["slug"], int(one["n"]), int(one["k"])) if one else None
    return Named(quote, one["post"], key, int(one["number"] or 0)) if one and key else None


def _sources(me: Person, keys: Iterable[Key]) -> dict[Key, Post]:
    """The posts of these addresses that they may read."""
    these = [and_(Group.slug == slug, Topic.n == n, Post.no == no) for slug, n, no in keys]
    if not these:
        return {}
    found = select(Post, Group.slug, Topic.n).join(Topic, Topic.id == Post.topic_id)
    mine = found.join(Group, Group.id == Topic.group_id).where(or_(*these), readable(Post, me))
    rows = db.session.execute(mine.options(joinedload(Post.author))).unique()
    return {(row.slug, row.n, row.Post.no): row.Post for row in rows}


def _old(left: list[Kept], one: Named, sources: dict[Key, Post]) -> Kept | None:
    """What the text quoted there before, if it still does: the same words, or none, which stand for what was there."""
    same = [old for old in left if one.quote.words in ("", old.taken.words)]
    here = [old for old in same if one.address in (old.address.partition("#")[0], old.taken.address)]
    if not here and one.key not in sources:  # its post moved since
        return next((old for old in same if one.number and old.taken.number == one.number), None)
    return next((old for old in here if old.taken.number == one.number), here[0] if here else None)


def _checked(thing: Any, quote: Quote, source: Post) -> Taken:
    if source.deleted_at:
        raise TooLong(f"Post {source.no}, which you quote, was deleted. Take the quotation out.")
    own = model_of(thing) is Topic and thing.id == source.topic_id and source.hidden_at is None
    if not own and not seen_by_all(source, thing):
        raise TooLong(
            f"Not everyone who can read this can read post {source.no} of “{source.topic.title}”, so it can’t be "
            "quoted here. Say it in your own words, or take the quotation out."
        )
    topic, words = source.topic, text.render(quote.words)
    address = f"/groups/{topic.group.slug}/topics/{topic.n}/posts/{source.no}"
    about = "" if model_of(thing) is Topic and thing.id == topic.id else topic.title
    return Taken(source.id, topic.id, quote.words, words, source.author.name, address, source.no, about)


def stubbed(body: str, found: Sequence[tuple[Quote, Taken]]) -> str:
    """The text with stubs in place of what it quotes."""
    return swapped(body, [(quote, one.stub) for quote, one in found])


def with_marks(html: str, quotes: Sequence[Taken]) -> str:
    """The HTML of a text with stubs, in which the places of its quotations are marked: by number, or else from 1."""
    stubs = [str(text.render(one.stub)).strip() for one in quotes]
    return marked(html, stubs, [one.number or at for at, one in enumerate(quotes, start=1)])


def quoting(me: Person, model: Any) -> Select[Any]:
    """Rows that quote, with what a Kept needs of the post that each quotes; whether this person `opens` it, too."""
    return (
        select(model, Post.no, Post.topic_id, Topic.n, Topic.title, Group.slug, User.name)
        .join(Post, Post.id == model.source_id)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .join(User, User.id == Post.author_id)
        .add_columns(and_(Post.deleted_at.is_(None), readable(Post, me)).label("opens"))
        .order_by(model.number)
    )


def kept_of(me: Person, post: Post) -> list[Kept]:
    """What a post quotes."""
    rows, places = db.session.execute(quoting(me, Quotation).where(Quotation.post_id == post.id)), places_in(post.html)
    return [kept_from(row, row.Quotation, places, post.topic_id) for row in rows]


def kept_from(row: Any, quote: Any, places: dict[int, str], topic_id: int | None = None, number: int = 0) -> Kept:
    """What one row of `quoting` keeps. `places`: the addresses that the text names them by."""
    address = f"/groups/{row.slug}/topics/{row.n}/posts/{row.no}"
    html = Markup(quote.html)  # noqa: S704 cleaned when it was taken
    about = row.title if row.topic_id != topic_id else ""
    of = (quote.source_id, row.topic_id, quote.words, html, row.name, address, row.no, about)
    return Kept(places.get(quote.number, address), Taken(*of, number=number, opens=row.opens))


def shown_html(post: Post) -> str:
    """The HTML of a post, and of all that it quotes. One statement, if it quotes anything."""
    if "<!--quote " not in post.html:
        return post.html
    quoted = db.session.scalars(select(Quotation.html).where(Quotation.post_id == post.id))
    return "\n".join([post.html, *quoted])


def written_out(me: Person, post: Post) -> str:
    """A post's text for its writer to edit: with the words of what it quotes, as far as they may read those."""
    left, out = kept_of(me, post), []
    for stub in quotes_in(post.body):
        old = next((one for one in left if not stub.words and one.address == stub.address), None)
        if old is not None:
            left.remove(old)
        if old is not None and old.taken.opens:
            head = f"**{old.taken.name}**, [post {old.taken.no}]({old.taken.address}):"
            out.append((stub, quoted_lines(head, old.taken.words)))
    return swapped(post.body, out)
