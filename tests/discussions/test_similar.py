"""Questions like the one that is being asked: found by their titles, of those the asker may read."""

import re

import pytest
from sqlalchemy import text, update

from forum import drafts
from forum.discussions.queries.similar import EACH, similar, words_of
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.deadline import TooSlow, within
from forum.models import Topic
from forum.who import person
from tests.discussions.conftest import key, see


def alike(browser, title, slug="policy", **more):
    """The titles that are shown for a title, best first."""
    reply = browser.post(f"/groups/{slug}/topics/similar", data={"title": title, "kind": "question", **more})
    assert reply.status_code == 200
    return re.findall(r'<li class="item">.*?<a href="[^"]+">(.*?)</a>', reply.get_data(as_text=True), re.DOTALL)


def test_the_same_question_asked_before_is_found_whatever_its_form(community, as_, talk):
    talk.topic(as_(community.maya), "policy", "How do we agree targets with our partners?")
    talk.topic(as_(community.maya), "policy", "Where is the car park?")
    sam = as_(community.sam)
    for title in ("Agreeing a target with partners", "TARGETS: how to agree them with a partner", "Partner targets"):
        assert alike(sam, title)[:1] == ["How do we agree targets with our partners?"], title
    assert alike(sam, "What about the how and the why?") == []
    assert alike(sam, "Feeding wombats") == []


def test_one_of_a_few_words_is_not_enough(community, as_, talk):
    talk.topic(as_(community.maya), "policy", "Partners of the museum")
    assert alike(as_(community.sam), "Counting complaints about housing repairs by partners") == []


@pytest.mark.parametrize("slug", ["performance", "commissioning", "safeguarding", "reorganisation"])
def test_questions_of_groups_one_may_not_read_are_never_among_them(slug, community, as_, talk):
    owner = {"performance": "ruth", "commissioning": "leon"}.get(slug)
    topic = community.topic(slug)
    db.session.execute(
        update(Topic).where(Topic.id == topic.id).values(kind="question", title="Zebra crossings at night")
    )
    db.session.commit()
    joanna = as_(community.joanna)
    assert alike(joanna, "Zebra crossings at night", "service-design") == []
    words = joanna.post("/groups/service-design/topics/similar", data={"title": "Zebra crossings at night"}).data
    assert words == b"", "not even a count"
    if owner:
        assert alike(as_(getattr(community, owner)), "Zebra crossings at night", slug) == ["Zebra crossings at night"]


def test_those_one_may_not_read_take_no_place_of_those_one_may(community, as_, talk):
    talk.topic(as_(community.maya), "policy", "Zebra crossings by day")
    shut = community.topic("performance")
    for number in range(EACH + 5):
        db.session.add(
            Topic(
                group_id=shut.group_id,
                n=900 + number,
                kind="question",
                title="Zebra crossings",
                author_id=shut.author_id,
            )
        )
    db.session.commit()
    assert alike(as_(community.sam), "Zebra crossings") == ["Zebra crossings by day"]


def test_hidden_and_deleted_questions_and_what_is_no_question_are_not_found(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Zebra crossings")
    talk.topic(as_(community.maya), "policy", "Zebra crossings, discussed", kind="discussion")
    sam, tom = as_(community.sam), as_(community.tom)
    assert alike(sam, "Zebra crossings") == ["Zebra crossings"]
    tom.post(f"/groups/policy/topics/{n}/hiding")
    assert alike(sam, "Zebra crossings") == [] and alike(tom, "Zebra crossings") == ["Zebra crossings"]
    tom.post(f"/groups/policy/topics/{n}/hiding/end")
    as_(community.maya).post(f"/groups/policy/topics/{n}/posts/0/deletion")
    assert alike(tom, "Zebra crossings") == []


def test_a_renamed_question_is_found_by_its_new_name(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Zebra crossings")
    form = {"kind": "question", "title": "Toucan crossings", "tags": ""}
    as_(community.maya).post(f"/groups/policy/topics/{n}/edit", data=form)
    assert alike(as_(community.sam), "Zebra") == []
    assert alike(as_(community.sam), "Toucan") == ["Toucan crossings"]


def test_an_answered_one_comes_first_with_its_answer_in_one_line(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Zebra crossings at night")
    talk.topic(as_(community.maya), "policy", "Zebra crossings by night")
    talk.replies(as_(community.sam), "policy", n, "")
    as_(community.maya).post(f"/groups/policy/topics/{n}/answer", data={"no": "1"})
    as_(community.tom).post(f"/groups/policy/topics/{n}/answer/care?shown=1", data={"summary": "Light them."})
    leon = as_(community.leon)
    assert alike(leon, "Zebra crossings at night")[0] == "Zebra crossings at night"
    shown = leon.post("/groups/policy/topics/similar", data={"title": "Zebra crossings"}).get_data(as_text=True)
    assert "Answered: Light them." in " ".join(shown.split())


def test_of_two_alike_the_newer_comes_first(community, as_, talk):
    for title in ("Zebra crossings, early", "Zebra crossings, later"):
        talk.topic(as_(community.maya), "policy", title)
    old = now().replace(year=now().year - 3)
    db.session.execute(update(Topic).where(Topic.title == "Zebra crossings, later").values(created_at=old))
    db.session.commit()
    assert alike(as_(community.sam), "Zebra crossings") == ["Zebra crossings, early", "Zebra crossings, later"]


def test_only_a_question_is_compared(community, as_, talk):
    talk.topic(as_(community.maya), "policy", "Zebra crossings")
    assert alike(as_(community.sam), "Zebra crossings", kind="discussion") == []


def test_whatever_is_typed_is_data(community, as_):
    sam = as_(community.sam)
    for title in (
        '"',
        "zebra* OR",
        "NEAR(a b)",
        "{title}:x",
        "-zebra",
        "' & | ! <->",
        "\0zebra",
        "ﬁnd ²",
        "x" * 5_000,
        "",
    ):
        assert alike(sam, title) == []
    assert words_of("Don't the Zürich zebras, zebras cross at the NIGHT?") == ["zurich", "zebras", "cross", "night"]


def test_before_posting_it_is_shown_without_script_too(community, as_, talk):
    talk.topic(as_(community.maya), "policy", "Zebra crossings")
    data = {
        "kind": "question",
        "title": "Crossing with zebras",
        "body": "How?",
        "tags": "",
        "key": key(),
        "preview": "1",
    }
    page = as_(community.sam).post("/groups/policy/topics/new", data=data)
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and "1 question like yours" in text and "Zebra crossings" in text
    assert text.count('id="similar-h"') == 1
    plain = see(as_(community.sam), "/groups/policy/topics/new")
    assert "like yours" not in plain.text and 'data-similar="/groups/policy/topics/similar"' in plain.text


def test_it_takes_one_statement_however_much_there_is(community, as_, talk, watch):
    me, counts = person(community.sam.id), []
    for _ in range(2):
        for number in range(6):
            talk.topic(as_(community.maya), "policy", f"Zebra crossing {number}")
        with watch() as seen:
            assert similar(me, "Zebra crossing at night by the school on Fridays")
        counts.append(len([one for one in seen.statements if one.startswith(("SELECT", "WITH"))]))
    assert counts == [1, 1]


def test_what_was_written_before_a_search_that_takes_too_long_stays(community):
    slow = {
        "postgresql": "SELECT pg_sleep(2)",
        "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    }
    drafts.keep_draft(community.sam.id, "somewhere", {"body": "Kept"})
    with pytest.raises(TooSlow), within(0.05):
        db.session.execute(text(slow[db.engine.dialect.name]))
    assert drafts.from_draft(community.sam.id, "somewhere").fields == {"body": "Kept"}
    db.session.commit()
    assert drafts.from_draft(community.sam.id, "somewhere")
