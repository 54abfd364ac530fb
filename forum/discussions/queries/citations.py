"""The slides that posts cite: what a reader sees of them, and which of them a writer may cite.

Of a slide that the reader may not open nothing is selected; of its file the title, if they may know of the file.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, case, literal, or_, select

from forum.access import ASKER, Person, asked_by, mentioned, readable
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.models import Citation, Document, Group, Post, Preview, PreviewState, Slide, Version, page_noun

#: how many decks are offered to choose from
OFFERED = 50


class Cited(NamedTuple):
    """A slide as it is shown below a post. Not `known`: nothing is said of it at all."""

    post_id: int
    slug: str
    n: int
    #: number of the version, and of the slide
    v: int
    k: int
    document_id: int
    version_id: int
    group_id: int
    last_version: int
    picked: bool
    opens: bool
    known: bool
    deck: str | None
    kind: str
    title: str | None
    words: str | None
    width: int | None
    height: int | None

    @property
    def value(self) -> str:
        """What names it in a form."""
        return f"{self.slug}/{self.n}/{self.v}/{self.k}"

    @property
    def noun(self) -> str:
        """'Slide', 'Page' or 'Picture'."""
        return page_noun(self.kind, self.width, self.height)

    @property
    def address(self) -> str:
        """Where it stands in its deck; in the version that was cited."""
        deck = f"/groups/{self.slug}/library/{self.n}"
        return f"{deck}#slide-{self.k}" if self.newest else f"{deck}/versions/{self.v}#slide-{self.k}"

    @property
    def picture(self) -> str:
        """Where its pictures are: of this version, whatever comes after it."""
        return f"/groups/{self.slug}/library/{self.n}/versions/{self.v}/slides/{self.k}"

    @property
    def newest(self) -> bool:
        """Whether there is no later version of its file."""
        return self.v == self.last_version


_OPENS, _KNOWN = readable(Version, ASKER), mentioned(ASKER)


def _facts(post: Any, number: Any, picked: Any) -> tuple[Any, ...]:
    """The columns of a Cited, each cut to what this reader may see."""
    in_sight = or_(_OPENS, _KNOWN)
    return (
        post, Group.slug, Document.n, Version.number.label("v"), number.label("k"), Document.id.label("document_id"),
        Version.id.label("version_id"), Document.group_id, Document.last_version, picked,
        _OPENS.label("opens"), in_sight.label("known"), case((in_sight, Document.title)).label("deck"), Document.kind,
        case((_OPENS, Slide.title)).label("title"),
        case((_OPENS & (Slide.described != ""), Slide.described)).label("words"),
        case((_OPENS, Slide.width)).label("width"), case((_OPENS, Slide.height)).label("height"),
    )  # fmt: skip


_SLIDE_OF = and_(Slide.version_id == Citation.version_id, Slide.number == Citation.number)
_CITED = (
    select(*_facts(Citation.post_id, Citation.number, Citation.picked))
    .select_from(Citation)
    .join(Version, Version.id == Citation.version_id)
    .join(Document, Document.id == Citation.document_id)
    .join(Group, Group.id == Document.group_id)
    .outerjoin(Slide, _SLIDE_OF)
    .order_by(Citation.post_id, Citation.id)
)
OF_PAGE = Hot(
    _CITED.where(
        Citation.post_id.in_(
            select(Post.id).where(
                Post.topic_id == bindparam("topic"), Post.place > bindparam("above"), Post.place <= bindparam("upto")
            )
        )
    )
)
OF_POST = Hot(_CITED.where(Citation.post_id == bindparam("post")))


def cited_on(topic_id: int, above: int, upto: int, me: Person) -> dict[int, list[Cited]]:
    """What the posts at the places `above` < place <= `upto` of a topic they may read cite, by post id.

    One statement. Also of posts that are hidden: show those of posts that they see.
    """
    found: dict[int, list[Cited]] = defaultdict(list)
    for row in OF_PAGE.rows({**asked_by(me), "topic": topic_id, "above": above, "upto": upto}):
        found[row.post_id].append(Cited._make(row))
    return found


def cited_by(post: Post, me: Person) -> list[Cited]:
    """What one post cites, as this reader sees it."""
    return [Cited._make(row) for row in OF_POST.rows({**asked_by(me), "post": post.id})]


class Named(NamedTuple):
    """A slide as an address or a form names it. `v` None: of the version that is the newest now."""

    slug: str
    n: int
    v: int | None
    k: int


def slides_named(me: Person, named: Sequence[Named], picked: Iterable[Named] = ()) -> list[Cited]:
    """The slides of posted files that this person may open, in the order they are named in. One statement."""
    if not named:
        return []
    chosen = set(picked)
    wanted = or_(*(
        and_(
            Group.slug == one.slug, Document.n == one.n, Slide.number == one.k,
            Version.number == (Document.last_version if one.v is None else one.v),
        )
        for one in named
    ))  # fmt: skip
    rows = db.session.execute(_named().where(wanted), asked_by(me))
    found = {(row.slug, row.n, row.v, row.k): Cited._make(row) for row in rows}
    newest = {(one.slug, one.n, one.k): one for one in found.values() if one.newest}
    cited: dict[int | tuple[int, int], Cited] = {}
    for one in named:
        slide = newest.get((one.slug, one.n, one.k)) if one.v is None else found.get((one.slug, one.n, one.v, one.k))
        if slide:
            cited.setdefault((slide.version_id, slide.k), slide._replace(picked=one in chosen))
    return list(cited.values())


def _named() -> Any:
    nobody, unpicked = literal(0), literal(False)
    return (
        select(*_facts(nobody, Slide.number, unpicked))
        .select_from(Slide)
        .join(Version, Version.id == Slide.version_id)
        .join(Document, Document.id == Version.document_id)
        .join(Group, Group.id == Document.group_id)
        .where(_OPENS, Document.posted_at.is_not(None))
    )


def slides_of(me: Person, slug: str, n: int) -> list[Cited]:
    """Every slide of the newest version of a posted file that this person may open."""
    deck = (Group.slug == slug, Document.n == n, Version.number == Document.last_version)
    rows = db.session.execute(_named().where(*deck).order_by(Slide.number), asked_by(me))
    return [Cited._make(row) for row in rows]


class Offer(NamedTuple):
    """A deck of the group whose slides can be cited."""

    n: int
    title: str
    pages: int
    last_version: int


_OFFERED = (
    select(Document.n, Document.title, Preview.pages, Document.last_version)
    .join(Version, and_(Version.document_id == Document.id, Version.number == Document.last_version))
    .join(Preview, Preview.version_id == Version.id)
    .where(
        Document.group_id == bindparam("group"), Document.posted_at.is_not(None), readable(Version, ASKER),
        Preview.pages > 0, Preview.state == PreviewState.READY,
    )
    .order_by(Document.posted_at.desc(), Document.id.desc())
    .limit(OFFERED)
)  # fmt: skip


def decks_to_cite(me: Person, group: Group) -> list[Offer]:
    """The newest decks of a group that this person may open."""
    return [Offer._make(row) for row in db.session.execute(_OFFERED, {**asked_by(me), "group": group.id})]
