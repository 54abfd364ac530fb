"""Whom a page quotes is asked, and answers; and may take it back, whether they may read the page any more or not."""

from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import select, update

from forum import outbox
from forum.access import Person, readable
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.quoting import places_in
from forum.models import Consent, Group, Page, PageQuote, Post, User

UNSEEN = {"synchronize_session": False}


class Gone(Exception):
    """The page does not say these words any more; nothing was changed."""


class Quoted(NamedTuple):
    """Words of somebody on a page, for them: whether it says them still, and whether they may read it."""

    quote: PageQuote
    page: Page
    opens: bool

    @property
    def words(self) -> Markup:
        """The words, as HTML."""
        return Markup(self.quote.html)  # noqa: S704 cleaned when it was taken

    @property
    def stands(self) -> bool:
        """Whether the page says them."""
        return self.quote.number in places_in(self.page.html)


def ask(me: Person, page: Page, quote: PageQuote) -> None:
    """Asks whoever wrote it; of one's own words one need not be asked. Does not commit."""
    author = db.session.scalars(
        select(User).join(Post, Post.author_id == User.id).where(Post.id == quote.source_id)
    ).one()
    quote.consent = Consent.GIVEN if author.id == me.id else Consent.ASKED
    if author.id != me.id:
        once = f"quoted:{page.id}:{quote.number}"
        outbox.queue("quoted", author, once, post=quote.source_id, by=me.name, page=page.id, k=quote.number)


def own_quote(me: Person, slug: str, n: int, number: int) -> Quoted | None:
    """What a page quotes under that number, for whoever wrote it, in the group or not any more."""
    if not me or number >= 2**31:
        return None
    found = (
        select(PageQuote, Page, readable(Page, me).label("opens"))
        .join(Page, Page.id == PageQuote.page_id)
        .join(Group, Group.id == Page.group_id)
        .join(Post, Post.id == PageQuote.source_id)
        .where(Group.slug == slug, Page.n == n, Page.deleted_at.is_(None), PageQuote.number == number)
        .where(Post.author_id == me.id, Post.deleted_at.is_(None))
    )
    row: Any = db.session.execute(found).first()
    return Quoted(*row) if row else None


def answer(quoted: Quoted, consent: Consent) -> None:
    """What its author says to it. They may change their mind. Does not commit. Raises Gone: nobody agrees to that."""
    if consent == Consent.GIVEN and not quoted.stands:
        raise Gone
    values = {"consent": consent, "answered_at": now()}
    same = update(PageQuote).where(PageQuote.id == quoted.quote.id)
    db.session.execute(same.values(values), execution_options=UNSEEN)
