"""The front page."""

from datetime import timedelta

from sqlalchemy import select, update

from forum.discussions import reading
from forum.discussions.queries import home
from forum.kit.clock import at, now
from forum.kit.db import db
from forum.members.profiles import retell
from forum.models import Document, FieldAudience, FileAudience, Group, User
from tests.discussions.conftest import see

DAY = timedelta(days=1)


def test_a_visitor_is_welcomed_and_shown_the_ways_in(visitor):
    page = see(visitor, "/")
    assert page.status == 200 and "Welcome to" in page.words
    for way in ("/sign-in", "/register", "/groups"):
        assert f'href="{way}"' in page.text


def test_someone_without_a_group_gets_three_first_steps(community, as_):
    db.session.execute(update(User).where(User.handle == "beth").values(confirmed_at=now()))
    db.session.commit()
    page = see(as_(community.beth), "/")
    for step in ("Join a group", "Say who you are", "See who can see what"):
        assert step in page.words


def test_the_sentence_says_since_when_and_what(community, as_, talk):
    maya = as_(community.maya)
    maya.post("/caught-up")
    see(maya, "/")
    with at(now() + 2 * DAY):
        n = talk.topic(as_(community.maya), "policy", "For the sentence")
        talk.reply(as_(community.tom), "policy", n, "An answer to Maya.")
        talk.topic(as_(community.sam), "policy", "Something else", kind="discussion")
        page = see(maya, "/")
        assert "Since " in page.words and ", Maya" in page.words
        assert "Tom replied to you in “For the sentence”" in page.words
        assert "there is 1 more new post in one of your groups" in page.words
        assert "An answer to Maya." in page.words and "Something else" in page.words
        lead = page.text.split('class="lead"')[1].split("</p>")[0]
        assert lead.count("<a ") == len([c for c in ("replied", "more new", "wait") if c in lead]) <= 3


def test_since_is_the_last_visit_on_another_day(community, as_):
    db.session.execute(update(User).where(User.handle == "sam").values(visited_at=None))
    db.session.commit()
    sam, start = as_(community.sam), now().replace(hour=12, minute=0)
    with at(start):
        assert "Welcome, Sam" in see(sam, "/").words
        assert "Welcome, Sam" in see(sam, "/").words
    with at(start + DAY):
        assert "Since yesterday, Sam" in see(sam, "/").words
        assert "Since yesterday, Sam" in see(sam, "/").words
    with at(start + 4 * DAY):
        weekday = (start + DAY).strftime("%A")
        assert f"Since {weekday}, Sam" in see(sam, "/").words
    db.session.execute(update(User).where(User.handle == "sam").values(visited_at=now() - 100 * DAY))
    db.session.commit()
    assert "While you were away, Sam" in see(sam, "/").words


def test_caught_up_is_said(community, as_):
    maya = as_(community.maya)
    maya.post("/caught-up")
    page = see(maya, "/")
    assert "Nothing new" in page.words and "For you" not in page.words
    assert "questions wait" in page.words or "You are up to date" in page.words


def test_filters_are_links(community, as_, talk):
    talk.topic(as_(community.tom), "policy", "A question asked", body="x")
    talk.topic(as_(community.tom), "policy", "An announcement made", kind="announcement")
    new = {
        name: see(as_(community.sam), address).text.split('id="groups-h"')[1].split("</section>")[0]
        for name, address in (
            ("all", "/"),
            ("questions", "/?show=questions"),
            ("announcements", "/?show=announcements"),
        )
    }
    assert "A question asked" in new["all"] and "An announcement made" in new["all"]
    assert "A question asked" in new["questions"] and "An announcement made" not in new["questions"]
    assert "An announcement made" in new["announcements"] and "A question asked" not in new["announcements"]
    assert as_(community.sam).get("/?show=else").status_code == 404


def test_home_knows_only_ones_own_groups(community, as_, talk):
    talk.topic(as_(community.priya), "performance", "Closed canary", body="@ruth look")
    talk.topic(as_(community.dan), "case-review", "Hidden canary")
    talk.topic(as_(community.maya), "service-design", "Open canary")
    for person, seen in (
        (community.maya, {"Closed"}),
        (community.sam, set()),
        (community.priya, {"Hidden"}),
        (community.joanna, {"Open"}),
        (community.vic, set()),
        (community.hugh, set()),
        (community.leon, {"Open"}),
    ):
        words = see(as_(person), "/").words
        for name in ("Closed", "Hidden", "Open"):
            assert (f"{name} canary" in words) == (name in seen), (person.handle, name)


def test_an_old_mention_is_forgotten_with_the_seat(community, as_, talk):
    talk.topic(as_(community.priya), "performance", "Mentioning", body="@maya a closed word")
    assert "a closed word" in see(as_(community.maya), "/").words
    from forum.access import person
    from forum.groups import actions

    actions.leave(person(community.maya.id), community.group("performance"))
    db.session.commit()
    assert "Mentioning" not in see(as_(community.maya), "/").words


def test_what_is_remembered_of_a_group_is_never_stale(community, as_, talk):
    sam, maya, tom = as_(community.sam), as_(community.maya), as_(community.tom)
    n = talk.topic(maya, "policy", "Before it changed", body="The text.")
    topic = f"/groups/policy/topics/{n}"
    row = see(sam, "/").text.split(f"{topic}/new")[1].split("</li>")[0]
    assert "Before it changed" in row and "Maya" in row and "1 new" in row
    talk.reply(maya, "policy", n)
    assert "2 new" in see(sam, "/").text.split(f"{topic}/new")[1].split("</li>")[0]
    assert (
        tom.post(f"{topic}/edit", data={"kind": "question", "title": "After it changed", "tags": ""}).status_code == 303
    )
    assert "After it changed" in see(sam, "/").text and "Before it changed" not in see(sam, "/").text
    assert tom.post(f"{topic}/posts/1/hiding").status_code == 303
    assert "1 new" in see(sam, "/").text.split(f"{topic}/new")[1].split("</li>")[0]
    assert tom.post(f"{topic}/hiding").status_code == 303
    assert "After it changed" not in see(sam, "/").text
    assert tom.post(f"{topic}/hiding/end").status_code == 303
    assert "After it changed" in see(sam, "/").text
    db.session.execute(update(User).where(User.handle == "maya").values(name="Maya Renamed"))
    retell(db.session.scalars(select(User).where(User.handle == "maya")).one())
    db.session.commit()
    assert "Maya Renamed" in see(sam, "/").text.split(f"{topic}/new")[1].split("</li>")[0]
    see(sam, topic)
    reading.markers.flush_now()
    assert f"{topic}/new" not in see(sam, "/").text, "once read"


def test_an_organisation_on_the_front_page_follows_its_audience_at_once(community, as_, talk):
    sam = as_(community.sam)
    n = talk.topic(as_(community.maya), "policy", "From some house")
    house = community.maya.organisation
    assert house in see(sam, "/").text.split(f"/topics/{n}/new")[1].split("</li>")[0]
    db.session.execute(update(User).where(User.handle == "maya").values(organisation_for=FieldAudience.NOBODY))
    db.session.commit()
    assert house not in see(sam, "/").text.split(f"/topics/{n}/new")[1].split("</li>")[0]
    assert "From some house" in see(sam, "/").text


def test_files_of_facilitators_alone_are_not_announced(community, as_, talk):
    facilitators = select(Document).join(Group).where(Group.slug == "policy", Document.posted_at.is_not(None))
    document = db.session.scalars(facilitators.order_by(Document.posted_at.desc())).first()
    assert document.title in see(as_(community.sam), "/").text
    values = {"audience": FileAudience.FACILITATORS}
    db.session.execute(update(Document).where(Document.id == document.id).values(values))
    db.session.execute(update(Group).where(Group.slug == "policy").values(version=Group.version + 1))
    db.session.commit()
    assert document.title not in see(as_(community.sam), "/").text


def test_after_long_what_most_was_said_in_comes_first(community, as_, talk):
    maya = as_(community.maya)
    maya.post("/caught-up")
    busy = talk.topic(as_(community.sam), "policy", "Much was said here", kind="discussion")
    for words in ("One thing.", "Another thing."):
        talk.reply(as_(community.tom), "policy", busy, words)
    talk.topic(as_(community.sam), "policy", "Said last, and to nobody", kind="discussion")

    def first_of_two(page):
        return min(("Much was said here", "Said last, and to nobody"), key=page.words.index)

    assert first_of_two(see(maya, "/")) == "Said last, and to nobody"
    last = now() - 61 * DAY
    db.session.execute(update(User).where(User.handle == "maya").values(visited_at=last, visited_before_at=last))
    db.session.commit()
    page = see(as_(community.maya), "/")
    assert "While you were away, Maya" in page.words and "Mark the rest as read" in page.words
    assert first_of_two(page) == "Much was said here"


def test_unread_topics_behind_many_that_are_read_are_found(community, as_, talk, monkeypatch):
    maya, sam = as_(community.maya), as_(community.sam)
    maya.post("/caught-up")
    for name in ("First", "Second", "Third", "Fourth"):
        talk.topic(sam, "policy", f"{name} of four", kind="discussion")
    read = [talk.topic(sam, "policy", f"Read already {n}", kind="discussion") for n in range(3)]
    for n in read:
        see(maya, f"/groups/policy/topics/{n}")
    reading.markers.flush_now()
    every = see(maya, "/").words
    assert "4 new posts" in every and "Read already" not in every
    for looked in (1, 3, 5):
        monkeypatch.setattr(home, "LOOKED", looked)
        assert see(maya, "/").words == every
    monkeypatch.setattr(home, "SHOWN", 2)
    page = see(maya, "/").words
    assert "Fourth of four" in page and "Third of four" in page and "First of four" not in page
