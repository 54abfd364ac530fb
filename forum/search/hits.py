"""One thing that was found, as its row on the page says it."""

from typing import Any, NamedTuple

from flask import url_for
from markupsafe import Markup

from forum.index.words import Asked
from forum.kit.quoting import own_html
from forum.models import TopicKind
from forum.search.columns import PAGE_KIND, WORKSHOP_KIND
from forum.search.places import Place, Sign, sign_of
from forum.search.snippets import LOOKED_AT, around, marked, plain

ICONS = {TopicKind.QUESTION: "question", TopicKind.DISCUSSION: "chat", TopicKind.ANNOUNCEMENT: "megaphone"}
#: as the library calls what a file is made of
NOUNS = {"slides": "Slide", "image": "Picture", "sheet": "Page"}


class Writer(NamedTuple):
    """Who wrote something, as far as the reader sees of them."""

    name: str
    handle: str
    organisation: str | None


class Hit(NamedTuple):
    """A row of the page. `what`: 'Reply 3', 'Slide 12'; `writer`: of what is no file; `picture`: a slide's address."""

    url: str
    what: str
    title: Markup
    snippet: Markup
    icon: str
    sign: Sign
    group: Place
    row: Any
    writer: Writer | None = None
    picture: str = ""


def words_of(row: Any) -> tuple[str, str]:
    """What stands in the title and in the text of a row."""
    if hasattr(row, "html"):
        return "" if row.no else row.title, plain(own_html(row.html))
    if row.slide is None:
        return row.title, f"{row.description} {row.file_name}".strip()
    return row.slide_title, " ".join(filter(None, (row.described or row.text, row.notes)))


def hit_of(row: Any, asked: Asked, group: Place) -> Hit:
    """How a row of topics and posts, of pages, or of files and slides, is shown."""
    written = hasattr(row, "html")
    made = _post(row) if written else _slide(row) if row.slide else _file(row)
    title, text = words_of(row)
    title = title or row.title
    text = text if written else " ".join(text[:LOOKED_AT].split())
    return Hit(
        title=marked(title, asked), snippet=around(text, asked), sign=sign_of(row, group), group=group, row=row,
        writer=Writer(row.name, row.handle, row.organisation) if written else None, **made,
    )  # fmt: skip


def _post(row: Any) -> dict[str, str]:
    base = f"/groups/{row.slug}"
    if row.kind == PAGE_KIND:
        return {"url": f"{base}/pages/{row.n}", "what": "Page, changed", "icon": "text"}
    if row.kind == WORKSHOP_KIND:
        return {"url": f"{base}/workshops/{row.n}", "what": "Workshop", "icon": "calendar"}
    url = f"{base}/topics/{row.n}"
    if not row.no:
        if row.accepted_no is not None:
            return {"url": url, "what": "Question, answered", "icon": "answered"}
        return {"url": url, "what": row.kind.capitalize(), "icon": ICONS[row.kind]}
    accepted = row.no == row.accepted_no
    what, icon = ("Accepted answer", "answered") if accepted else (f"Reply {row.no}", "reply")
    return {"url": f"{url}/posts/{row.no}", "what": what, "icon": icon}


def _file(row: Any) -> dict[str, str]:
    return {"url": f"/groups/{row.slug}/library/{row.n}", "what": "File", "icon": row.kind}


def _slide(row: Any) -> dict[str, str]:
    url = f"/groups/{row.slug}/library/{row.n}"
    what = f"{NOUNS.get(row.kind, 'Page' if row.upright else 'Slide')} {row.slide}"
    picture = url_for("library.thumbnail", slug=row.slug, n=row.n, k=row.slide) if row.drawn else ""
    return {"url": f"{url}#slide-{row.slide}", "what": what, "icon": "slides", "picture": picture}
