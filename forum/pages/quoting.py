"""What a page quotes of posts: each author is asked, and nobody else reads the words before they agree."""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy import func, select, update

from forum import outbox
from forum.access import Person, hearers, readable
from forum.kit import text
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.quoting import filled
from forum.models import Consent, Group, Page, PageQuote, Post, Topic, User
from forum.quoting import Taken, taken

UNSEEN = {"synchronize_session": False}


def quoted(me: Person, group: Group, body: str) -> tuple[str, list[Taken]]:
    """The page's text with stubs in place of what it quotes, and the words. Raises TooLong, in words for the writer."""
    body, quotes = taken(me, group, body)
    sources = select(Post.group_id, Post.author_id).where(Post.id.in_([one.source_id for one in quotes]))
    rows = db.session.execute(sources).all() if quotes else ()
    if any(row.group_id != group.id for row in rows):
        raise text.TooLong("Only what was said in this group can be quoted on its pages. Else use your own words.")
    asked = {row.author_id for row in rows} - {me.id}
    here = (
        set(db.session.scalars(hearers(group).with_only_columns(User.id).where(User.id.in_(asked)))) if asked else set()
    )
    if asked - here:
        raise text.TooLong(
            "Somebody whom you quote is not in this group any more, and can’t be asked. Use your own words."
        )
    return body, quotes


def note(me: Person, page: Page, quotes: Sequence[Taken]) -> None:
    """The page quotes these words; whoever wrote them is asked, unless that is the writer. Does not commit."""
    words: dict[int, list[str]] = {}
    for one in quotes:
        words.setdefault(one.source_id, []).extend([one.words] if one.words else [])
    known = {row.source_id: row for row in db.session.scalars(select(PageQuote).where(PageQuote.page_id == page.id))}
    for source_id, parts in words.items():
        said, row = "\n\n".join(parts), known.get(source_id)
        if not said or (row is not None and row.words == said):
            continue
        if row is None:
            row = PageQuote(page_id=page.id, source_id=source_id, number=len(known) + 1)
            known[source_id] = row
            db.session.add(row)
        row.words, row.html, row.asker_id, row.asked_at = said, str(text.render(said)), me.id or 0, now()
        _ask(me, page, row)
    db.session.flush()


def _ask(me: Person, page: Page, quote: PageQuote) -> None:
    """Asks whoever wrote it; of one's own words one need not be asked."""
    wrote = select(User).join(Post, Post.author_id == User.id).where(Post.id == quote.source_id)
    author = db.session.scalars(wrote).one()
    quote.consent = Consent.GIVEN if author.id == me.id else Consent.ASKED
    if author.id != me.id:
        mark = hashlib.sha256(quote.words.encode()).hexdigest()[:16]
        once = f"quoted:{page.id}:{quote.source_id}:{mark}"
        outbox.queue("quoted", author, once, post=quote.source_id, by=me.name, n=page.n)


def answer(me: Person, quote: PageQuote, consent: Consent) -> None:
    """What its author says to it. They may change their mind. Does not commit."""
    values = {"consent": consent, "answered_at": now()}
    db.session.execute(update(PageQuote).where(PageQuote.id == quote.id).values(values), execution_options=UNSEEN)


def quote_of(me: Person, page: Page, number: int) -> PageQuote | None:
    """The quotation of that number, if it is of something that this person wrote."""
    mine = (
        PageQuote.page_id == page.id,
        PageQuote.number == number,
        Post.author_id == me.id,
        Post.deleted_at.is_(None),
    )
    found = select(PageQuote).join(Post, Post.id == PageQuote.source_id)
    return db.session.scalar(found.where(*mine)) if number < 2**31 else None


class Words(NamedTuple):
    """A quotation for one reader. `mine`: they wrote it; `asked`: they took it from there."""

    number: int
    html: Markup
    name: str
    address: str
    no: int
    about: str
    consent: Consent
    mine: bool
    asked: bool

    @property
    def shown(self) -> bool:
        """Whether its words are for this reader."""
        return self.consent == Consent.GIVEN or self.mine or self.asked


def words_on(me: Person, page: Page) -> dict[int, Words]:
    """What a page quotes, of posts that this reader may read, by the post's id. One statement."""
    columns = (PageQuote, Post.no, Post.author_id, Topic.n, Topic.title, Group.slug, User.name)
    found = (
        select(*columns)
        .join(Post, Post.id == PageQuote.source_id)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .join(User, User.id == Post.author_id)
        .where(PageQuote.page_id == page.id, Post.deleted_at.is_(None), readable(Post, me))
    )
    return {row.PageQuote.source_id: _words(me, row) for row in db.session.execute(found)}


def _words(me: Person, row: Any) -> Words:
    quote, mine = row.PageQuote, bool(me) and row.author_id == me.id
    address = f"/groups/{row.slug}/topics/{row.n}/posts/{row.no}"
    asked = bool(me) and quote.asker_id == me.id
    html = Markup(quote.html)  # noqa: S704 cleaned when it was taken
    return Words(quote.number, html, row.name, address, row.no, row.title, quote.consent, mine, asked)


def with_words(page: Page, words: dict[int, Words]) -> Markup:
    """The HTML of a page, with each quotation as this reader may see it."""
    made: Any = current_app.jinja_env.get_template("macros/quote.html").module
    return filled(page.html, lambda source_id: made.on_page(words.get(source_id)))


def story_of(me: Person, topic: Topic, most: int = 6) -> list[Any]:
    """The posts of a topic that a story is made of: how it began, the accepted answer, and what helped most."""
    here = hearers(topic.group).with_only_columns(User.id).where(User.id == Post.author_id).correlate(Post)
    first = (Post.no == 0).desc(), func.coalesce(Post.no == topic.accepted_no, False).desc(), Post.helpful_count.desc()
    found = (
        select(Post.no, Post.body, User.name)
        .join(User, User.id == Post.author_id)
        .where(Post.topic_id == topic.id, Post.deleted_at.is_(None), Post.hidden_at.is_(None), here.exists())
        .where((Post.no == 0) | (Post.helpful_count > 0) | func.coalesce(Post.no == topic.accepted_no, False))
        .order_by(*first, Post.no)
        .limit(most)
    )
    return list(db.session.execute(found).all())
