"""An accepted answer: chosen once, said in one line, doubted, looked at again, and asked for once."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from forum import jobs, outbox
from forum.discussions import actions
from forum.discussions.actions import reminding
from forum.discussions.queries.quotes import post_at
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.days import day_from, in_words
from forum.kit.db import db
from forum.models import AuditEntry, Group, Mail, MailState, Post, Topic, User
from forum.who import person
from tests.discussions.conftest import see
from tests.groups.test_races import at_once


@pytest.fixture
def topic(community, as_, talk):
    """A question by Maya with replies by Sam and by Leon."""
    n = talk.topic(as_(community.maya), "policy", "Which form?")
    talk.reply(as_(community.sam), "policy", n, "The green form.")
    talk.reply(as_(community.leon), "policy", n, "The blue form.")
    return f"/groups/policy/topics/{n}"


@pytest.fixture
def accepted(community, as_, topic):
    """The same, with Sam's answer accepted."""
    as_(community.maya).post(f"{topic}/answer", data={"no": "1"})
    return topic


def stored():
    """The question as it is stored now."""
    db.session.expire_all()
    return db.session.scalars(select(Topic).where(Topic.title == "Which form?")).one()


def card(page):
    """The words of the card under the question."""
    return page.text.split('class="answer-card')[1].split("</section>")[0]


def due(slug, browser):
    """The page of the answers to look at again."""
    return see(browser, f"/groups/{slug}/manage/answers")


# -- choosing


def test_who_chooses_from_an_older_page_is_told_and_changes_nothing(community, as_, topic):
    as_(community.maya).post(f"{topic}/answer?shown=0", data={"no": "1"})
    late = as_(community.tom).post(f"{topic}/answer?shown=0", data={"no": "2"})
    assert late.status_code == 409 and "post 1 is it now" in late.get_data(as_text=True)
    assert stored().accepted_no == 1
    assert as_(community.tom).post(f"{topic}/answer?shown=1", data={"no": "2"}).status_code == 303
    stale = as_(community.maya).post(f"{topic}/answer/end?shown=1")
    assert stale.status_code == 409 and stored().accepted_no == 2


def test_choosing_the_same_answer_twice_is_one_choice(community, as_, topic):
    as_(community.maya).post(f"{topic}/answer?shown=0", data={"no": "1"})
    first = stored().accepted_at
    assert as_(community.tom).post(f"{topic}/answer?shown=0", data={"no": "1"}).status_code == 303
    assert (stored().accepted_by_id, stored().accepted_at) == (community.maya.id, first)


@pytest.mark.parametrize(("gone", "by"), [("deletion", "sam"), ("hiding", "tom")])
def test_a_post_that_is_gone_is_refused_with_a_sentence(gone, by, community, as_, topic):
    as_(getattr(community, by)).post(f"{topic}/posts/1/{gone}")
    for who in (community.maya, community.tom):
        reply = as_(who).post(f"{topic}/answer?shown=0", data={"no": "1"})
        assert reply.status_code == 409
        assert "can’t be the accepted answer" in reply.get_data(as_text=True)
    assert stored().accepted_no is None


def test_two_people_choose_different_answers_at_once(app, community, topic):
    number, people = stored().id, (community.maya.id, community.tom.id)
    db.session.commit()

    def choosing(user_id, no):
        def choose():
            me = person(user_id)
            question = db.session.scalars(select(Topic).where(Topic.id == number)).one()
            actions.accept(me, question, post_at(me, question, no), shown=0)

        return choose

    assert sorted(at_once(app, choosing(people[0], 1), choosing(people[1], 2))) == ["Settled", "done"]
    assert stored().accepted_no in (1, 2)


def test_an_answer_that_is_deleted_while_it_is_accepted_is_no_answer(app, community, topic):
    number, maya, sam = stored().id, community.maya.id, community.sam.id
    db.session.commit()

    def question():
        return db.session.scalars(select(Topic).where(Topic.id == number)).one()

    def choose():
        me = person(maya)
        actions.accept(me, question(), post_at(me, question(), 1))

    def remove():
        me = person(sam)
        actions.delete_post(me, post_at(me, question(), 1))

    assert at_once(app, choose, remove)[1] == "done"
    assert stored().accepted_no is None


def test_what_others_decide_about_a_question_is_in_the_log(community, as_, accepted):
    as_(community.tom).post(f"{accepted}/answer?shown=1", data={"no": "2"})
    as_(community.tom).post(f"{accepted}/answer/end?shown=2")
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("answer.")).order_by(AuditEntry.id))
    assert [(row.action, row.actor_id) for row in rows][-2:] == [
        ("answer.accepted", community.tom.id), ("answer.cleared", community.tom.id),
    ]  # fmt: skip


# -- in one line


def test_a_facilitators_line_stands_on_the_card_and_in_lists(community, as_, accepted):
    tom, leon = as_(community.tom), as_(community.leon)
    assert "The green form." in card(see(leon, accepted))
    before = leon.get(accepted).headers["ETag"]
    assert tom.post(f"{accepted}/answer/care?shown=1", data={"summary": "Green, <b>always</b>."}).status_code == 303
    assert leon.get(accepted, headers={"If-None-Match": before}).status_code == 200
    shown = card(see(leon, accepted))
    assert "Green, &lt;b&gt;always&lt;/b&gt;." in shown and "The green form." not in shown
    assert "Green, <b>always</b>." in see(leon, "/groups/policy").words
    as_(community.maya).post(f"{accepted}/answer?shown=1", data={"no": "2"})
    assert "The blue form." in card(see(leon, accepted)), "the line was about another answer"


def test_the_search_says_that_a_question_is_answered(community, as_, accepted):
    assert "Question, answered" in see(as_(community.leon), "/search?q=which+form").words


def test_a_line_for_an_answer_that_was_changed_meanwhile_comes_back(community, as_, accepted):
    as_(community.maya).post(f"{accepted}/answer?shown=1", data={"no": "2"})
    late = as_(community.tom).post(f"{accepted}/answer/care?shown=1", data={"summary": "Green."})
    text = late.get_data(as_text=True)
    assert late.status_code == 409 and 'value="Green."' in text and "post 2 is it now" in text
    assert stored().answer_summary == ""


def test_bad_days_and_long_lines_are_refused_at_the_field(community, as_, accepted):
    tom = as_(community.tom)
    for day in ("soon", "31 February 2031", "12 March 2001", "12 March 2999"):
        reply = tom.post(f"{accepted}/answer/care?shown=1", data={"review": day, "summary": "Kept"})
        text = reply.get_data(as_text=True)
        assert reply.status_code == 422 and 'id="review-error"' in text and day in text and "Kept" in text
    reply = tom.post(f"{accepted}/answer/care?shown=1", data={"summary": "x" * 201})
    assert reply.status_code == 422 and 'id="summary-error"' in reply.get_data(as_text=True)


def test_days_are_read_as_people_write_them():
    wanted = "12 March 2027"
    for typed in (wanted, "12 mar 2027", "12th March, 2027", "12/3/2027", "2027-03-12", " 12 . 03 . 2027 "):
        assert in_words(day_from(typed)) == wanted
    for nonsense in ("", "March", "12 March", "12 M 2027", "0/0/2027", "12 Marchember 2027"):
        assert day_from(nonsense) is None


def test_members_find_no_page_to_look_after_an_answer(community, as_, accepted):
    assert as_(community.maya).get(f"{accepted}/answer/care").status_code == 403
    assert as_(community.tom).get(f"{accepted}/answer/care").status_code == 200


# -- out of date


def test_a_member_doubts_an_answer_and_the_facilitators_decide(community, as_, accepted):
    leon, tom = as_(community.leon), as_(community.tom)
    assert "to look at again" not in see(tom, "/groups/policy/manage").words
    assert leon.post(f"{accepted}/answer/doubt?shown=1", data={"why": "The form is gone."}).status_code == 303
    page = see(as_(community.sam), accepted)
    assert "May be out of date" in card(page) and "The form is gone." in card(page)
    assert "Leon" not in card(page)
    assert "May be out of date" in see(as_(community.sam), "/groups/policy").words
    assert "1 Accepted answer to look at again" in see(tom, "/groups/policy/manage").words
    assert "The form is gone." in due("policy", tom).words
    assert (
        tom.post(f"{accepted}/answer/care?shown=1", data={"summary": "Green", "seen": seen(tom, accepted)}).status_code
        == 303
    )
    assert "out of date" not in card(see(as_(community.sam), accepted))
    assert "Which form?" not in due("policy", tom).words


def seen(browser, accepted):
    """The mark of the doubt that the page to look after an answer shows."""
    page = browser.get(f"{accepted}/answer/care").get_data(as_text=True)
    return re.search(r'name="seen"[^>]*value="([^"]*)"', page)[1]


def test_a_doubt_that_comes_meanwhile_is_not_wiped(community, as_, accepted):
    tom, before = as_(community.tom), {"summary": "Green", "seen": seen(as_(community.tom), accepted)}
    as_(community.leon).post(f"{accepted}/answer/doubt?shown=1", data={"why": "The form is gone."})
    late = tom.post(f"{accepted}/answer/care?shown=1", data=before)
    text = late.get_data(as_text=True)
    assert late.status_code == 409 and "said that it may be out of date: “The form is gone.”" in text
    assert stored().outdated_why == "The form is gone." and stored().answer_summary == ""
    again = re.search(r'name="seen"[^>]*value="([^"]*)"', text)[1]
    assert tom.post(f"{accepted}/answer/care?shown=1", data={**before, "seen": again}).status_code == 303
    assert stored().outdated_at is None


def test_a_doubt_comes_back_at_once_wherever_it_is_tomorrow(community, as_, accepted):
    community.leon.timezone = "Pacific/Kiritimati"
    db.session.commit()
    with clock.at(datetime(2031, 3, 4, 12, 0, tzinfo=UTC)):
        leon = as_(community.leon)
        leon.post(f"{accepted}/answer/doubt?shown=1", data={"why": "The form is gone."})
        assert "The form is gone." in due("policy", as_(community.tom)).words


def test_the_first_to_doubt_is_heard(community, as_, accepted):
    as_(community.leon).post(f"{accepted}/answer/doubt?shown=1", data={"why": "First."})
    page = as_(community.sam).post(f"{accepted}/answer/doubt?shown=1", data={"why": "Second."}, follow_redirects=True)
    assert "Someone said so before you" in page.get_data(as_text=True) and stored().outdated_why == "First."


def test_outsiders_do_not_doubt(community, as_, accepted):
    assert as_(community.joanna).get(accepted).status_code == 200
    assert as_(community.joanna).post(f"{accepted}/answer/doubt?shown=1", data={"why": "No."}).status_code == 403
    assert stored().outdated_at is None


def test_an_answer_comes_back_on_its_day_and_facilitators_are_told_once(app, community, as_, accepted):
    tom = as_(community.tom)
    day = in_words((now() + timedelta(days=20)).date())
    assert tom.post(f"{accepted}/answer/care?shown=1", data={"review": day}).status_code == 303
    jobs.remind()
    assert "Which form?" not in due("policy", tom).words and not mails("answers-due")
    with clock.at(now() + timedelta(days=21)):
        jobs.remind()
        jobs.remind()
        told = mails("answers-due")
        assert {mail.user_id for mail in told} == {user.id for user in db.session.scalars(facilitators("policy"))}
        assert "Which form?" in due("policy", tom).words
        assert "Which form?" not in see(as_(community.leon), "/groups/policy/manage/answers").text


def facilitators(slug):
    """Who may facilitate a group."""
    return reminding.facilitators(db.session.scalars(select(Group).where(Group.slug == slug)).one())


def mails(template):
    """The mails of a template, oldest first."""
    db.session.expire_all()
    found = db.session.scalars(select(Mail).where(Mail.template == template).order_by(Mail.id))
    return [mail for mail in found if mail.once.startswith(f"nudge:{stored().id}") or template != "answer-nudge"]


# -- the nudge


@pytest.fixture
def later(topic):
    """The moment three days and a bit after the question was asked."""
    with clock.at(now() + timedelta(days=3, hours=1)):
        yield


def test_the_asker_is_asked_once_after_three_days(app, community, topic):
    jobs.remind()
    assert not mails("answer-nudge")
    with clock.at(now() + timedelta(days=3, hours=1)):
        jobs.remind()
        jobs.remind()
        assert [mail.user_id for mail in mails("answer-nudge")] == [community.maya.id]
        outbox.deliver()
        assert mails("answer-nudge")[0].state == MailState.SENT
    with clock.at(now() + timedelta(days=9)):
        jobs.remind()
        assert len(mails("answer-nudge")) == 1


def test_nobody_is_asked_without_a_reply_by_another_or_once_it_is_answered(community, as_, talk, accepted):
    n = talk.topic(as_(community.maya), "policy", "Talks to herself")
    talk.replies(as_(community.maya), "policy", n, "")
    with clock.at(now() + timedelta(days=4)):
        jobs.remind()
        assert not mails("answer-nudge")


def test_two_workers_ask_once(app, community, topic, later):
    number = stored().id
    db.session.commit()
    at_once(app, *[lambda: reminding.nudge(number)] * 4)
    assert len(mails("answer-nudge")) == 1


@pytest.mark.parametrize("what", ["left", "suspended", "answered", "hidden", "locked", "no reply"])
def test_the_rule_is_asked_again_when_it_is_sent(what, app, community, as_, topic, later):
    jobs.remind()
    assert len(mails("answer-nudge")) == 1
    does = {
        "left": lambda: as_(community.maya).post("/groups/policy/departure"),
        "suspended": lambda: db.session.execute(update(User).where(User.handle == "maya").values(active=False)),
        "answered": lambda: as_(community.tom).post(f"{topic}/answer", data={"no": "1"}),
        "hidden": lambda: as_(community.tom).post(f"{topic}/hiding"),
        "locked": lambda: as_(community.tom).post(f"{topic}/closure"),
        "no reply": lambda: [as_(community.tom).post(f"{topic}/posts/{no}/hiding") for no in (1, 2)],
    }  # fmt: skip
    does[what]()
    db.session.commit()
    outbox.deliver()
    assert mails("answer-nudge")[0].state == MailState.DROPPED


def test_the_counter_knows_when_the_answer_is_gone_whoever_took_it(community, accepted):
    """As when a reply is moved into another topic."""
    question = stored()
    db.session.execute(update(Post).where(Post.topic_id == question.id, Post.no == 1).values(no=99, place=99))
    actions.counting.count_topic(question)
    db.session.commit()
    assert (stored().accepted_no, stored().reply_count) == (None, 2)
