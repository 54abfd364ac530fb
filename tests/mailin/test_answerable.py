"""What mail can be answered: of posts, of new topics with a tag, and of questions that somebody is asked about."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from forum import jobs
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.mailin import Fate
from forum.models import Expertise, Mail, Topic, User
from forum.outbox.letter import write
from forum.who import person
from tests.mailin.conftest import Replying

ANSWERED = "what you write is posted as your reply"


@pytest.fixture(autouse=True)
def mail_comes_in(app, community):
    """Mail is taken; nothing that the demo community asked waits for anybody."""
    app.config["MAIL_IN_DOMAIN"] = "forum.example.org"
    db.session.execute(update(Topic).values(offered_at=now(), answer_count=1))
    db.session.execute(delete(Expertise))
    db.session.commit()


def letter_of(template, user):
    """The letter of this kind that waits for somebody."""
    waits = select(Mail.id).where(Mail.template == template, Mail.user_id == user.id).order_by(Mail.id.desc())
    return write(db.session.scalars(waits).first())


def texts(letter):
    """What it says, as text and as HTML."""
    return [letter.get_body((kind,)).get_content() for kind in ("plain", "html")]


def follow(browser, group, tag):
    """They follow a tag of a group."""
    assert browser.post(f"/groups/{group}/tags/{tag}/follow").status_code == 303


@pytest.fixture
def asked(community, as_, talk):
    """The letter to Sam about a question of Maya's that nobody has answered; and its number."""
    community.sam.may_be_asked = True
    db.session.add(Expertise(user_id=community.sam.id, tag="custody"))
    db.session.commit()
    n = talk.topic(as_(community.maya), "policy", "Who can help", tags="custody")
    with clock.at(now() + timedelta(days=1, minutes=1)):
        jobs.offer_questions()
    return letter_of("question-offered", community.sam), n


def test_who_is_asked_about_a_question_answers_it_by_mail(community, asked):
    letter, n = asked
    assert all(ANSWERED in said and "above this line" in said for said in texts(letter))
    replying = Replying(letter, n, community.sam.email)
    assert replying.send("In a book, since May.") is Fate.POSTED
    assert [post.body for post in replying.posts()] == ["In a book, since May."]


def test_a_new_topic_with_a_tag_is_answered_by_mail_by_members_alone(community, as_, talk):
    talk.topic(as_(community.tom), "policy", "The first of its kind", tags="custody")
    for user in (community.sam, community.joanna):
        follow(as_(user), "policy", "custody")
    n = talk.topic(as_(community.maya), "policy", "Who can help", tags="custody")
    sams, joannas = (letter_of("topic-tagged", user) for user in (community.sam, community.joanna))
    assert all(ANSWERED in said for said in texts(sams))
    replying = Replying(sams, n, community.sam.email)
    assert replying.send("We have one.") is Fate.POSTED and len(replying.posts()) == 1
    assert joannas["Reply-To"] is None, "she reads it, and is no member"
    assert not any(ANSWERED in said or "above this line" in said for said in texts(joannas))


def test_what_is_discreet_says_too_little_to_be_answered(community, as_, wants, talk):
    talk.topic(as_(community.tom), "policy", "The first of its kind", tags="custody")
    follow(as_(community.sam), "policy", "custody")
    wants("sam", discreet="1")
    talk.topic(as_(community.maya), "policy", "Who can help", tags="custody")
    letter = letter_of("topic-tagged", community.sam)
    assert letter["Reply-To"] is None and "Who can help" not in letter.as_string()


def test_who_left_since_can_not_answer_the_letter_they_have(community, asked):
    letter, n = asked
    groups.leave(person(community.sam.id), community.group("policy"))
    db.session.commit()
    replying = Replying(letter, n, community.sam.email)
    assert replying.send("Still me.") is Fate.REFUSED and replying.posts() == []
    assert db.session.scalar(select(User.id).where(User.id == community.sam.id))
