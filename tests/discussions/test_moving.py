"""Facilitators put topics and posts where they belong; nobody reads more than was said, and old addresses lead on."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum import outbox
from forum.access import audience
from forum.kit import clock
from forum.kit.db import db
from forum.models import (
    AuditEntry,
    Document,
    DocumentTag,
    Event,
    FileAudience,
    Group,
    Mail,
    MailState,
    Post,
    Slide,
    Topic,
    TopicTag,
    Version,
)
from forum.outbox import letter
from tests.discussions.conftest import see
from tests.library.conftest import post_of as post_in
from tests.library.conftest import shelve  # noqa: F401 a fixture

FROM, TO = "/groups/performance", "/groups/policy"


def sent(page, *names):
    """What the form on a page would send of these fields."""
    text = page.get_data(as_text=True)
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] in names:
            found[name[1]] = html.unescape(value[1])
    return found


def move(browser, slug, n, to):
    """What comes of looking and confirming."""
    page = browser.get(f"/groups/{slug}/topics/{n}/move", query_string={"to": to})
    return browser.post(f"/groups/{slug}/topics/{n}/move", data=sent(page, "to", "seen"))


def merge(browser, slug, n, into):
    """The same, for one topic into another."""
    page = browser.get(f"/groups/{slug}/topics/{n}/merge", query_string={"into": into})
    return browser.post(f"/groups/{slug}/topics/{n}/merge", data=sent(page, "into", "seen"))


def put(browser, address, into, to=""):
    """The same, for a post into another topic."""
    page = browser.post(f"{address}/move", data={"where": "there", "into": into, "to": to})
    fields = sent(page, "seen") or {"seen": ""}
    return browser.post(f"{address}/move", data={"where": "there", "into": into, "to": to, **fields})


def undo(browser, address):
    """What comes of taking the last move back."""
    return browser.post(f"{address}/moves/end", data=sent(browser.get(f"{address}/moves"), "at"))


def where(reply):
    """Where somebody is led."""
    return reply.headers.get("Location", "").partition("#")[0]


def readers(thing):
    """Who may read it now."""
    return set(db.session.scalars(select(audience(thing).subquery().c.id)))


def stands(address):
    """A topic as stored."""
    slug, n = re.match(r"/groups/([^/]+)/topics/(\d+)", address).groups()
    db.session.expire_all()
    found = select(Topic).join(Group, Group.id == Topic.group_id).where(Group.slug == slug, Topic.n == int(n))
    return db.session.scalars(found).one()


def counted(group):
    """What a group counts, and what its rows say."""
    db.session.expire_all()
    shown = [Topic.group_id == group.id, Topic.deleted_at.is_(None), Topic.hidden_at.is_(None)]
    topics = db.session.scalars(select(Topic).where(*shown)).all()
    live = [Post.deleted_at.is_(None), Post.hidden_at.is_(None)]
    posts = {one.id: db.session.scalars(select(Post.no).where(Post.topic_id == one.id, *live)).all() for one in topics}
    assert all(one.reply_count == len([no for no in posts[one.id] if no]) for one in topics)
    return (group.topic_count, group.post_count), (len(topics), sum(map(len, posts.values())))


@pytest.fixture
def ruth(community, as_):
    """Ruth, who looks after both groups."""
    return as_(community.ruth)


@pytest.fixture
def topic(community, as_, talk):
    """A question of the closed group by Maya, with a reply by Tom and one to that by Priya."""
    n = talk.topic(as_(community.maya), "performance", "Of numbats", tags="numbat")
    talk.reply(as_(community.tom), "performance", n, "They eat termites.")
    talk.reply(as_(community.priya), "performance", n, "Only termites.", 1)
    return n


def test_moving_a_topic_says_first_who_would_come_to_read_it(community, ruth, topic, shelve):  # noqa: F811
    old = f"{FROM}/topics/{topic}"
    shelve("performance", "maya", "a.pdf", post=post_in(stands(old)))
    before = readers(stands(old))
    gained = readers(community.group("policy")) - before
    page = see(ruth, f"{old}/move?to=policy")
    said = f"shows the post, its 2 replies and 1 file to {len(gained)} people who cannot see them now"
    assert said in page.words and f"Show it to {len(gained)} more people" in page.words
    assert readers(stands(old)) == before
    new = where(move(ruth, "performance", topic, "policy"))
    assert readers(stands(new)) - before == gained
    assert "hides them from" not in page.words
    back = see(ruth, f"{new}/move?to=performance")
    assert "Nobody new will see" in back.words and f"hides them from {len(gained)} people" in back.words


def test_without_a_confirmed_look_nothing_moves(community, ruth, as_, topic):
    old = f"{FROM}/topics/{topic}"
    for data in ({"to": "policy"}, {"to": "policy", "seen": "2 0 1 0 0"}, {"seen": "x"}, {}):
        assert ruth.post(f"{old}/move", data=data).status_code in (409, 422)
    assert stands(old).group.slug == "performance"
    fields = sent(ruth.get(f"{old}/move?to=policy"), "to", "seen")
    as_(community.tom).post(f"{old}/replies", data={"body": "One more.", "key": "0" * 16})
    late = ruth.post(f"{old}/move", data=fields)
    assert late.status_code == 409 and "its 3 replies" in see_of(late)
    assert stands(old).group.slug == "performance"


def see_of(reply):
    """The words of an answer."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(reply.get_data(as_text=True))).split())


@pytest.mark.parametrize("who", ["priya", "tom", "maya", "sam"])
def test_who_does_not_look_after_both_groups_moves_nothing(community, as_, topic, who):
    browser, old = as_(getattr(community, who)), f"{FROM}/topics/{topic}"
    for to in ("policy", "case-review", "no-such-group"):
        assert browser.post(f"{old}/move", data={"to": to, "seen": "2 0 0 0 0"}).status_code in (403, 422)
    assert browser.get(f"{old}/move").status_code == (200 if who == "priya" else 403)
    assert stands(old).group.slug == "performance"


def test_a_group_one_may_not_know_of_is_refused_like_one_that_is_not_there(ruth, topic):
    old = f"{FROM}/topics/{topic}"
    hidden, none = (ruth.get(f"{old}/move", query_string={"to": to}) for to in ("case-review", "no-such-group"))
    strip = lambda reply: re.sub(r"[0-9a-f]{16,}", "", reply.get_data(as_text=True))  # noqa: E731
    assert hidden.status_code == none.status_code and strip(hidden) == strip(none)
    pages = [
        ruth.get(f"{old}/merge", query_string={"into": f"/groups/{slug}/topics/1"}) for slug in ("case-review", "xxxx")
    ]
    assert pages[0].status_code == pages[1].status_code == 422
    assert strip(pages[0]).replace("case-review", "xxxx") == strip(pages[1])


def test_everything_goes_along(community, ruth, as_, topic, shelve):  # noqa: F811
    old = f"{FROM}/topics/{topic}"
    deck = shelve("performance", "maya", "a.pdf", post=post_in(stands(old)))
    closed = shelve("performance", "maya", "b.pdf", audience="facilitators", post=post_in(stands(old)))
    db.session.add(DocumentTag(document_id=deck.id, group_id=deck.group_id, tag="numbat"))
    as_(community.dan).post(f"{old}/follow")
    policy = community.group("policy")
    taken, files = policy.last_topic_n, policy.last_document_n
    new = where(move(ruth, "performance", topic, "policy"))
    assert new == f"{TO}/topics/{taken + 1}"
    db.session.expire_all()
    policy, topic_id = community.group("policy"), stands(new).id
    for model in (Post, TopicTag, Event):
        groups = db.session.scalars(select(model.group_id).where(model.topic_id == topic_id)).all()
        assert groups and set(groups) == {policy.id}, model
    deck, closed = (db.session.get(Document, one.id) for one in (deck, closed))
    assert {deck.n, closed.n} == {files + 1, files + 2} and deck.group_id == closed.group_id == policy.id
    assert (deck.audience, closed.audience) == (FileAudience.MEMBERS, FileAudience.FACILITATORS)
    for model in (Version, DocumentTag):
        assert set(db.session.scalars(select(model.group_id).where(model.document_id == deck.id))) == {policy.id}
    assert set(db.session.scalars(select(Slide.group_id).join(Version, Version.id == Slide.version_id).where(
        Version.document_id == deck.id
    ))) <= {policy.id}  # fmt: skip
    for slug in ("performance", "policy"):
        shown, real = counted(community.group(slug))
        assert shown == real, slug
    sam = as_(community.sam)
    assert "Of numbats" in see(sam, new).text and see(sam, f"{TO}/tags/numbat").status == 200
    assert see(sam, "/search?q=termites").text.count(f"{new}/posts/1") >= 1
    assert as_(community.maya).get(f"{FROM}/tags/numbat").status_code == 404


def test_a_file_opened_wide_is_no_wider_than_its_new_group(community, ruth, talk, as_, shelve):  # noqa: F811
    n = talk.topic(as_(community.tom), "policy", "Of bilbies")
    wide = shelve("policy", "tom", "w.pdf", audience="web", post=post_in(stands(f"{TO}/topics/{n}")))
    move(ruth, "policy", n, "performance")
    db.session.expire_all()
    assert db.session.get(Document, wide.id).audience == FileAudience.MEMBERS


def test_old_addresses_lead_on_for_those_who_may_read_both_places(community, ruth, as_, topic, shelve):  # noqa: F811
    old = f"{FROM}/topics/{topic}"
    deck = shelve("performance", "maya", "a.pdf", post=post_in(stands(old)))
    before = f"{FROM}/library/{deck.n}"
    new = where(move(ruth, "performance", topic, "policy"))
    db.session.expire_all()
    after = f"{TO}/library/{db.session.get(Document, deck.id).n}"
    maya = as_(community.maya)
    for was, now in (
        (old, new), (f"{old}?page=1", f"{new}?page=1"), (f"{old}-of-numbats", new), (f"{old}/posts/2", f"{new}/posts/2"),
        (f"{old}/posts/1/history", f"{new}/posts/1/history"), (f"{old}/new", f"{new}/new"), (before, after),
        (f"{before}/download", f"{after}/download"), (f"{before}/versions/1/download", f"{after}/versions/1/download"),
    ):  # fmt: skip
        reply = maya.get(was)
        assert (reply.status_code, where(reply)) == (301, now), was
        assert "no-store" in reply.headers["Cache-Control"]
        assert maya.head(was).status_code == 301
    assert see(maya, f"{old}/posts/2").status == 200
    assert as_(None).get(old).status_code == 303 and where(as_(None).get(old)).startswith("/sign-in")
    for name in ("sam", "joanna", "grace", "vic"):
        hidden, none = as_(getattr(community, name)).get(old), as_(getattr(community, name)).get(f"{FROM}/topics/98765")
        assert hidden.status_code == none.status_code == 403 and hidden.data == none.data


def test_nobody_learns_of_a_closed_group_by_an_old_address(community, ruth, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Of bilbies")
    move(ruth, "policy", n, "safeguarding")
    sam, strip = as_(community.sam), lambda reply: re.sub(r"[0-9a-f]{16,}", "", reply.get_data(as_text=True))
    for below in ("", "/posts/0", "/edit"):
        hidden, none = sam.get(f"{TO}/topics/{n}{below}"), sam.get(f"{TO}/topics/98765{below}")
        assert hidden.status_code == none.status_code == 404 and strip(hidden) == strip(none)
        assert hidden.headers.get("Location") is None
    assert sam.post(f"{TO}/topics/{n}/follow").status_code == 404


def test_the_authors_are_told_if_they_may_still_read_it(community, ruth, as_, talk):
    n = talk.topic(as_(community.leon), "policy", "Of bilbies")
    talk.reply(as_(community.maya), "policy", n)
    new = where(move(ruth, "policy", n, "safeguarding"))
    db.session.expire_all()
    mails = db.session.scalars(select(Mail).where(Mail.template == "moved")).all()
    assert [mail.user_id for mail in mails] == [community.maya.id]
    assert "Moved to Safeguarding Practice: Of bilbies" in str(letter.write(mails[0].id)["Subject"])
    db.session.execute(update(Topic).where(Topic.id == stands(new).id).values(hidden_at=clock.now()))
    db.session.commit()
    outbox.deliver()
    db.session.expire_all()
    assert db.session.scalars(select(Mail.state).where(Mail.template == "moved")).all() == [MailState.DROPPED]


def test_each_log_says_what_happened_and_nothing_of_the_other_group(community, ruth, topic):
    move(ruth, "performance", topic, "policy")
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("topic.moved%"))).all()
    found = {(row.action, row.group_id): row.details for row in rows}
    away, here = ("topic.moved away", community.group("performance").id), ("topic.moved", community.group("policy").id)
    assert set(found) == {away, here} and found[away] == {"topic": topic}


def test_a_move_is_taken_back_within_a_day(community, ruth, as_, topic, shelve):  # noqa: F811
    old = f"{FROM}/topics/{topic}"
    deck = shelve("performance", "maya", "a.pdf", post=post_in(stands(old)))
    number, before = deck.n, readers(stands(old))
    new = where(move(ruth, "performance", topic, "policy"))
    assert where(undo(ruth, new)) == old
    assert readers(stands(old)) == before and see(as_(community.maya), old).status == 200
    db.session.expire_all()
    assert db.session.get(Document, deck.id).n == number and as_(community.sam).get(new).status_code == 404
    assert where(as_(community.maya).get(new)) == old
    for slug in ("performance", "policy"):
        shown, real = counted(community.group(slug))
        assert shown == real
    assert "move.undone" in db.session.scalars(select(AuditEntry.action)).all()
    again = where(move(ruth, "performance", topic, "policy"))
    assert again != new and where(as_(community.maya).get(old)) == again


@pytest.mark.parametrize("why", ["a reply", "a day", "twice"])
def test_a_move_that_was_built_on_is_not_taken_back(community, ruth, as_, talk, topic, why):
    new = where(move(ruth, "performance", topic, "policy"))
    fields = sent(ruth.get(f"{new}/moves"), "at")
    if why == "a reply":
        talk.reply(as_(community.sam), "policy", int(new.rsplit("/", 1)[1]))
    if why == "twice":
        ruth.post(f"{new}/moves/end", data=fields)
    with clock.at(clock.now() + (timedelta(hours=25) if why == "a day" else timedelta())):
        late = ruth.post(f"{new}/moves/end", data=fields, follow_redirects=why != "twice")
    assert late.status_code == (303 if why == "twice" else 409)
    assert stands(f"{FROM}/topics/{topic}" if why == "twice" else new).deleted_at is None
    if why == "a reply":
        assert "A reply has come since" in see_of(late)


def test_a_reply_to_a_topic_that_moved_meanwhile_is_posted_where_no_more_people_read_it(community, ruth, as_, talk):
    n = talk.topic(as_(community.leon), "policy", "Of bilbies")
    talk.reply(as_(community.tom), "policy", n)
    new = where(move(ruth, "policy", n, "performance"))
    maya = as_(community.maya)
    late = talk.reply(maya, "policy", n, "Written for the old place.", 1)
    assert late.status_code == 303 and where(late).startswith(new)
    page = see(maya, where(late))
    assert "Written for the old place." in page.text and "has been moved to Performance Management" in page.words
    assert (
        db.session.scalars(select(Post.group_id).where(Post.topic_id == stands(new).id)).all()
        == [community.group("performance").id] * 3
    )
    gone = talk.reply(as_(community.leon), "policy", n, "By one who is not there.")
    assert gone.status_code == 404 and "By one who is not there." in gone.get_data(as_text=True)


def test_a_reply_that_more_people_would_read_is_shown_again_first(community, ruth, as_, talk, topic):
    new = where(move(ruth, "performance", topic, "policy"))
    late = talk.reply(as_(community.maya), "performance", topic, "Written for six people.", 1)
    text = late.get_data(as_text=True)
    assert late.status_code == 409 and "Written for six people." in text and f'action="{new}/replies"' in text
    assert "Everyone signed in" in text and stands(new).reply_count == 2


def test_a_reply_with_its_replies_goes_to_another_topic(community, ruth, as_, talk, topic):
    other = talk.topic(as_(community.dan), "performance", "Of bilbies")
    talk.replies(as_(community.maya), "performance", other, "", 1)
    source, target = f"{FROM}/topics/{topic}", f"{FROM}/topics/{other}"
    page = see_of(ruth.post(f"{source}/posts/1/move", data={"where": "there", "into": f"http://localhost{target}"}))
    assert "Nobody new will see the post and its 1 reply" in page or "its 1 reply" in page
    assert put(ruth, f"{source}/posts/1", target, "1").status_code == 303
    db.session.expire_all()
    assert [stands(source).reply_count, stands(target).reply_count] == [0, 4]
    posts = see(as_(community.maya), target)
    assert posts.posts == [1, 2, 3, 4] and "They eat termites." in posts.article(3)
    for was, now in ((1, 3), (2, 4)):
        reply = as_(community.maya).get(f"{source}/posts/{was}")
        assert (reply.status_code, where(reply)) == (301, f"{target}/posts/{now}")
    assert where(undo(ruth, target)) == source
    assert see(as_(community.maya), source).posts == [1, 2] and see(as_(community.maya), target).posts == [1, 2]
    shown, real = counted(community.group("performance"))
    assert shown == real


def test_a_reply_is_put_elsewhere_in_its_topic(community, ruth, as_, talk, topic):
    source = f"{FROM}/topics/{topic}"
    talk.replies(as_(community.maya), "performance", topic, "", 3)
    assert ruth.post(f"{source}/posts/3/move", data={"where": "here", "to": "1"}).status_code == 303
    assert see(as_(community.maya), source).posts == [1, 2, 3, 4]
    rows = db.session.execute(select(Post.no, Post.place).where(Post.topic_id == stands(source).id)).all()
    assert sorted(tuple(row) for row in rows) == [(0, 0), (1, 1), (2, 1), (3, 1), (4, 1)]
    late = ruth.post(f"{source}/posts/1/move", data={"where": "here", "to": "4"})
    assert late.status_code == 409 and "lower number" in see_of(late)
    assert ruth.post(f"{source}/posts/2/move", data={"where": "here", "to": ""}).status_code == 303
    assert see(as_(community.maya), source).posts == [1, 3, 4, 2]
    assert where(undo(ruth, source)) == source


def test_a_post_becomes_a_topic_of_its_own(community, ruth, as_, talk, topic):
    source = f"{FROM}/topics/{topic}"
    talk.reply(as_(community.dan), "performance", topic, "And ants?", 2)
    data = {"where": "new", "title": "What numbats eat", "kind": "discussion"}
    new = where(ruth.post(f"{source}/posts/1/move", data=data))
    made = stands(new)
    assert made.author_id == community.tom.id and made.reply_count == 2 and stands(source).reply_count == 0
    page = see(as_(community.maya), new)
    assert "They eat termites." in page.text and page.posts == [1, 2] and "Only termites." in page.article(1)
    assert where(as_(community.maya).get(f"{source}/posts/3")) == f"{new}/posts/2"
    assert where(undo(ruth, new)) == source
    assert see(as_(community.maya), source).posts == [1, 2, 3] and stands(new).deleted_at is not None
    assert where(as_(community.maya).get(new)) == f"{source}/posts/1"
    shown, real = counted(community.group("performance"))
    assert shown == real


def test_two_topics_become_one(community, ruth, as_, talk, topic):
    other = talk.topic(as_(community.dan), "performance", "Of numbats, again")
    talk.replies(as_(community.maya), "performance", other, "")
    as_(community.ceri).post(f"{FROM}/topics/{topic}/follow")
    source, target = f"{FROM}/topics/{topic}", f"{FROM}/topics/{other}"
    assert where(merge(ruth, "performance", topic, target)) == target
    page = see(as_(community.maya), target)
    assert page.posts == [1, 2, 3, 4] and "What do you do?" in page.article(2)
    assert where(as_(community.maya).get(source)) == f"{target}/posts/2"
    assert where(as_(community.maya).get(f"{source}/posts/2")) == f"{target}/posts/4"
    assert 'aria-pressed="true"' in see(as_(community.ceri), target).text
    assert stands(target).reply_count == 4 and stands(source).deleted_at is not None
    assert where(undo(ruth, target)) == source
    assert see(as_(community.maya), source).posts == [1, 2] and see(as_(community.maya), target).posts == [1]
    shown, real = counted(community.group("performance"))
    assert shown == real


def test_an_accepted_answer_that_moves_is_no_longer_the_answer(community, ruth, as_, talk, topic):
    source = f"{FROM}/topics/{topic}"
    as_(community.maya).post(f"{source}/answer", data={"no": 1})
    new = where(ruth.post(f"{source}/posts/1/move", data={"where": "new", "title": "T", "kind": "discussion"}))
    assert stands(source).accepted_no is None and "Accepted answer" not in see(as_(community.maya), source).words
    undo(ruth, new)
    assert stands(source).accepted_no == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Choose where it belongs"), ({"where": "new", "kind": "discussion"}, "Write a title"),
        ({"where": "there"}, "Write the address"), ({"where": "there", "into": "/groups/case-review/topics/1"}, "that you look after"),
        ({"where": "there", "into": "javascript:alert(1)"}, "that you look after"), ({"where": "here", "to": "abc"}, "Write the number"),
        ({"where": "here", "to": "99"}, "no post 99"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field(ruth, topic, data, says):
    reply = ruth.post(f"{FROM}/topics/{topic}/posts/1/move", data=data)
    assert reply.status_code in (409, 422) and says in see_of(reply)
