"""Feeds: valid to readers we did not write, holding what their reader may read at that moment, opened by a key alone."""

import re
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from sqlalchemy import select, update

from forum.kit import ids
from forum.kit.atom import Entry, Feed, written
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.rates import limiter
from forum.members import actions as members
from forum.models import Document, FeedKey, FileAudience, Group, Membership, Post, Standing, Topic
from forum.who import person
from tests.conftest import make_app, sign_in
from tests.discussions.conftest import see, talk

__all__ = ["talk"]
SCHEMA = etree.RelaxNG(etree.parse(str(Path(__file__).with_name("atom.rng"))))
ATOM = "{http://www.w3.org/2005/Atom}"
OPEN, CLOSED = "/groups/service-design", "/groups/performance"


def feed_of(reply):
    """The feed as a feed reader reads it, and valid to the schema."""
    assert reply.status_code == 200, reply.status_code
    document = etree.fromstring(reply.data)
    assert SCHEMA.validate(document), SCHEMA.error_log
    assert document.findall(f"{ATOM}author") or all(
        e.findall(f"{ATOM}author") for e in document.findall(f"{ATOM}entry")
    )
    for entry in document.findall(f"{ATOM}entry"):
        assert [link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
    names = [e.findtext(f"{ATOM}id") for e in document.findall(f"{ATOM}entry")]
    assert len(names) == len(set(names))
    read = feedparser.parse(reply.data)
    assert not read.bozo, read.get("bozo_exception")
    return read


def titles(reply):
    return [entry.title for entry in feed_of(reply).entries]


@pytest.fixture
def key_of(community):
    """A key to someone's feeds."""

    def make(user):
        token = ids.token()
        db.session.add(FeedKey(user_id=user.id, digest=ids.digest(token)))
        db.session.commit()
        return token

    return make


def test_a_public_group_is_read_without_a_key_and_holds_what_visitors_read(community, as_, visitor):
    reply = visitor.get(f"{OPEN}/feed.atom")
    found = feed_of(reply)
    assert reply.mimetype == "application/atom+xml" and len(found.entries) > 1
    assert found.feed.title.startswith("Service Design Peers")
    assert reply.headers["Cache-Control"] == "private, no-cache" and "Set-Cookie" not in reply.headers
    for entry in found.entries:
        assert entry.link.startswith("http://localhost/groups/service-design/topics/")
        assert entry.id.startswith("tag:localhost,2026:") and entry.author and entry.content[0].type == "text/html"
    hidden = db.session.scalars(select(Topic).where(Topic.group_id == community.group("service-design").id)).first()
    db.session.execute(update(Topic).where(Topic.id == hidden.id).values(hidden_at=now()))
    db.session.commit()
    leads = as_(community.grace)
    assert hidden.title not in titles(leads.get(f"{OPEN}/feed.atom"))


def test_without_a_key_a_closed_feed_is_refused_like_its_page_whoever_asks(community, as_, visitor):
    for address in (
        f"{CLOSED}/feed.atom",
        f"{CLOSED}/topics/1/feed.atom",
        "/groups/no-such-group/feed.atom",
        "/feeds/mine.atom",
    ):
        assert visitor.get(address).status_code == 303
        assert as_(community.maya).get(address).status_code == 303


def test_with_her_key_a_member_reads_her_groups_and_no_other(community, visitor, key_of):
    key = key_of(community.maya)
    assert len(titles(visitor.get(f"{CLOSED}/feed.atom?key={key}"))) > 1
    assert titles(visitor.get(f"{CLOSED}/topics/1/feed.atom?key={key}"))
    mine = feed_of(visitor.get(f"/feeds/mine.atom?key={key}"))
    assert mine.entries and key not in str(mine)
    theirs = {entry.link.split("/")[4] for entry in mine.entries}
    assert theirs <= {seat.slug for seat in person(community.maya.id).seats.values()}
    for closed in ("reorganisation", "no-such-group"):
        assert visitor.get(f"/groups/{closed}/feed.atom?key={key}").status_code == 404


def test_a_key_opens_feeds_and_nothing_else(community, visitor, key_of):
    key = key_of(community.maya)
    for address in (
        CLOSED,
        f"{CLOSED}/topics/1",
        f"{CLOSED}/library/1/download",
        "/settings/feeds",
        f"/feeds/mine.atom?key={key}x",
    ):
        with_key = address if "key=" in address else f"{address}?key={key}"
        assert visitor.get(with_key).status_code in (303, 404), address
    assert visitor.post(f"{CLOSED}/topics/1/follow?key={key}").status_code == 303


def test_a_key_is_shown_once_kept_as_a_digest_and_ended_by_a_new_one(community, as_, visitor):
    maya = as_(community.maya)
    maya.post("/settings/feeds")
    page = see(maya, "/settings/feeds").text
    (key,) = re.findall(r"mine\.atom\?key=([\w-]{43})", page)
    assert key not in see(maya, "/settings/feeds").text
    stored = db.session.scalars(select(FeedKey).where(FeedKey.user_id == community.maya.id)).one()
    assert stored.digest == ids.digest(key)
    assert visitor.get(f"/feeds/mine.atom?key={key}").status_code == 200
    maya.post("/settings/feeds")
    assert visitor.get(f"/feeds/mine.atom?key={key}").status_code == 404
    (newer,) = re.findall(r"mine\.atom\?key=([\w-]{43})", see(maya, "/settings/feeds").text)
    maya.post("/settings/feeds/end")
    assert visitor.get(f"/feeds/mine.atom?key={newer}").status_code == 404
    assert as_(None).post("/settings/feeds").status_code == 303


@pytest.mark.parametrize("what", ["suspended", "password", "everywhere"])
def test_a_key_ends_with_the_rest_of_what_is_open(community, as_, visitor, key_of, what):
    maya, key = as_(community.maya), key_of(community.maya)
    assert visitor.get(f"/feeds/mine.atom?key={key}").status_code == 200
    if what == "suspended":
        members.suspend(community.maya, "x")
    elif what == "password":
        members.set_password(community.maya, "another practice horse")
    else:
        assert maya.post("/settings/sessions/others/ending").status_code == 303
    db.session.commit()
    assert visitor.get(f"/feeds/mine.atom?key={key}").status_code == 404
    if what == "suspended":
        members.restore(community.maya)
        db.session.commit()
        assert visitor.get(f"/feeds/mine.atom?key={key}").status_code == 404


def test_who_leaves_a_group_reads_no_more_of_it_at_the_next_fetch(community, visitor, key_of):
    key, group = key_of(community.maya), community.group("performance")
    name = f"/{group.slug}/"
    assert any(name in entry.link for entry in feed_of(visitor.get(f"/feeds/mine.atom?key={key}")).entries)
    here = (Membership.user_id == community.maya.id, Membership.group_id == group.id)
    db.session.execute(update(Membership).where(*here).values(standing=Standing.FORMER))
    db.session.commit()
    assert not any(name in entry.link for entry in feed_of(visitor.get(f"/feeds/mine.atom?key={key}")).entries)
    assert visitor.get(f"{CLOSED}/feed.atom?key={key}").status_code == 404


def test_what_is_hidden_or_deleted_leaves_also_for_who_asks_conditionally(community, as_, visitor, talk, key_of):
    key = key_of(community.sam)
    n = talk.topic(as_(community.maya), "policy", "Kestrels of policy")
    talk.reply(as_(community.leon), "policy", n, "A kestrel was seen.")
    address = f"/groups/policy/topics/{n}/feed.atom?key={key}"
    first = visitor.get(address)
    etag, moment = first.headers["ETag"], first.headers["Last-Modified"]
    assert "kestrel was seen" in first.text
    assert visitor.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert not visitor.get(address, headers={"If-None-Match": etag}).data
    as_(community.tom).post(f"/groups/policy/topics/{n}/posts/1/hiding")
    again = visitor.get(address, headers={"If-None-Match": etag, "If-Modified-Since": moment})
    assert again.status_code == 200 and "kestrel was seen" not in again.text
    alone = visitor.get(address, headers={"If-Modified-Since": moment})
    assert alone.status_code == 200 and "kestrel was seen" not in alone.text
    as_(community.tom).post(f"/groups/policy/topics/{n}/hiding")
    assert visitor.get(address).status_code == 404
    assert "Kestrels" not in visitor.get(f"/groups/policy/feed.atom?key={key}").text


def test_one_readers_etag_is_not_anothers(community, visitor, key_of):
    etag = visitor.get(f"{CLOSED}/feed.atom?key={key_of(community.maya)}").headers["ETag"]
    other = visitor.get(f"{CLOSED}/feed.atom?key={key_of(community.dan)}", headers={"If-None-Match": etag})
    assert other.status_code == 200


def test_titles_and_texts_are_escaped_and_addresses_are_whole(community, as_, visitor, talk, key_of):
    title, body = (
        "Is <b>A & B</b> > C?",
        "See [the policy](/groups/policy) & <script>alert(1)</script> https://example.org/x?a=1&b=2",
    )
    n = talk.topic(as_(community.tom), "policy", title, body=body)
    (entry,) = feed_of(visitor.get(f"/groups/policy/topics/{n}/feed.atom?key={key_of(community.sam)}")).entries
    raw = visitor.get(f"/groups/policy/topics/{n}/feed.atom?key={key_of(community.leon)}").text
    assert "<b>A" not in raw and "<script" not in raw and "&lt;p&gt;" in raw
    assert 'href="http://localhost/groups/policy"' in entry.content[0].value
    assert entry.title in (title, "Is &lt;b&gt;A &amp; B&lt;/b&gt; &gt; C?")


def test_files_are_links_to_their_pages_for_those_who_may_open_them(community, visitor, key_of):
    document = db.session.scalars(
        select(Document)
        .join(Group, Group.id == Document.group_id)
        .where(Group.slug == "performance", Document.post_id.is_not(None))
    ).first()
    post = db.session.scalars(select(Post).where(Post.id == document.post_id)).one()
    page = f"http://localhost/groups/performance/library/{document.n}"
    address = f"{CLOSED}/topics/{post.topic.n}/feed.atom?key={key_of(community.maya)}"
    links = [
        link.href for entry in feed_of(visitor.get(address)).entries for link in entry.links if link.rel == "related"
    ]
    assert page in links and not any(
        link.rel == "enclosure" for entry in feed_of(visitor.get(address)).entries for link in entry.links
    )
    document.audience = FileAudience.FACILITATORS
    db.session.commit()
    assert page not in visitor.get(address).text


def test_a_tags_feed_holds_topics_with_the_tag_and_is_not_there_without_any(community, as_, visitor, talk, key_of):
    n = talk.topic(as_(community.maya), "policy", "Tagged kestrels", tags="kestrels & more")
    key = key_of(community.sam)
    found = feed_of(visitor.get(f"/groups/policy/tags/kestrels%20%26%20more/feed.atom?key={key}"))
    assert [entry.title for entry in found.entries] == ["Tagged kestrels"]
    assert [tag.term for tag in found.entries[0].tags] == ["kestrels & more"]
    as_(community.tom).post(f"/groups/policy/topics/{n}/hiding")
    assert visitor.get(f"/groups/policy/tags/kestrels%20%26%20more/feed.atom?key={key}").status_code == 404


def test_the_pages_that_visitors_read_name_their_feeds(community, as_, visitor):
    kind = 'rel="alternate" type="application/atom+xml"'
    for address in (OPEN, f"{OPEN}/topics/3"):
        assert (
            f"{kind} title=" in visitor.get(address).text and f'href="{address}/feed.atom"' in visitor.get(address).text
        )
    assert kind not in as_(community.maya).get(CLOSED).text


def test_ids_last_when_a_topic_is_renamed_and_say_nothing_of_numbers(community, as_, visitor, talk, key_of):
    key = key_of(community.sam)
    before = {entry.link: entry.id for entry in feed_of(visitor.get(f"/groups/policy/feed.atom?key={key}")).entries}
    db.session.execute(update(Topic).values(title="Another title"))
    db.session.commit()
    after = {entry.link: entry.id for entry in feed_of(visitor.get(f"/groups/policy/feed.atom?key={key}")).entries}
    assert before == after and all(re.fullmatch(r"tag:localhost,2026:[0-9a-f]{32}", name) for name in after.values())


def test_a_feed_is_bounded(community, as_, visitor, key_of):
    topic = community.topic("policy", 1)
    number = topic.last_no
    for no in range(number + 1, number + 50):
        facts = {"no": no, "place": no, "author_id": community.maya.id, "body": "x", "html": "<p>x</p>", "renderer": 1}
        db.session.add(Post(topic_id=topic.id, group_id=topic.group_id, **facts))
    topic.last_no = topic.last_place = number + 49
    db.session.commit()
    found = feed_of(visitor.get(f"/groups/policy/topics/1/feed.atom?key={key_of(community.sam)}"))
    assert len(found.entries) == 30 and f"/posts/{number + 49}" in found.entries[0].link


def test_no_character_makes_a_feed_unreadable():
    entry = Entry(
        "tag:x,2026:1",
        "A\x00\x0b\ufffe title",
        "http://x/1",
        "N\x1fame",
        "<p>\x08\ud800]]></p>",
        now(),
        now(),
        ["t\x02"],
    )
    document = written(Feed("tag:x,2026:2", "T\x01", "http://x/feed", "http://x/", now(), [entry]))
    assert not feedparser.parse(document).bozo and SCHEMA.validate(etree.fromstring(document))


def test_keys_are_not_guessed_without_end_from_one_address(app, tmp_path, community):
    """Each guess is another key, so they are counted by where they come from; whose key opens is not counted so."""
    url = app.config["DATABASE_URL"]
    made = make_app(tmp_path / "limited", url, RATELIMIT_ENABLED=True, LIMIT_FEED="3 per hour")
    limiter.reset()
    try:
        guesser = sign_in(made, None)
        keys = [f"{n:032d}" for n in range(5)]
        answers = [guesser.get(f"{OPEN}/feed.atom?key={key}").status_code for key in keys]
        assert answers == [404, 404, 404, 429, 429]
        other = sign_in(made, None)
        other.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        assert other.get(f"{OPEN}/feed.atom").status_code == 200
        assert guesser.get(f"{OPEN}/feed.atom").status_code == 200
    finally:
        limiter.reset()
        limiter.enabled = False
