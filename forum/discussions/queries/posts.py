"""The posts of one page of a topic, as runs: a reply of the first level, and the replies below it.

What a reader may not read is not selected: a hidden or deleted post is a stub with its number.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Boolean, and_, bindparam, case, exists, false, or_, select
from sqlalchemy.orm import aliased

from forum.access import ASKER, FACILITATE, Person, asked_by, shown
from forum.discussions.queries.gate import TopicRow
from forum.discussions.queries.places import places_of
from forum.kit.hot import Hot
from forum.kit.names import initials
from forum.models import Bookmark, Helpful, Mute, Post, User

#: a run of more replies than this shows the newest SHOWN, and opens the others on demand
LONG_RUN, SHOWN = 4, 2

_LEADS = bindparam("leads", type_=Boolean)
_SEEN = and_(Post.deleted_at.is_(None), or_(Post.hidden_at.is_(None), _LEADS))
_PARENT, _PARENT_AUTHOR = aliased(Post), aliased(User)
_ME: Any = bindparam("me")
_THANKED = exists(select(1).where(Helpful.post_id == Post.id, Helpful.user_id == _ME).correlate(Post))
_KEPT = exists(select(1).where(Bookmark.user_id == _ME, Bookmark.post_id == Post.id).correlate(Post))
_MUTED = exists(select(1).where(Mute.user_id == _ME, Mute.muted_id == Post.author_id).correlate(Post))
POSTS = Hot(
    select(
        Post.id, Post.no, Post.place, Post.parent_id, Post.top_id, Post.author_id, Post.created_at, Post.edited_at,
        Post.hidden_at, _SEEN.label("seen"), Post.deleted_at,
        case((_SEEN, Post.html)).label("html"), case((_SEEN, User.name)).label("name"),
        User.handle, User.hue, shown(ASKER, "organisation").label("organisation"),
        shown(ASKER, "photo_key").label("photo_key"),
        _PARENT.no.label("parent_no"), _PARENT_AUTHOR.name.label("parent_name"),
        Post.helpful_count, case((Post.helpful_count > 0, _THANKED), else_=false()).label("thanked"),
        _KEPT.label("kept"), _MUTED.label("muted"),
    )
    .join(User, User.id == Post.author_id)
    .outerjoin(_PARENT, and_(_PARENT.id == Post.parent_id, Post.top_id.is_(None)))
    .outerjoin(
        _PARENT_AUTHOR,
        and_(_PARENT_AUTHOR.id == _PARENT.author_id, _PARENT.deleted_at.is_(None), _PARENT.hidden_at.is_(None)),
    )
    .where(Post.topic_id == bindparam("topic"), Post.place > bindparam("above"), Post.place <= bindparam("upto"))
    .order_by(Post.place, Post.no)
)  # fmt: skip


class Author:
    """Who wrote a post, as far as the reader may see."""

    __slots__ = ("handle", "hue", "name", "organisation", "photo_key")

    def __init__(self, row: Any) -> None:
        self.name, self.handle, self.hue = row.name, row.handle, row.hue
        self.organisation, self.photo_key = row.organisation, row.photo_key

    @property
    def initials(self) -> str:
        """Two letters for the disc beside the name."""
        return initials(self.name)

    @property
    def photo_url(self) -> str | None:
        """Where the portrait is, if there is one to see."""
        return f"/people/{self.handle}/photo/{self.photo_key}" if self.photo_key else None


@dataclass(slots=True)
class PostRow:
    """A post as its page shows it. `author` None = a stub."""

    id: int
    no: int
    author_id: int
    created_at: datetime
    edited_at: datetime | None
    hidden: bool
    deleted: bool
    author: Author | None
    html: Markup
    mine: bool
    new: bool
    #: how many people it helped; whether the reader is one of them, and whether they keep it
    helped: int
    thanked: bool
    kept: bool
    #: whether the reader folds away what its author writes
    muted: bool
    #: (number, first name) of the post it answers, where that is not the head of its run
    answers: tuple[int, str] | None = None
    #: where its New pill leads
    next_new: str = ""
    files: Sequence[Any] = ()
    #: slides that it cites
    cites: Sequence[Any] = ()
    earlier: list["PostRow"] = field(default_factory=list)
    replies: list["PostRow"] = field(default_factory=list)
    #: the line above it that says since when all is new
    first_new: bool = False
    #: its HTML (cards.py)
    card: Markup | None = None

    @property
    def earlier_names(self) -> str:
        """'Tom and Inês', 'Tom, Inês and 2 others': who wrote the replies that are folded away."""
        names = list(dict.fromkeys(first_name(post.author.name) for post in self.earlier if post.author))
        if len(names) > 2:
            return f"{names[0]}, {names[1]} and {'one other' if len(names) == 3 else f'{len(names) - 2} others'}"
        return " and ".join(names)


@dataclass(slots=True)
class Page:
    """One page of a topic: its opening post (on the first page), and its runs."""

    opening: PostRow | None
    runs: list[PostRow]

    def posts(self) -> Iterator[PostRow]:
        """All of them, in the order of the page, without the opening post."""
        for head in self.runs:
            yield from (head, *head.earlier, *head.replies)


def first_name(name: str) -> str:
    """What people call each other in a line of text."""
    return name.split(" ", 1)[0]


def page_of(me: Person, topic: TopicRow, mark: int, number: int, size: int, linked: int | None = None) -> Page:
    """One page of posts, by one statement. After `mark` all is new; the post `linked` must not be folded away."""
    above, upto = places_of(number, size)
    asked = {
        **asked_by(me),
        "topic": topic.id,
        "leads": topic.level >= FACILITATE,
        "above": above,
        "upto": upto,
    }
    rows = POSTS.rows(asked)
    posts = {row.id: _post(me, row, mark) for row in rows}
    heads: dict[int, PostRow] = {}
    for row in rows:
        _answered(row, posts)
        if row.top_id is None:
            heads[row.id] = posts[row.id]
        elif row.top_id in heads:
            heads[row.top_id].replies.append(posts[row.id])
    runs = list(heads.values())
    opening = runs.pop(0) if runs and runs[0].no == 0 else None
    for head in runs:
        _fold(head, {linked, topic.accepted_no})
    first = next((head for head in runs if head.new), None)
    if first is not None:
        first.first_new = True
    return Page(opening, runs)


def _post(me: Person, row: Any, mark: int) -> PostRow:
    mine = bool(me) and row.author_id == me.id
    return PostRow(
        row.id, row.no, row.author_id, row.created_at, row.edited_at, row.hidden_at is not None,
        row.deleted_at is not None,
        Author(row) if row.seen else None, Markup(row.html or ""), mine,  # noqa: S704
        new=row.no > mark and not mine and bool(row.seen),
        helped=row.helpful_count, thanked=bool(row.thanked), kept=bool(row.kept), muted=bool(row.muted),
    )  # fmt: skip


def _answered(row: Any, posts: dict[int, PostRow]) -> None:
    """Says whom a post answers, unless that is the head right above it."""
    if row.parent_id is None or row.parent_id == row.top_id:
        return
    parent = posts.get(row.parent_id)
    if parent is not None:
        posts[row.id].answers = (parent.no, first_name(parent.author.name) if parent.author else "")
    elif row.parent_no is not None:
        posts[row.id].answers = (row.parent_no, first_name(row.parent_name or ""))


def _fold(head: PostRow, kept: Iterable[int | None]) -> None:
    """Moves the oldest replies of a long run out of the way, up to the first that must be seen."""
    if len(head.replies) <= LONG_RUN:
        return
    upto = len(head.replies) - SHOWN
    for at, post in enumerate(head.replies[:upto]):
        if post.new or post.no in kept:
            upto = at
            break
    head.earlier, head.replies = head.replies[:upto], head.replies[upto:]
