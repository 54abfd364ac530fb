"""Posts, and the composer below them, as HTML that is remembered: it looks the same to all with the same rights.

The key of what is remembered is everything that the template is given, so nothing stale can be shown, and
nothing of one reader's to another. Measured on a page of 20 posts: more than half of its time.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup

from forum.discussions.forms import ReplyForm
from forum.discussions.queries.abilities import Abilities
from forum.discussions.queries.gate import TopicRow
from forum.discussions.queries.posts import Page, PostRow
from forum.kit.cache import Lru
from forum.kit.csrf import csrf_field
from forum.kit.forms import fresh_key
from forum.kit.when import zone_of
from forum.models import FileAudience
from forum.sight import Sight

#: how many are remembered in each process, and how long a text may be for that (characters of HTML)
KEPT, LONGEST = 6_000, 4_000


class Around(NamedTuple):
    """What is the same for all posts of a page."""

    base: str
    slug: str
    group_name: str
    may: Abilities
    usual: FileAudience
    way: str
    accepted_no: int | None
    timezone: str
    today: date

    @property
    def group(self) -> "Around":
        """The group, as far as a file's line names it."""
        return self

    @property
    def name(self) -> str:
        """The group's name."""
        return self.group_name


_cards: Lru[Any, Markup] = Lru(KEPT)


#: stands in a remembered composer where each page has a key of its own
KEY = "0" * 16
_composers: Lru[Any, Markup] = Lru(200)


def composer(
    topic: TopicRow, around: Around, sight: Sight, picked: Sequence[Any] = (), files: Sequence[Any] = ()
) -> Markup:
    """Where a reply is written: with the draft that was kept, or empty and remembered."""
    draft, proof = topic.draft or {}, csrf_field()
    if draft or proof:
        return composed(topic, around, sight, ReplyForm(None, data=draft), picked, files)
    seen = (sight.icon, sight.sentence, sight.wide, tuple(sight.details))
    empty = _composers.get_or_make(
        (around, topic.kind, seen), lambda: composed(topic, around, sight, ReplyForm(None, data={"key": KEY}))
    )
    return Markup(empty.replace(KEY, fresh_key()))  # noqa: S704 a key of hexadecimal digits


def composed(
    topic: TopicRow,
    around: Around,
    sight: Sight,
    form: ReplyForm,
    picked: Sequence[Any] = (),
    files: Sequence[Any] = (),
) -> Markup:
    """The composer, made by its macro."""
    made: Any = current_app.jinja_env.get_template("macros/composer.html").module
    drawn: Markup = made.reply_composer(form, around, sight, topic.draft_at, topic, documents=files, picked=picked)
    return drawn


def today_in(zone: str, moment: datetime) -> date:
    """The day it is there."""
    return moment.astimezone(zone_of(zone)).date()


def draw(page: Page, around: Around) -> tuple[Markup, Markup]:
    """Gives each post of a page its card. The runs as HTML: those above the line that says what is new, and below."""
    for head in page.runs:
        head.card = card(head, around, 3)
        for reply in (*head.earlier, *head.replies):
            reply.card = card(reply, around, 4)
    line = next((at for at, head in enumerate(page.runs) if head.first_new), len(page.runs))
    return joined(page.runs[:line]), joined(page.runs[line:])


def joined(runs: list[PostRow]) -> Markup:
    """These runs as HTML: their cards, one after the other, and lists of the replies below them."""
    made: Any = current_app.jinja_env.get_template("macros/post.html").module
    replies = (made.replies(head) if head.earlier or head.replies else "" for head in runs)
    return Markup("".join(f"{head.card}{below}</article>" for head, below in zip(runs, replies, strict=True)))  # noqa: S704


def card(post: PostRow, around: Around, level: int) -> Markup:
    """The beginning of a post's article: all but the replies below it."""
    if len(post.html) > LONGEST:
        return drawn(post, around, level)
    key = (level, around, facts(post))
    return _cards.get_or_make(key, lambda: drawn(post, around, level))


def facts(post: PostRow) -> tuple[Any, ...]:
    """All that a post's card is made of; of the text a hash, or it would be kept twice."""
    author = post.author
    who = author and (author.name, author.handle, author.hue, author.organisation, author.photo_key)
    state = (post.edited_at, post.hidden, post.deleted, post.mine, post.new, post.next_new, post.answers)
    marks = (post.helped, post.thanked, post.kept, post.muted)
    return (post.no, hash(post.html), post.created_at, who, state, marks, tuple(post.files), tuple(post.cites))


def drawn(post: PostRow, around: Around, level: int) -> Markup:
    """The card, made by its macro."""
    made: Any = current_app.jinja_env.get_template("macros/post.html").module
    card: Markup = made.opened(post, around, level)
    return card
