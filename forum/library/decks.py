"""The slides of a file as people see them, once the rule has let them at the file. Statements are made once."""

from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, exists, func, select

from forum.access import ASKER, Person, asked_by, readable
from forum.kit.hot import Hot
from forum.models import Document, Group, Preview, PreviewState, Slide, Version, page_noun

BULLET = "• "
SMALL = 640


class Seen(NamedTuple):
    """One slide as it is shown: what a person wrote of it stands in place of what was read from the file."""

    number: int
    title: str
    text: str
    notes: str
    width: int
    height: int
    described: str
    #: a file that is one picture bears the file's title, which does not say what is on it
    named_by_file: bool = False

    @property
    def words(self) -> str:
        """What is written on it, or how a person put it."""
        return self.described or self.text

    @property
    def blocks(self) -> list[tuple[bool, list[str]]]:
        """Its words as lists (True) and as paragraphs."""
        found = []
        for listed, lines in groupby(self.words.split("\n") if self.words else (), lambda line: line[:2] == BULLET):
            found.append((listed, [line.removeprefix(BULLET) for line in lines]))
        return found

    @property
    def silent(self) -> bool:
        """Whether there is nothing on it that can be read out."""
        return not self.words and (self.named_by_file or not self.title)

    @property
    def alt(self) -> str:
        """What is said of the picture: a picture's description, a slide's headline."""
        return (self.named_by_file and self.words) or self.title

    @property
    def small(self) -> int:
        """The width of the small picture."""
        return min(SMALL, self.width)


class Deck(NamedTuple):
    """The slides of the newest version of a file, and how far their making has come."""

    state: PreviewState
    reason: str
    pages: int
    done: int
    slides: list[Seen]
    noun: str

    @property
    def drawn(self) -> bool:
        """Whether there is a picture of every slide that is here."""
        return all(slide.width for slide in self.slides)

    @property
    def coming(self) -> bool:
        """Whether more of them will be there."""
        return self.state in (PreviewState.WAITING, PreviewState.WORKING)

    @property
    def silent(self) -> list[Seen]:
        """The slides without a word."""
        return [slide for slide in self.slides if slide.silent]


_SEEN = (Slide.number, Slide.title, Slide.text, Slide.notes, Slide.width, Slide.height, Slide.described)
_NEWEST = (
    Version.document_id == bindparam("document"), Version.number == bindparam("version"), Version.deleted_at.is_(None)
)  # fmt: skip
_DECK = Hot(
    select(Preview.state, Preview.reason, Preview.pages, Preview.done, *_SEEN)
    .select_from(Version)
    .join(Preview, Preview.version_id == Version.id)
    .outerjoin(Slide, Slide.version_id == Version.id)
    .where(*_NEWEST)
    .order_by(Slide.number)
)
_SLIDE = Hot(
    select(Preview.pages, Slide.id, Slide.version_id, *_SEEN)
    .select_from(Version)
    .join(Preview, Preview.version_id == Version.id)
    .join(Slide, Slide.version_id == Version.id)
    .where(*_NEWEST, Slide.number == bindparam("k"))
)
#: asked for by every picture of a page: the rule is in it
_PICTURE = Hot(
    select(Version.id, Slide.small_key, Slide.large_key)
    .join(Document, Document.id == Version.document_id)
    .join(Group, Group.id == Document.group_id)
    .join(Slide, Slide.version_id == Version.id)
    .where(
        Group.slug == bindparam("slug"), Document.n == bindparam("n"), readable(Document, ASKER),
        Version.number == func.coalesce(bindparam("v", type_=Integer), Document.last_version),
        Version.deleted_at.is_(None), Slide.number == bindparam("k"),
    )
)  # fmt: skip


def deck_of(document: Document, version: int | None = None) -> Deck | None:
    """The slides of a file's version, the newest for None; None for a file that can have none."""
    rows = _DECK.rows({"document": document.id, "version": version or document.last_version})
    if not rows:
        return None
    slides = [as_seen(document, row[4:]) for row in rows if row.number is not None]
    state, reason, pages, done = rows[0][:4]
    return Deck(state, reason, pages, done, slides, noun_of(document, slides[0] if slides else None))


def slide_of(document: Document, k: int, version: int | None = None) -> tuple[Any, Seen, int] | None:
    """A slide of a version (the newest for None) by its number: its row, how it is shown, and how many there are."""
    row = _SLIDE.first({"document": document.id, "version": version or document.last_version, "k": k})
    return (row, as_seen(document, row[3:]), row.pages) if row else None


def as_seen(document: Document, row: Any) -> Seen:
    """A slide as it is shown; a file that is a picture gives it its title."""
    seen = Seen(*row)
    return seen._replace(title=document.title, named_by_file=True) if document.kind == "image" else seen


def picture_of(me: Person, slug: str, n: int, k: int, version: int | None = None) -> Any:
    """The keys of a slide's pictures, and its version, if this reader may open the file; else None."""
    return _PICTURE.first({**asked_by(me), "slug": slug, "n": n, "k": k, "v": version})


def noun_of(document: Document, first: Seen | None) -> str:
    """What one page of a file is called."""
    return page_noun(document.kind, first and first.width, first and first.height)


def cover() -> Any:
    """SQL of: there is a picture of the first slide of a document's newest version."""
    drawn = select(1).select_from(Slide).join(Version, Version.id == Slide.version_id)
    newest = (Version.document_id == Document.id, Version.number == Document.last_version)
    return exists(drawn.where(*newest, Slide.number == 1, Slide.small_key.is_not(None)).correlate(Document))
