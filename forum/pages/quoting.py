"""What a page quotes of posts: nobody but their authors and who took them reads the words before they are agreed to."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy import func, select

from forum.access import Person, hearers, readable
from forum.kit import text
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.quoting import filled, places_in
from forum.models import Consent, Group, Page, PageQuote, Post, Topic, User
from forum.pages.consent import ask
from forum.quoting import Taken, kept_from, quoting, stubbed, taken


def quoted(me: Person, group: Group, body: str, page: Page | None = None) -> tuple[str, list[Taken]]:
    """The page's text with stubs in place of what it quotes, and the words, numbered. Raises TooLong, in words.

    What the page quoted before is not asked about again: somebody who left would keep all others from changing it.
    """
    kept = []
    if page:
        rows, places = (
            db.session.execute(quoting(me, PageQuote).where(PageQuote.page_id == page.id)),
            places_in(page.html),
        )
        kept = [kept_from(row, row.PageQuote, places, number=row.PageQuote.number) for row in rows]
    found = taken(me, group, body, kept)
    _check(me, group, [one.source_id for _, one in found if not one.number])
    numbers = {(old.taken.source_id, old.taken.words): old.taken.number for old in kept}
    last, numbered = max(numbers.values(), default=0), []
    for quote, one in found:
        number = one.number or numbers.setdefault((one.source_id, one.words), last + 1)
        last = max(last, number)
        numbered.append((quote, one._replace(number=number)))
    return stubbed(body, numbered), [one for _, one in numbered]


def _check(me: Person, group: Group, sources: list[int]) -> None:
    """Raises TooLong, in words for the writer, unless all that is newly quoted may be, and its authors can be asked."""
    rows = (
        db.session.execute(select(Post.group_id, Post.author_id).where(Post.id.in_(sources))).all() if sources else ()
    )
    if any(row.group_id != group.id for row in rows):
        raise text.TooLong("Only what was said in this group can be quoted on its pages. Else use your own words.")
    asked = {row.author_id for row in rows} - {me.id}
    here = hearers(group).with_only_columns(User.id).where(User.id.in_(asked))
    if asked and asked - set(db.session.scalars(here)):
        raise text.TooLong(
            "Somebody whom you quote is not in this group any more, and can’t be asked. Use your own words."
        )


def note(me: Person, page: Page, quotes: Sequence[Taken]) -> None:
    """The page quotes these words; whoever wrote them is asked, unless that is the writer. Does not commit.

    The words of a number never change: an answer is about what its author saw.
    """
    known = set(db.session.scalars(select(PageQuote.number).where(PageQuote.page_id == page.id)))
    for one in quotes:
        if one.number in known:
            continue
        known.add(one.number)
        row = PageQuote(page_id=page.id, source_id=one.source_id, number=one.number, words=one.words, html=one.html)
        row.asker_id, row.asked_at = me.id or 0, now()
        db.session.add(row)
        ask(me, page, row)
    db.session.flush()


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
    """What a page quotes now, of posts that this reader may read, by number. One statement."""
    columns = (PageQuote, Post.no, Post.author_id, Topic.n, Topic.title, Group.slug, User.name)
    found = (
        select(*columns)
        .join(Post, Post.id == PageQuote.source_id)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .join(User, User.id == Post.author_id)
        .where(PageQuote.page_id == page.id, Post.deleted_at.is_(None), readable(Post, me))
    )
    here = places_in(page.html)
    return {row.PageQuote.number: _words(me, row) for row in db.session.execute(found) if row.PageQuote.number in here}


def _words(me: Person, row: Any) -> Words:
    quote, mine = row.PageQuote, bool(me) and row.author_id == me.id
    address = f"/groups/{row.slug}/topics/{row.n}/posts/{row.no}"
    asked = bool(me) and quote.asker_id == me.id
    html = Markup(quote.html)  # noqa: S704 cleaned when it was taken
    return Words(quote.number, html, row.name, address, row.no, row.title, quote.consent, mine, asked)


def with_words(page: Page, words: dict[int, Words]) -> Markup:
    """The HTML of a page, with each quotation as this reader may see it."""
    made: Any = current_app.jinja_env.get_template("macros/quote.html").module
    return filled(page.html, lambda number: made.on_page(words.get(number)))


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
