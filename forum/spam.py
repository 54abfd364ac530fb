"""Whether a text waits for a facilitator before others read it: counted here, in words that a person can check.

What weighs is said beside each sign. People who have written here for long are not weighed at all.
"""

import re
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import bindparam, func, select

from forum.access import FACILITATE, Person, level
from forum.kit.clock import now
from forum.kit.hot import Hot
from forum.kit.when import plural, waiting
from forum.models import Post, User

#: an account is new for so long; with so many posts that stand here, and so old, nobody is weighed any more
NEW, OLD, KNOWN = timedelta(days=3), timedelta(days=30), 5
#: so many of a person's last posts are looked at
LOOKED = 200
#: to anywhere but a place of this site, or of the page; however it is written, browsers follow it
LINK = re.compile(r'<a href="(?!/(?!/)|#|mailto:)([^"]+)"')
ADDRESS = re.compile(r"https?://\S+")
#: (younger than, weight)
AGES = ((timedelta(hours=1), 3), (timedelta(days=1), 2), (timedelta(days=7), 1))
#: letters from which capitals are counted, and the share of them that is too much
LETTERS, SHOUTS = 30, 0.6
MENTIONS = 10
#: what outweighs any limit that a group may set
AKISMET = 100

_last = (
    select(Post.group_id, Post.body, Post.topic_id, Post.deleted_at, Post.hidden_at)
    .where(Post.author_id == bindparam("me"))
    .order_by(Post.id.desc())
    .limit(LOOKED)
    .subquery()
)
_stands = (_last.c.group_id == bindparam("group"), _last.c.deleted_at.is_(None), _last.c.hidden_at.is_(None))
_enough = select(_last.c.group_id).where(*_stands).limit(KNOWN).subquery()
#: since when somebody has an account, and how many of their last posts stand in a group, up to KNOWN
STANDING = Hot(
    select(User.created_at, select(func.count()).select_from(_enough).scalar_subquery().label("posts")).where(
        User.id == bindparam("me")
    )
)
FACTS = Hot(
    select(
        User.created_at,
        select(func.count()).select_from(_last).where(*_stands).scalar_subquery().label("posts"),
        select(func.count())
        .select_from(_last)
        .where(_last.c.body == bindparam("body"))
        .scalar_subquery()
        .label("same"),
    ).where(User.id == bindparam("me"))
)


class Weighed(NamedTuple):
    """What a text weighs, why, and whether it waits."""

    score: int
    reasons: tuple[str, ...]
    waits: bool
    #: whether it may be asked about elsewhere
    doubtful: bool = False


FINE = Weighed(0, (), False)


def links_in(html: str) -> list[str]:
    """Where the links of a rendered text lead, but for those to this site; each once."""
    here = urlsplit(str(current_app.config["BASE_URL"])).netloc
    return [link for link in dict.fromkeys(LINK.findall(html)) if urlsplit(link).netloc != here]


def weigh(me: Person, group: Any, title: str, written: Any, foreign: bool | None = None) -> Weighed:
    """What a text by this person weighs in a group. `foreign`: what somebody else said who was asked. One statement,
    and one more for people who are not known yet."""
    if level(me, group) >= FACILITATE or _known(me, group):
        return FINE
    facts = FACTS.first({"me": me.id, "group": group.id, "body": written.body})
    age = now() - facts.created_at
    links = links_in(written.shown)
    signs = [*_of_text(title, written, links), *_of_person(facts, age)]
    signs += [(AKISMET, "Akismet takes it for spam")] if foreign else []
    score = sum(weight for weight, _ in signs)
    first = group.hold_first and bool(links) and (not facts.posts or age < NEW)
    waits = first or bool(group.spam_limit and score >= group.spam_limit)
    return Weighed(score, tuple(words for _, words in signs), waits, doubtful=True)


def _known(me: Person, group: Any) -> bool:
    """Whether enough of theirs stands here, for long enough."""
    facts = STANDING.first({"me": me.id, "group": group.id})
    return bool(facts.posts >= KNOWN and now() - facts.created_at > OLD)


def adds_links(me: Person, group: Any, before: str, after: str) -> bool:
    """Whether an edit adds links that would wait for a facilitator in a new post. One statement at most."""
    added = set(links_in(after)) - set(links_in(before))
    if not added or not group.hold_first or level(me, group) >= FACILITATE:
        return False
    facts = FACTS.first({"me": me.id, "group": group.id, "body": ""})
    return bool(now() - facts.created_at < NEW or not facts.posts)


def _of_text(title: str, written: Any, links: list[str]) -> list[tuple[int, str]]:
    """Links weigh 1 each, up to 4; capitals 2; many mentions 2."""
    found = [(min(len(links), 4), plural(links, "link"))] if links else []
    letters = [sign for sign in ADDRESS.sub("", f"{title} {written.body}") if sign.isalpha()]
    if len(letters) >= LETTERS and sum(sign.isupper() for sign in letters) > SHOUTS * len(letters):
        found.append((2, "mostly capitals"))
    if len(written.mentioned) > MENTIONS:
        found.append((2, f"{len(written.mentioned)} people mentioned"))
    return found


def _of_person(facts: Any, age: timedelta) -> list[tuple[int, str]]:
    """The same text again weighs 3 each time, up to 6; a new account 1 to 3; a first post 1."""
    found = [(min(3 * facts.same, 6), f"the same text {plural(facts.same, 'time')} before")] if facts.same else []
    weight = next((weight for upto, weight in AGES if age < upto), 0)
    if weight:
        found.append((weight, f"account {waiting(facts.created_at)} old"))
    return found if facts.posts else [*found, (1, "first post here")]
