"""Unanswered questions are offered to people who know about their tags, want to be asked, and may read them."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from forum import jobs, outbox
from forum.access import person
from forum.discussions.actions import offering
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Expertise, FieldAudience, Mail, MailState, Offer, Topic, TopicTag, User
from tests.discussions.conftest import see
from tests.groups.test_races import at_once

DAY = timedelta(days=1, minutes=1)
#: nobody says the same again and again
BODIES = ("Who signs the form?", "Where is the key kept?", "When does a shift end?", "How loud may it be?")


@pytest.fixture(autouse=True)
def quiet(community):
    """Nothing that the demo community asked waits for anybody."""
    db.session.execute(update(Topic).values(offered_at=now(), answer_count=1))
    db.session.execute(delete(Expertise))
    db.session.commit()


def knows(*people, tag="custody", wants=True):
    """These say that they can be asked about it; by default they want to be."""
    for user in people:
        user.may_be_asked = wants
        db.session.add(Expertise(user_id=user.id, tag=tag))
    db.session.commit()


@pytest.fixture
def asked(community, as_, talk):
    """A question with a tag that Maya asked."""
    return talk.topic(as_(community.maya), "policy", "Who knows?", tags="custody")


def offered(title="Who knows?"):
    """The handles of those who were asked about a question."""
    db.session.expire_all()
    found = select(User.handle).join(Offer, Offer.user_id == User.id).join(Topic, Topic.id == Offer.topic_id)
    return set(db.session.scalars(found.where(Topic.title == title)))


def mails():
    """The mails that ask for help."""
    db.session.expire_all()
    return list(db.session.scalars(select(Mail).where(Mail.template == "question-offered").order_by(Mail.id)))


def later(by=DAY):
    """What the job does then."""
    with clock.at(now() + by):
        jobs.offer_questions()


# -- whom, and when


def test_after_a_day_those_who_know_and_want_to_are_asked_once(community, asked):
    knows(community.sam, community.maya)
    knows(community.leon, wants=False)
    knows(community.tom, tag="audit")
    jobs.offer_questions()
    assert offered() == set()
    later()
    later()
    assert offered() == {"sam"} and [mail.user_id for mail in mails()] == [community.sam.id]


def test_a_group_says_when_and_whether(community, as_, asked):
    knows(community.sam)
    owner = as_(community.tom)
    assert owner.post("/groups/policy/manage/switches", data={"switch-offer_after": "0"}).status_code == 303
    later(timedelta(days=30))
    assert offered() == set()
    assert owner.post("/groups/policy/manage/switches", data={"switch-offer_after": "-3"}).status_code == 422
    assert owner.post("/groups/policy/manage/switches", data={"switch-offer_after": "48"}).status_code == 303
    later()
    assert offered() == set()
    later(2 * DAY)
    assert offered() == {"sam"}


def test_a_tag_that_is_added_later_finds_them_too(community, as_, talk):
    knows(community.sam)
    n = talk.topic(as_(community.maya), "policy", "Who knows?")
    later()
    assert offered() == set()
    form = {"kind": "question", "title": "Who knows?", "tags": "custody"}
    with clock.at(now() + DAY):
        assert as_(community.maya).post(f"/groups/policy/topics/{n}/edit", data=form).status_code == 303
        jobs.offer_questions()
    assert offered() == {"sam"}


def test_another_tag_finds_others_at_once(community, as_, asked):
    knows(community.sam)
    knows(community.leon, tag="audit")
    later()
    form = {"kind": "question", "title": "Who knows?", "tags": "custody, audit"}
    as_(community.maya).post(f"/groups/policy/topics/{asked}/edit", data=form)
    later()
    assert offered() == {"sam", "leon"}


def test_an_accepted_answer_under_the_tag_shows_that_one_knows(community, as_, talk, asked):
    n = talk.topic(as_(community.maya), "policy", "Asked before", tags="custody")
    talk.replies(as_(community.leon), "policy", n, "")
    community.leon.may_be_asked = True
    db.session.commit()
    later()
    assert offered() == set(), "a reply alone shows nothing"
    as_(community.maya).post(f"/groups/policy/topics/{n}/answer", data={"no": "1"})
    later(2 * DAY)
    assert offered() == {"leon"}


def test_answers_in_a_closed_group_are_not_told_of_elsewhere(community, as_, talk, asked):
    n = talk.topic(as_(community.ruth), "performance", "Asked among us", tags="custody")
    talk.replies(as_(community.dan), "performance", n, "")
    as_(community.ruth).post(f"/groups/performance/topics/{n}/answer", data={"no": "1"})
    community.dan.may_be_asked = True
    db.session.commit()
    later()
    assert offered() == set()


def test_what_one_keeps_to_oneself_is_not_used(community, asked):
    knows(community.sam)
    db.session.execute(update(User).where(User.handle == "sam").values(expertise_for="nobody"))
    db.session.commit()
    later()
    assert offered() == set()


def test_at_most_five_are_asked_however_often_it_is_tried(community, as_, asked):
    db.session.execute(update(User).values(may_be_asked=True))
    db.session.add_all(Expertise(user_id=number, tag="custody") for number in db.session.scalars(select(User.id)).all())
    db.session.commit()
    for days in (1, 3, 5):
        later(days * DAY)
    assert len(offered()) == 5 and len(mails()) == 5


def test_nobody_is_asked_more_than_twice_in_seven_days(community, as_, talk):
    knows(community.sam)
    for number in range(4):
        talk.topic(as_(community.maya), "policy", f"Question {number}", tags="custody", body=BODIES[number])
    later()
    assert len(mails()) == 2
    later(timedelta(days=5))
    assert len(mails()) == 2
    later(timedelta(days=9))
    assert len(mails()) == 4


# -- who may read


@pytest.mark.parametrize("slug", ["performance", "safeguarding", "reorganisation"])
def test_only_those_who_may_read_it_are_asked(slug, community, as_):
    topic = community.topic(slug)
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(kind="question", answer_count=0, offered_at=None, accepted_no=None, locked_at=None, created_at=now()))  # fmt: skip
    db.session.execute(update(User).values(may_be_asked=True))
    db.session.add_all(Expertise(user_id=number, tag="custody") for number in db.session.scalars(select(User.id)).all())
    db.session.commit()
    tag(topic)
    later()
    readers = {user.handle for user in db.session.scalars(select(User)) if can_read(user, slug, topic.n, as_)}
    assert offered(topic.title) and offered(topic.title) <= readers


def tag(topic):
    """Files it under custody."""
    db.session.add(TopicTag(topic_id=topic.id, group_id=topic.group_id, tag="custody"))
    db.session.commit()


def can_read(user, slug, n, as_):
    """Whether the topic's page opens for them."""
    return as_(user).get(f"/groups/{slug}/topics/{n}").status_code == 200


@pytest.mark.parametrize(
    "what", ["left", "suspended", "answered", "declined", "no longer wants to", "locked", "hidden"]
)
def test_the_rule_is_asked_again_when_it_is_sent(what, community, as_, talk):
    n = talk.topic(as_(community.ruth), "performance", "Who knows?", tags="custody")
    knows(community.dan)
    later()
    assert offered() == {"dan"}
    base, dan, ruth = f"/groups/performance/topics/{n}", as_(community.dan), as_(community.ruth)
    does = {
        "left": lambda: dan.post("/groups/performance/departure"),
        "suspended": lambda: db.session.execute(update(User).where(User.handle == "dan").values(active=False)),
        "answered": lambda: talk.replies(as_(community.maya), "performance", n, ""),
        "declined": lambda: dan.post(f"{base}/asked/end"),
        "no longer wants to": lambda: db.session.execute(update(User).where(User.handle == "dan").values(may_be_asked=False)),
        "locked": lambda: ruth.post(f"{base}/closure"),
        "hidden": lambda: ruth.post(f"{base}/hiding"),
    }  # fmt: skip
    does[what]()
    db.session.commit()
    with clock.at(now() + DAY):
        outbox.deliver()
    assert mails()[0].state == MailState.DROPPED


def test_the_mail_goes_out_to_who_may_still_help(community, asked):
    knows(community.sam)
    with clock.at(now() + DAY):
        jobs.offer_questions()
        outbox.deliver()
    assert mails()[0].state == MailState.SENT


# -- on the pages


def test_who_is_asked_sees_it_at_home_and_can_say_not_me(community, as_, asked):
    community.joanna.expertise_for = FieldAudience.REGISTERED
    knows(community.joanna)
    joanna = as_(community.joanna)
    assert "You were asked" not in see(joanna, "/").words
    later()
    assert offered() == {"joanna"}
    home = see(joanna, "/")
    assert "Can you help?" in home.words and "You were asked" in home.words and "Who knows?" in home.words
    assert "You were asked whether you can help" in see(joanna, f"/groups/policy/topics/{asked}").words
    before = joanna.get(f"/groups/policy/topics/{asked}").headers["ETag"]
    assert joanna.post(f"/groups/policy/topics/{asked}/asked/end").status_code == 303
    assert "You were asked" not in see(joanna, "/").words
    page = joanna.get(f"/groups/policy/topics/{asked}", headers={"If-None-Match": before})
    assert page.status_code == 200 and "You were asked" not in page.get_data(as_text=True)


def test_a_question_that_one_may_not_read_any_more_leaves_home(community, as_, talk):
    n = talk.topic(as_(community.ruth), "performance", "Who knows?", tags="custody")
    knows(community.dan)
    later()
    dan = as_(community.dan)
    assert "You were asked" in see(dan, "/").words
    as_(community.ruth).post(f"/groups/performance/topics/{n}/hiding")
    assert "Who knows?" not in see(dan, "/").text
    as_(community.ruth).post(f"/groups/performance/topics/{n}/hiding/end")
    dan.post("/groups/performance/departure")
    assert "Who knows?" not in see(dan, "/").text


def test_facilitators_see_who_was_asked_and_members_do_not(community, as_, asked):
    knows(community.sam)
    later()
    base = f"/groups/policy/topics/{asked}"
    assert "Asked to help Sam Tuffnell" in see(as_(community.tom), base).words
    assert "Sam Tuffnell" in see(as_(community.tom), f"{base}/asked").words
    assert "Asked to help" not in see(as_(community.leon), base).words
    assert as_(community.leon).get(f"{base}/asked").status_code == 403
    as_(community.sam).post(f"{base}/asked/end")
    assert "(not for them)" in see(as_(community.tom), base).words


def test_a_facilitator_asks_a_member_by_hand(community, as_, asked):
    tom, base = as_(community.tom), f"/groups/policy/topics/{asked}"
    assert tom.post(f"{base}/asked", data={"handle": "@leon"}).status_code == 303
    assert offered() == {"leon"}
    with clock.at(now() + timedelta(minutes=1)):
        outbox.deliver()
    assert mails()[0].state == MailState.SENT, "they need not have said that they want to be asked"
    again = tom.post(f"{base}/asked", data={"handle": "leon"})
    assert again.status_code == 409 and "asked about this question before" in again.get_data(as_text=True)
    assert len(mails()) == 1


@pytest.mark.parametrize("handle", ["joanna", "nobody-at-all", "vic", "maya", ""])
def test_only_members_who_may_read_it_are_asked_by_hand(handle, community, as_, talk):
    n = talk.topic(as_(community.maya), "performance", "Who knows?", tags="custody")
    reply = as_(community.ruth).post(f"/groups/performance/topics/{n}/asked", data={"handle": handle})
    text = reply.get_data(as_text=True)
    assert reply.status_code == 422 and 'id="handle-error"' in text and f'value="{handle}"' in text
    assert offered() == set()


def test_by_hand_too_nobody_is_asked_more_than_twice_in_seven_days(community, as_, talk):
    tom = as_(community.tom)
    for number in range(3):
        n = talk.topic(as_(community.maya), "policy", f"Question {number}", body=BODIES[number])
        reply = tom.post(f"/groups/policy/topics/{n}/asked", data={"handle": "leon"})
    assert reply.status_code == 409 and "asked twice in seven days" in reply.get_data(as_text=True)
    assert len(mails()) == 2


def test_who_cannot_be_helped_any_more_is_offered_to_nobody(community, as_, talk, asked):
    base = f"/groups/policy/topics/{asked}"
    talk.replies(as_(community.sam), "policy", asked, "")
    as_(community.maya).post(f"{base}/answer", data={"no": "1"})
    assert as_(community.tom).get(f"{base}/asked").status_code == 404
    assert as_(community.tom).post(f"{base}/asked", data={"handle": "leon"}).status_code == 404


def test_one_says_in_the_profile_that_one_wants_to_be_asked(community, as_):
    sam = as_(community.sam)
    page = see(sam, "/settings/profile")
    assert 'name="may_be_asked"' in page.text and not community.sam.may_be_asked
    form = dict.fromkeys(("organisation_for", "job_title_for", "about_for", "expertise_for"), "registered")
    form |= {"name": "Sam Tuffnell", "expertise": "custody", "may_be_asked": "y"}
    assert sam.post("/settings/profile", data=form).status_code == 303
    db.session.expire_all()
    assert community.sam.may_be_asked


# -- at once


def test_two_workers_ask_each_person_once_and_not_too_often(app, community, as_, talk):
    knows(community.sam, community.leon)
    for number in range(4):
        talk.topic(as_(community.maya), "policy", f"Question {number}", tags="custody", body=BODIES[number])
    numbers = list(db.session.scalars(select(Topic.id).where(Topic.title.like("Question %"))))
    db.session.commit()
    at_once(app, *[lambda number=number: offering.offer(number) for number in numbers * 2])
    assert db.session.scalar(select(func.count()).select_from(Offer)) == 4
    often = db.session.execute(select(Offer.user_id, func.count()).group_by(Offer.user_id)).all()
    assert sorted(many for _, many in often) == [2, 2] and len(mails()) == 4


def test_home_has_one_more_statement_where_there_is_an_offer_and_none_elsewhere(community, as_, asked, watch):
    knows(community.leon)
    leon, counts = as_(community.leon), []
    for _ in range(2):
        leon.get("/")
        with watch() as seen:
            assert leon.get("/").status_code == 200
        counts.append(len([one for one in seen.statements if one.startswith(("SELECT", "WITH"))]))
        later()
    assert counts[0] + 1 == counts[1] <= 6


def test_who_is_banned_is_neither_asked_nor_mailed_where_the_web_reads(community, as_, talk):
    group = community.group("policy")
    group.public_reading = True
    knows(community.sam, community.leon)
    groups.ban(person(community.ruth.id), community.leon, group)
    talk.topic(as_(community.maya), "policy", "Who knows?", tags="custody")
    later()
    assert offered() == {"sam"}
    groups.ban(person(community.ruth.id), community.sam, group)
    db.session.commit()
    with clock.at(now() + DAY):
        outbox.deliver()
    assert mails()[0].state == MailState.DROPPED
