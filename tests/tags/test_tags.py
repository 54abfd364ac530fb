"""A tag is there for those who may read something that bears it, and for nobody else (KB3)."""

import html
import re
from urllib.parse import quote

import pytest
from sqlalchemy import select

from forum import outbox
from forum.access import person
from forum.discussions import actions as discussions
from forum.discussions import moving
from forum.groups import actions as groups
from forum.kit.db import db
from forum.library import actions as library
from forum.models import AuditEntry, DocumentTag, Event, Mail, MailState, TagFollow, Topic, TopicTag
from tests.discussions.conftest import see, talk  # noqa: F401 a fixture
from tests.library.conftest import shelve  # noqa: F401 a fixture

PERFORMANCE = "/groups/performance"


def listed(page):
    """The tags of the list, each with what bears it."""
    rows = re.findall(r'/tags/[^"/]+">([^<]+)</a></h3><p class="meta">([^<]*)</p>', page.text)
    return {html.unescape(tag): said for tag, said in rows}


def tagged(community, slug, n, *tags):
    """Gives a file these tags."""
    library.tag(community.document(slug, n), list(tags))
    db.session.commit()


def test_a_tag_of_topics_and_files_has_a_page(community, as_, talk, shelve):  # noqa: F811
    n = talk.topic(as_(community.maya), "performance", "Of numbats", tags="numbat")
    deck = shelve("performance", "ruth", "numbats.pdf")
    tagged(community, "performance", deck.n, "numbat")
    tom = as_(community.tom)
    assert listed(see(tom, f"{PERFORMANCE}/tags"))["numbat"] == "1 topic, 1 file"
    page = see(tom, f"{PERFORMANCE}/tags/numbat")
    assert f'href="{PERFORMANCE}/topics/{n}/new"' in page.text or f'href="{PERFORMANCE}/topics/{n}"' in page.text
    assert f'href="{PERFORMANCE}/library/{deck.n}"' in page.text
    assert see(tom, f"{PERFORMANCE}/topics/{n}").text.count(f"{PERFORMANCE}/tags/numbat") == 1
    assert "Of numbats" in see(tom, "/tags/numbat").words and "numbats" in see(tom, "/tags/numbat").words


def bare(reply):
    """A page without what differs each time, and without the word that was asked for."""
    return re.sub(r"\b[0-9a-f]{16,32}\b", "", reply.get_data(as_text=True)).replace("numbat", "never-used")


@pytest.mark.parametrize("where", ["hidden topic", "deleted topic", "facilitators' file", "draft"])
def test_a_tag_only_on_what_one_may_not_read_does_not_exist(community, as_, talk, shelve, where):  # noqa: F811
    ruth, tom, never = as_(community.ruth), as_(community.tom), f"{PERFORMANCE}/tags/never-used"
    if "topic" in where:
        n = talk.topic(as_(community.maya), "performance", "Secret", tags="numbat")
        below = "hiding" if where == "hidden topic" else "posts/0/deletion"
        assert ruth.post(f"{PERFORMANCE}/topics/{n}/{below}").status_code == 303
    else:
        deck = shelve("performance", "ruth", "a.pdf", audience="facilitators")
        if where == "draft":
            deck.posted_at = None
        tagged(community, "performance", deck.n, "numbat")
    for address in (f"{PERFORMANCE}/tags/numbat", "/tags/numbat"):
        hidden, unknown = tom.get(address), tom.get(address.replace("numbat", "never-used"))
        assert hidden.status_code == unknown.status_code == 404
        assert bare(hidden) == bare(unknown)
    assert tom.post(f"{PERFORMANCE}/tags/numbat/follow").status_code == tom.post(f"{never}/follow").status_code == 404
    assert "numbat" not in see(tom, f"{PERFORMANCE}/tags").text
    for form in ("topics/new", "library/new"):
        assert "numbat" not in see(tom, f"{PERFORMANCE}/{form}").text
    seen = where in ("hidden topic", "facilitators' file")
    assert (ruth.get(f"{PERFORMANCE}/tags/numbat").status_code == 200) == seen


def test_a_tag_of_a_closed_group_is_nothing_to_others(community, as_, talk):  # noqa: F811
    talk.topic(as_(community.maya), "performance", "Of numbats", tags="numbat")
    for name in ("joanna", "sam", "grace", "vic"):
        browser = as_(getattr(community, name))
        assert browser.get("/tags/numbat").status_code == 404
        assert browser.get(f"{PERFORMANCE}/tags/numbat").status_code == 403
        assert browser.get(f"{PERFORMANCE}/tags/never").data == browser.get(f"{PERFORMANCE}/tags/numbat").data
    assert as_(None).get("/tags/numbat").status_code == as_(None).get("/tags/never").status_code == 303


def test_counts_are_of_what_the_reader_may_read(community, as_, talk):  # noqa: F811
    maya, ruth = as_(community.maya), as_(community.ruth)
    numbers = [talk.topic(maya, "performance", f"Numbat {n}", tags="numbat") for n in range(3)]
    ruth.post(f"{PERFORMANCE}/topics/{numbers[0]}/hiding")
    assert listed(see(maya, f"{PERFORMANCE}/tags"))["numbat"] == "2 topics"
    assert listed(see(ruth, f"{PERFORMANCE}/tags"))["numbat"] == "3 topics"
    assert "Numbat 0" not in see(maya, "/tags/numbat").text and "Numbat 0" in see(ruth, "/tags/numbat").text


def test_a_tag_is_paged_by_key(community, as_):
    maya, tom = person(community.maya.id), as_(community.tom)
    for n in range(45):
        discussions.start_topic(maya, community.group("performance"), "discussion", f"Numbat {n}.", "x", ["numbat"])
        db.session.commit()
    address, found = f"{PERFORMANCE}/tags/numbat", []
    while address:
        page = see(tom, address)
        found += re.findall(r"Numbat \d+\.", page.text)
        older = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = html.unescape(older[1]) if older else ""
    assert found == [f"Numbat {n}." for n in reversed(range(45))]
    for nonsense in ("9-x-1", "-", "99999999999999999-x-999999999", "²-x-²"):
        assert tom.get(f"{PERFORMANCE}/tags/numbat", query_string={"topics": nonsense}).status_code == 200


@pytest.mark.parametrize("place", [f"{PERFORMANCE}/tags", f"{PERFORMANCE}/tags/numbat", "/tags/numbat"])
def test_statements_do_not_grow_with_what_bears_a_tag(community, as_, watch, place):
    maya, group, tom = person(community.maya.id), community.group("performance"), as_(community.tom)
    counts = []
    for many in (1, 15):
        for n in range(many):
            discussions.start_topic(maya, group, "question", f"Numbat {n}", "x", ["numbat", f"tag {many} {n}"])
        db.session.commit()
        tom.get(place)
        with watch() as seen:
            assert tom.get(place).status_code == 200
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] <= 6


ODD = [
    ("<script>alert(1)</script>", "Take out &lt;"), ('"quoted"', "Take out"), ("a/b", "Take out /"),
    ("x" * 41, "40 characters or fewer"), ("&&&", "needs a letter"), ("a,b,c,d,e,f", "5 tags or fewer"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "says"), ODD)
def test_odd_tags_are_refused_at_the_field_and_kept(community, as_, talk, typed, says):  # noqa: F811
    page = talk.ask(as_(community.maya), "performance", "A title", tags=typed)
    text = page.get_data(as_text=True)
    assert (
        page.status_code == 422
        and says in text
        and f'value="{html.escape(typed, quote=True)}"' in text.replace("&#34;", "&quot;")
    )
    assert "<script>alert" not in text


def test_marks_of_direction_make_no_other_tag(community, as_, talk):  # noqa: F811
    talk.topic(as_(community.maya), "performance", "One", tags="\u202enumbat\u202c, NUMBAT,  #numbat\u200b")
    talk.topic(as_(community.maya), "performance", "Two", tags="ﬁeld & wōrk，زرد، c++")
    tags = listed(see(as_(community.tom), f"{PERFORMANCE}/tags"))
    assert tags["numbat"] == "1 topic" and "c++" in tags and "زرد" in tags
    for tag in ("c++", "زرد", "NUMBAT"):
        assert as_(community.tom).get(f"{PERFORMANCE}/tags/{quote(tag)}").status_code == 200


def test_the_vocabulary_of_the_group_is_offered_while_one_types(community, as_, talk):  # noqa: F811
    maya = as_(community.maya)
    talk.topic(maya, "performance", "One", tags="numbat")
    n = talk.topic(maya, "performance", "Two", tags="bilby")
    places = (f"{PERFORMANCE}/topics/new", f"{PERFORMANCE}/topics/{n}/edit", f"{PERFORMANCE}/library/new")
    for place in places:
        assert '<option value="numbat">' in see(maya, place).text
    assert '<option value="numbat">' not in see(maya, "/groups/policy/topics/new").text


def told(user):
    """The mail about tags that waits for someone, and the news for them."""
    db.session.expire_all()
    mails = db.session.scalars(select(Mail).where(Mail.template == "topic-tagged", Mail.user_id == user.id)).all()
    news = db.session.scalars(select(Event).where(Event.kind == "topic.tagged", Event.subject_id == user.id)).all()
    return mails, news


def test_who_follows_a_tag_hears_of_a_new_topic_once(community, as_, talk):  # noqa: F811
    tom, maya = as_(community.tom), as_(community.maya)
    talk.topic(maya, "performance", "First", tags="numbat, bilby")
    for tag in ("numbat", "bilby"):
        assert tom.post(f"{PERFORMANCE}/tags/{tag}/follow").status_code == 303
    maya.post(f"{PERFORMANCE}/tags/numbat/follow")
    assert 'aria-pressed="true"' in see(tom, f"{PERFORMANCE}/tags/numbat").text
    n = talk.topic(maya, "performance", "Second", tags="numbat, bilby")
    mails, news = told(community.tom)
    assert len(mails) == len(news) == 1 and told(community.maya) == ([], [])
    maya.post(
        f"{PERFORMANCE}/topics/{n}/edit", data={"kind": "question", "title": "Second", "tags": "numbat, bilby, x"}
    )
    assert len(told(community.tom)[0]) == 1
    assert "has a tag that you follow" in see(tom, "/").words
    outbox.deliver()
    assert told(community.tom)[0][0].state == MailState.SENT
    tom.post(f"{PERFORMANCE}/tags/numbat/follow/end")
    tom.post(f"{PERFORMANCE}/tags/bilby/follow/end")
    talk.topic(maya, "performance", "Third", tags="numbat, bilby")
    assert len(told(community.tom)[0]) == 1


def test_who_is_mentioned_is_not_told_of_the_tag_too(community, as_, talk):  # noqa: F811
    talk.topic(as_(community.maya), "performance", "First", tags="numbat")
    as_(community.tom).post(f"{PERFORMANCE}/tags/numbat/follow")
    talk.topic(as_(community.maya), "performance", "Second", tags="numbat", body="What do you say, @tom?")
    assert told(community.tom) == ([], [])


def test_a_tag_put_on_later_is_told_of_too(community, as_, talk):  # noqa: F811
    maya = as_(community.maya)
    talk.topic(maya, "performance", "First", tags="numbat")
    as_(community.tom).post(f"{PERFORMANCE}/tags/numbat/follow")
    n = talk.topic(maya, "performance", "Second")
    assert told(community.tom) == ([], [])
    maya.post(f"{PERFORMANCE}/topics/{n}/edit", data={"kind": "question", "title": "Second", "tags": "numbat"})
    assert len(told(community.tom)[0]) == 1


@pytest.mark.parametrize("what", ["hidden", "deleted", "removed", "unfollowed"])
def test_the_rule_is_asked_again_when_the_mail_is_sent(community, as_, talk, what):  # noqa: F811
    maya, ruth, tom = (as_(getattr(community, name)) for name in ("maya", "ruth", "tom"))
    talk.topic(maya, "performance", "First", tags="numbat")
    tom.post(f"{PERFORMANCE}/tags/numbat/follow")
    n = talk.topic(maya, "performance", "Second", tags="numbat")
    deed = {
        "hidden": lambda: ruth.post(f"{PERFORMANCE}/topics/{n}/hiding"),
        "deleted": lambda: ruth.post(f"{PERFORMANCE}/topics/{n}/posts/0/deletion"),
        "removed": lambda: ruth.post(f"{PERFORMANCE}/manage/people/tom/removal"),
        "unfollowed": lambda: tom.post(f"{PERFORMANCE}/tags/numbat/follow/end"),
    }
    assert deed[what]().status_code == 303
    outbox.deliver()
    (mail,) = told(community.tom)[0]
    assert mail.state == MailState.DROPPED


def bearing(group, tag):
    """The topics and files of a group that bear a tag, as stored."""
    db.session.expire_all()
    topics = db.session.scalars(select(TopicTag.topic_id).where(TopicTag.group_id == group.id, TopicTag.tag == tag))
    files = select(DocumentTag.document_id).where(DocumentTag.group_id == group.id, DocumentTag.tag == tag)
    return set(topics), set(db.session.scalars(files))


def test_a_facilitator_renames_a_tag_on_topics_and_files(community, as_, talk, shelve):  # noqa: F811
    maya, ruth = as_(community.maya), as_(community.ruth)
    n = talk.topic(maya, "performance", "One", tags="nummbat")
    deck = shelve("performance", "ruth", "a.pdf")
    tagged(community, "performance", deck.n, "nummbat")
    maya.post(f"{PERFORMANCE}/tags/nummbat/follow")
    group, before = community.group("performance"), bearing(community.group("performance"), "nummbat")
    stale = maya.get(f"{PERFORMANCE}/topics/{n}").headers["ETag"]
    assert ruth.post(f"{PERFORMANCE}/manage/tags/nummbat", data={"to": "Numbat"}).status_code == 303
    assert bearing(group, "numbat") == before and bearing(group, "nummbat") == (set(), set())
    again = maya.get(f"{PERFORMANCE}/topics/{n}", headers={"If-None-Match": stale})
    assert again.status_code == 200 and "nummbat" not in again.get_data(as_text=True)
    assert maya.get(f"{PERFORMANCE}/tags/nummbat").status_code == 404
    follows = select(TagFollow.tag).where(TagFollow.user_id == community.maya.id)
    assert db.session.scalars(follows.where(TagFollow.group_id == group.id)).all() == ["numbat"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "tag.renamed")).one()
    assert entry.details == {"tag": ["nummbat", "numbat"], "topics": 1, "files": 1}
    assert entry.group_id == group.id and entry.actor_id == community.ruth.id


def test_merging_says_so_first(community, as_, talk):  # noqa: F811
    maya, ruth = as_(community.maya), as_(community.ruth)
    talk.topic(maya, "performance", "One", tags="numbats")
    talk.topic(maya, "performance", "Two", tags="numbat")
    talk.topic(maya, "performance", "Both", tags="numbat, numbats")
    for tag in ("numbat", "numbats"):
        maya.post(f"{PERFORMANCE}/tags/{tag}/follow")
    group, address = community.group("performance"), f"{PERFORMANCE}/manage/tags/numbats"
    page = ruth.post(address, data={"to": "numbat"})
    assert page.status_code == 422 and "This would merge two tags" in page.get_data(as_text=True)
    assert len(bearing(group, "numbats")[0]) == 2
    assert ruth.post(address, data={"to": "numbat", "merge": "numbat"}).status_code == 303
    assert len(bearing(group, "numbat")[0]) == 3 and not bearing(group, "numbats")[0]
    assert listed(see(maya, f"{PERFORMANCE}/tags"))["numbat"] == "3 topics"


def test_another_groups_tag_is_left_alone(community, as_, talk):  # noqa: F811
    talk.topic(as_(community.maya), "policy", "One", tags="numbat")
    talk.topic(as_(community.maya), "performance", "Two", tags="numbat")
    as_(community.ruth).post(f"{PERFORMANCE}/manage/tags/numbat", data={"to": "bilby"})
    assert len(bearing(community.group("policy"), "numbat")[0]) == 1
    assert as_(community.maya).post(f"{PERFORMANCE}/manage/tags/bilby", data={"to": "x"}).status_code == 404
    assert as_(community.priya).post("/groups/policy/manage/tags/numbat", data={"to": "x"}).status_code == 404


@pytest.mark.parametrize("typed", ["", "<b>", "a, b", "x" * 41, "numbat"])
def test_a_new_name_is_a_lawful_tag(community, as_, talk, typed):  # noqa: F811
    talk.topic(as_(community.maya), "performance", "One", tags="numbat")
    page = as_(community.ruth).post(f"{PERFORMANCE}/manage/tags/numbat", data={"to": typed})
    assert page.status_code == 422 and f'value="{html.escape(typed)}"' in page.get_data(as_text=True)


def test_a_word_that_only_a_merged_away_topic_bears_is_free(community, as_, talk):  # noqa: F811
    ruth = as_(community.ruth)
    old = talk.topic(as_(community.maya), "performance", "Of numbats", tags="numbat")
    into = talk.topic(as_(community.maya), "performance", "Of bilbies", tags="bilby")
    group = community.group("performance")
    moving.merge(person(community.ruth.id), topic_of(group, old), topic_of(group, into), seal(group, old, into))
    db.session.commit()
    done = ruth.post(f"{PERFORMANCE}/manage/tags/bilby", data={"to": "numbat"})
    assert done.status_code == 303
    assert "Of bilbies" in see(as_(community.tom), f"{PERFORMANCE}/tags/numbat").words


def topic_of(group, n):
    return db.session.scalars(select(Topic).where(Topic.group_id == group.id, Topic.n == n)).one()


def seal(group, n, into):
    """What the page of a merge would have shown."""
    topic = topic_of(group, n)
    return moving.of_post(moving.posts_of(topic), topic, topic_of(group, into)).seal


def test_who_is_banned_hears_of_no_tag_where_the_web_reads(community, as_, talk):  # noqa: F811
    group, maya, sam = community.group("policy"), as_(community.maya), as_(community.sam)
    group.public_reading = True
    talk.topic(maya, "policy", "First", tags="numbat")
    sam.post("/groups/policy/tags/numbat/follow")
    talk.topic(maya, "policy", "Second", tags="numbat")
    assert len(told(community.sam)[0]) == 1
    groups.ban(person(community.ruth.id), community.sam, group)
    db.session.commit()
    talk.topic(maya, "policy", "Third", tags="numbat")
    outbox.deliver()
    (mail,) = told(community.sam)[0]
    assert mail.state == MailState.DROPPED
