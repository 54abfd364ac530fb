"""The people finder: whoever wants to be found is, with the reason, and nobody's groups are told (PPL1, PPL2)."""

import re

import pytest
from sqlalchemy import select

from forum.access import person
from forum.discussions import actions
from forum.kit.db import db
from forum.models import Membership, User
from tests.discussions.conftest import see


def row(page, handle):
    """What the page says beside a person; '' when they are not on it."""
    found = re.search(rf'href="/people/{handle}">(.*?)</li>', page.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


@pytest.fixture
def answered(community):
    """Tom has answered twice on numbats: once where everybody reads, once in a closed group."""
    for slug in ("policy", "performance"):
        asker, tom, group = person(community.maya.id), person(community.tom.id), community.group(slug)
        topic = actions.start_topic(asker, group, "question", "What do they eat?", "?", ["numbat"])
        post = actions.reply(tom, topic, "Termites.")
        db.session.commit()
        actions.accept(asker, topic, post)
        db.session.commit()


def test_somebody_is_found_by_what_they_answered_as_far_as_the_reader_may_read_it(community, as_, answered):
    assert "Answered 2 on numbat" in row(see(as_(community.maya), "/people?q=numbat"), "tom")
    assert "Answered 1 on numbat" in row(see(as_(community.sam), "/people?q=Numbat"), "tom")
    assert "Answered" not in row(see(as_(community.maya), "/people?q=tom"), "tom")


def test_an_answer_in_a_closed_group_is_no_reason_for_others(community, as_):
    asker, dan, group = person(community.maya.id), person(community.dan.id), community.group("performance")
    topic = actions.start_topic(asker, group, "question", "What do they eat?", "?", ["bilby"])
    actions.accept(asker, topic, actions.reply(dan, topic, "Termites."))
    db.session.commit()
    assert "Answered 1 on bilby" in row(see(as_(community.maya), "/people?q=bilby"), "dan")
    for name in ("sam", "joanna", "grace", "vic"):
        page = see(as_(getattr(community, name)), "/people?q=bilby")
        assert row(page, "dan") == "" and "No one yet" in page.words


@pytest.mark.parametrize("what", ["hidden", "deleted"])
def test_an_answer_that_is_hidden_or_gone_is_no_reason(community, as_, answered, what):
    below = "posts/1/hiding" if what == "hidden" else "posts/1/deletion"
    n = community.group("policy").last_topic_n
    assert as_(community.ruth).post(f"/groups/policy/topics/{n}/{below}").status_code == 303
    assert row(see(as_(community.sam), "/people?q=numbat"), "tom") == ""


def test_people_are_found_by_organisation_and_expertise_with_the_reason(community, as_):
    sam = as_(community.sam)
    assert "Ask about" in row(see(sam, "/people?q=reporting"), "maya")
    page = see(sam, "/people?organisation=northmoor")
    assert row(page, "maya") and not row(page, "priya") and 'value="northmoor"' in page.text
    assert row(see(sam, "/people?q=maya&organisation=eastvale"), "maya") == ""


def opt_out(browser):
    """Saves one's profile without the wish to be found."""
    text = browser.get("/settings/profile").get_data(as_text=True)
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*type="text"[^>]*value="([^"]*)"', text))
    chosen = re.findall(r'<select[^>]*name="(\w+)".*?<option selected value="(\w+)"', text, re.DOTALL)
    assert 'name="findable"' in text and fields["name"]
    return browser.post("/settings/profile", data={**fields, **dict(chosen), "about": ""})


def test_who_opts_out_is_found_only_by_those_they_share_a_group_with(community, as_):
    maya = as_(community.maya)
    assert opt_out(maya).status_code == 303
    db.session.expire_all()
    assert community.maya.findable is False
    outside = select(Membership.user_id).where(Membership.standing.in_(("member", "facilitator", "owner")))
    mine = select(Membership.group_id).where(Membership.user_id == community.maya.id)
    shares = set(db.session.scalars(outside.where(Membership.group_id.in_(mine))))
    for name in ("joanna", "tom", "sam", "grace"):
        user = getattr(community, name)
        browser, finds = as_(user), user.id in shares
        for address in ("/people", "/people?q=maya", "/people?q=reporting", "/search?q=maya&kind=people"):
            assert ('href="/people/maya"' in browser.get(address).get_data(as_text=True)) == finds, (name, address)
        assert browser.get("/people/maya").status_code == 200
    assert row(see(maya, "/people?q=maya"), "maya")


def test_statements_do_not_grow_with_people(community, as_, watch, answered):
    sam, counts = as_(community.sam), []
    for address in ("/people?q=numbat", "/people", "/people?q=e"):
        sam.get(address)
        with watch() as seen:
            assert sam.get(address).status_code == 200
        counts.append(len(seen.statements))
    assert len(set(counts)) == 1 and counts[0] <= 7


@pytest.mark.parametrize("words", ["%", "<script>", "\u202enumbat", "x" * 300, "' OR 1=1 --"])
def test_odd_words_find_nobody_by_mistake(community, as_, words):
    page = see(as_(community.sam), "/people?" + __import__("urllib.parse").parse.urlencode({"organisation": words}))
    assert page.status == 200 and "<script>" not in page.text.replace('<script type="module"', "")
    assert db.session.scalar(select(User.id).limit(1))
