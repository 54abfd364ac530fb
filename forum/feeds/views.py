"""Feeds as they are fetched, and the page on which a person makes a key to theirs.

Without a key a feed holds what visitors may read, whoever's browser asks. With one it holds what its person may read
at that moment, and nothing else opens with it.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Response, current_app, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from forum.access import VISITOR, CardOnly, Person, SignIn, enter, fetch
from forum.feeds import queries
from forum.feeds.blueprint import bp
from forum.feeds.key_views import ended_key, made_key, signed_in, whole
from forum.feeds.keys import FEEDS
from forum.kit.atom import Entry, Feed, Related, written
from forum.kit.fresh import stamped
from forum.kit.origin import address
from forum.kit.rates import limiter
from forum.models import SEATED, Group, Topic

KIND = "application/atom+xml"


def by_key() -> str:
    """Whom fetches are counted for: a key, or where a visitor comes from."""
    key = request.args.get("key")
    return f"feed {hashlib.sha256(key.encode()).hexdigest()[:16]}" if key else f"address {address()}"


often: Callable[..., Any] = limiter.limit(lambda: current_app.config["LIMIT_FEED"], key_func=by_key)
#: keys that open nothing are counted by where they come from, all together: each of them is another
guessed: Callable[..., Any] = limiter.shared_limit(
    lambda: current_app.config["LIMIT_FEED"], "feed keys", key_func=lambda: f"keys {address()}",
    exempt_when=lambda: "key" not in request.args, deduct_when=lambda reply: reply.status_code == 404,
)  # fmt: skip


def limited(view: Callable[..., Any]) -> Callable[..., Any]:
    """A feed, fetched so often and no more."""
    return often(guessed(view))  # type: ignore[no-any-return]


def reader() -> Person:
    """Who reads: whose key it is, or a visitor without one. Raises NotFound for a key that opens nothing."""
    if "key" not in request.args:
        return VISITOR
    found = FEEDS.whose(request.args["key"])
    if found is None:
        raise NotFound
    return found


def group_for(me: Person, slug: str) -> Group:
    """The group. To a program a card says nothing: what may not be read with a key is not there."""
    try:
        return enter(me, slug)
    except CardOnly:
        raise NotFound from None


@bp.get("/groups/<slug>/feed.atom")
@limited
def group_feed(slug: str) -> Response:
    """The newest topics of a group."""
    me = reader()
    group = group_for(me, slug)
    return sent(me, queries.in_group(me, group), f"group/{group.id}", group.name, f"/groups/{slug}", group.created_at)


@bp.get("/groups/<slug>/tags/<tag>/feed.atom")
@limited
def tag_feed(slug: str, tag: str) -> Response:
    """The newest topics of a group with a tag. A tag that none of them has is not there."""
    me = reader()
    group = group_for(me, slug)
    rows = queries.in_group(me, group, tag)
    if not rows:
        raise NotFound
    page = f"/groups/{slug}?tag={quote(tag, safe='')}"
    return sent(me, rows, f"tag/{group.id}/{tag}", f"{tag} – {group.name}", page, group.created_at)


@bp.get("/groups/<slug>/topics/<number:n>/feed.atom")
@limited
def topic_feed(slug: str, n: int) -> Response:
    """The newest posts of a topic."""
    me = reader()
    group_for(me, slug)
    topic: Topic = fetch(Topic, me, slug, n=n)
    page = f"/groups/{slug}/topics/{n}"
    return sent(me, queries.in_topic(me, topic), f"topic/{topic.id}", topic.title, page, topic.created_at)


@bp.get("/feeds/mine.atom")
@limited
def my_feed() -> Response:
    """The newest topics of one's groups, by key."""
    me = reader()
    if not me:
        raise SignIn
    return sent(me, queries.in_groups_of(me), f"mine/{me.id}", "Your groups", "/", FEEDS.since(me))


def sent(me: Person, rows: Sequence[Any], name: str, title: str, page: str, began: datetime | None) -> Response:
    """The feed, or the answer that nothing changed. For its reader alone, and asked again each time."""
    entries = made(me, rows, name.startswith("topic/"))
    moments = [entry.updated for entry in entries] or [moment for moment in (began,) if moment]
    site = str(current_app.config["SITE_NAME"])
    here = whole(request.path)
    feed = Feed(id_of(name), f"{title} – {site}", here, whole(page), max(moments), entries, site)
    body = written(feed)
    version = hashlib.blake2b(f"{me.id} ".encode() + body, digest_size=12).hexdigest()
    same = request.if_none_match.contains_weak(version)
    reply = stamped(Response(None if same else body, 304 if same else 200, mimetype=KIND), version)
    reply.last_modified = feed.updated
    reply.headers["Referrer-Policy"], reply.headers["X-Robots-Tag"] = "no-referrer", "noindex"
    return reply


def made(me: Person, rows: Sequence[Any], posts: bool) -> list[Entry]:
    """The entries: of a topic its posts, else topics."""
    tags, files = queries.tags_of(rows), queries.files_of(me, rows)
    return [
        Entry(
            id_of(f"post/{row.id}"), title_of(row, posts), whole(f"/groups/{row.slug}/topics/{row.n}" + anchor(row)),
            row.author, row.html, row.created_at, row.edited_at or row.created_at, tags.get(row.topic_id, ()),
            [Related(whole(f"/groups/{file.slug}/library/{file.n}"), file.title) for file in files.get(row.id, ())],
        )
        for row in rows
    ]  # fmt: skip


def title_of(row: Any, posts: bool) -> str:
    """What an entry is called."""
    return f"{row.author}, post {row.no}: {row.title}" if posts and row.no else str(row.title)


def anchor(row: Any) -> str:
    """Where in its topic a post is."""
    return f"/posts/{row.no}" if row.no else ""


def id_of(name: str) -> str:
    """A lasting name (RFC 4151) that tells nothing: it stays when a topic is moved, and counts nothing."""
    salt, host = str(current_app.config["SECURITY_PASSWORD_SALT"]), urlsplit(current_app.config["BASE_URL"]).hostname
    return f"tag:{host},2026:{hmac.new(salt.encode(), f'feed {name}'.encode(), 'sha256').hexdigest()[:32]}"


@bp.get("/settings/feeds")
def settings() -> str:
    """Whether there is a key, and what it opens."""
    me = signed_in()
    mine = set(me.holding(SEATED))
    seats = [seat for seat in me.seats.values() if seat.group_id in mine]
    return render_template("feeds/settings.html", tab="feeds", since=FEEDS.since(me), seats=seats)


@bp.post("/settings/feeds")
def make_key() -> Answer:
    """A new key, said this once."""
    return made_key(FEEDS, "feed", ".my_feed", ".settings")


@bp.post("/settings/feeds/end")
def end_key() -> Answer:
    """The key opens nothing any more."""
    return ended_key(FEEDS, ".settings")
