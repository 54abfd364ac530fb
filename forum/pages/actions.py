"""What members do with pages. Nothing here commits, and nothing knows of a request."""

from typing import Any

from sqlalchemy import delete, func, insert, select, update

from forum import activity, spam
from forum.access import Person
from forum.kit import text
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Page, PageQuote, PageVersion
from forum.pages.quoting import note, quoted
from forum.quoting import Taken, with_marks

UNSEEN = {"synchronize_session": False}


class Stale(Exception):
    """Somebody saved the page since it was opened, or it is gone; nothing was changed."""


def begin(me: Person, group: Group, title: str, body: str) -> Page:
    """The new page. Does not commit. Raises TooLong."""
    body, quotes = quoted(me, group, body)
    html = rendered(body, quotes)
    _weigh(me, group, "", html, quotes)
    _hold(group.id)
    n = (db.session.scalar(select(func.max(Page.n)).where(Page.group_id == group.id)) or 0) + 1
    page = Page(group_id=group.id, n=n, title=title, body=body, html=html, renderer=text.RENDERER, editor_id=me.id)
    db.session.add(page)
    db.session.flush()
    _keep(me, page.id, 1, title, body)
    note(me, page, quotes)
    return page


def save(me: Person, page: Page, revision: int, title: str, body: str, restores: int | None = None) -> None:
    """The page says this from now on. `revision` is the one the writer saw. Does not commit.

    Raises Stale, and TooLong in words for the writer.
    """
    body, quotes = quoted(me, page.group, body, page)
    said = {"title": title, "body": body, "html": rendered(body, quotes), "renderer": text.RENDERER}
    quoted_before = db.session.scalars(select(PageQuote.html).where(PageQuote.page_id == page.id))
    _weigh(me, page.group, "\n".join([page.html, *quoted_before]), str(said["html"]), quotes)
    same = (Page.id == page.id, Page.revision == revision, Page.deleted_at.is_(None))
    values = {**said, "editor_id": me.id, "edited_at": now(), "revision": revision + 1}
    done: Any = db.session.execute(update(Page).where(*same).values(values), execution_options=UNSEEN)
    if done.rowcount != 1:
        raise Stale
    _keep(me, page.id, revision + 1, title, body, restores)
    note(me, page, quotes)
    _hold(page.group_id)
    db.session.expire(page)


def protect(me: Person, page: Page, on: bool) -> None:
    """Only facilitators change it from now on; or members again. Does not commit."""
    same = (Page.id == page.id, Page.protected != on)
    done: Any = db.session.execute(update(Page).where(*same).values(protected=on), execution_options=UNSEEN)
    if done.rowcount:
        activity.log("page.protected" if on else "page.unprotected", me, group=page.group, page=page.n)


def remove(me: Person, page: Page) -> None:
    """The page is gone, with all that it ever said. Its number is given to no other. Does not commit."""
    gone = {"deleted_at": now(), "title": "", "body": "", "html": ""}
    same = (Page.id == page.id, Page.deleted_at.is_(None))
    done: Any = db.session.execute(update(Page).where(*same).values(gone), execution_options=UNSEEN)
    if done.rowcount:
        emptied = update(PageVersion).where(PageVersion.page_id == page.id).values(title="", body="")
        db.session.execute(emptied, execution_options=UNSEEN)
        quotes = delete(PageQuote).where(PageQuote.page_id == page.id)
        db.session.execute(quotes, execution_options=UNSEEN)
        _hold(page.group_id)
        activity.log("page.deleted", me, group=page.group, page=page.n)


def rendered(body: str, quotes: list[Taken] | None = None) -> str:
    """The page's HTML, in which what it quotes is marked by its number. Raises TooLong."""
    html = str(text.render(body, doc_id="page"))
    return with_marks(html, quotes) if quotes else html


def _weigh(me: Person, group: Group, before: str, html: str, quotes: list[Taken]) -> None:
    """Nothing, if no links of somebody new come with a text. A page can't wait for a facilitator. Raises TooLong."""
    if spam.adds_links(me, group, before, "\n".join([html, *(str(one.html) for one in quotes)])):
        raise text.TooLong("Links by somebody new wait for a facilitator, and a page can’t. Put them into a reply.")


def _keep(me: Person, page_id: int, number: int, title: str, body: str, restores: int | None = None) -> None:
    said = {"title": title, "body": body, "restores": restores, "written_at": now(), "editor_id": me.id}
    db.session.execute(insert(PageVersion), [{"page_id": page_id, "number": number, **said}])


def _hold(group_id: int) -> None:
    """What is written in the group's pages waits for this; the group's own pages are made anew."""
    raised = update(Group).where(Group.id == group_id).values(version=Group.version + 1)
    db.session.execute(raised, execution_options=UNSEEN)
