"""Mail of posts: by choice, with words, threaded, ended by one press, and never more than its reader may know."""

import re
from datetime import timedelta

import pytest

from forum import hearing, outbox
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.members import proofs
from forum.models import SEATED, Hear
from forum.outbox import stopping
from forum.who import person
from tests.conftest import Browser
from tests.discussions.conftest import see


def words(letter):
    """The plain text of a letter."""
    return letter.get_body(("plain",)).get_content()


def markup(letter):
    """The HTML of a letter."""
    return letter.get_body(("html",)).get_content()


def test_a_reply_comes_with_its_words_and_who_can_see_them(community, as_, talk, closed, letters, wants):
    wants("maya")
    talk.reply(as_(community.dan), "performance", closed, "We keep a *list* on the wall.")
    (letter,) = letters(community.maya)
    assert "We keep a *list* on the wall." in words(letter) and "We keep a" in markup(letter)
    first = words(letter).split("\n")[0]
    assert first.startswith("Only members of Performance Management can see this") and "You get this because" in first
    assert letter["Subject"] == "Re: [Performance Management] Who can help"
    assert letter["Auto-Submitted"] == "auto-generated" and letter["To"].count("@") == 1 and letter["Cc"] is None
    assert letter["List-Id"].startswith("<performance.groups.")


def test_nothing_remote_is_in_it(community, as_, talk, closed, letters, wants):
    wants("maya")
    talk.reply(as_(community.dan), "performance", closed, "![a picture](https://elsewhere.example/x.png) <img src=y>")
    (letter,) = letters(community.maya)
    assert not re.search(r"<(img|link|script|iframe)|url\(", markup(letter))


@pytest.mark.parametrize(("choice", "number"), [("every", 1), ("replies", 0), ("weekly", 0), ("nothing", 0)])
def test_a_post_to_somebody_else_is_mailed_to_those_who_want_every_one(
    community, as_, talk, closed, letters, wants, choice, number
):
    wants("ceri", choice)
    talk.reply(as_(community.dan), "performance", closed)
    assert len(letters(community.ceri)) == number


@pytest.mark.parametrize(("choice", "number"), [("every", 1), ("replies", 1), ("weekly", 0), ("nothing", 0)])
def test_an_announcement_is_mailed_once_unless_they_chose_less(community, as_, talk, letters, wants, choice, number):
    wants("ceri", choice)
    talk.topic(as_(community.ruth), "performance", "We meet in May", kind="announcement")
    assert len(letters(community.ceri)) == number and len(letters(community.ceri)) == number


def test_mentioned_and_hearing_of_every_post_is_one_mail(community, as_, talk, closed, letters, wants):
    wants("ceri", "every")
    talk.reply(as_(community.dan), "performance", closed, "@ceri, what do you say?")
    (letter,) = letters(community.ceri)
    assert "mentioned you" in letter["Subject"] and "what do you say?" in words(letter)


def test_whoever_chose_nothing_or_paused_gets_no_mail_of_mentions(community, as_, talk, closed, letters, wants):
    wants("ceri", "nothing")
    wants("dan", "every", paused_until=(now() + timedelta(days=9)).date().isoformat())
    talk.reply(as_(community.maya), "performance", closed, "@ceri @dan, look")
    assert letters(community.ceri) == [] == letters(community.dan)


def test_mail_of_a_mention_waits_for_the_end_of_quiet_hours(community, as_, talk, closed, letters, wants):
    with clock.at(now().replace(hour=1, minute=30)):
        wants("ceri", quiet_from="0", quiet_to="5")
        talk.reply(as_(community.maya), "performance", closed, "@ceri, when you are up")
        assert letters(community.ceri) == []
    with clock.at(now().replace(hour=6)):
        (letter,) = letters(community.ceri)
        assert "when you are up" in words(letter)


def test_mail_programs_lay_a_topic_together(community, as_, talk, closed, letters, wants):
    wants("maya", "every")
    talk.replies(as_(community.dan), "performance", closed, "", 1)
    first, second = letters(community.maya)
    assert first["Message-ID"] in second["References"] and second["In-Reply-To"] == first["Message-ID"]
    assert first["References"] == first["In-Reply-To"] and first["In-Reply-To"] in second["References"]


def test_one_press_ends_the_mail_of_that_group_signed_out(app, community, as_, talk, closed, letters, wants):
    wants("maya", "every")
    talk.reply(as_(community.dan), "performance", closed)
    (letter,) = letters(community.maya)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    program = Browser(app, use_cookies=False)
    page = program.get(address)
    assert page.status_code == 200 and "Performance" not in page.get_data(as_text=True)
    number = community.group("performance").id
    assert hearing.choices_of(community.maya.id)[number] == Hear.EVERY, "opening it changes nothing"
    stranger = {"HTTP_ORIGIN": "https://mail.example", "HTTP_SEC_FETCH_SITE": "cross-site"}
    sent = program.post(address, data={"List-Unsubscribe": "One-Click"}, environ_overrides=stranger)
    assert sent.status_code == 200 and sent.headers["Referrer-Policy"] == "no-referrer"
    assert hearing.choices_of(community.maya.id)[number] == Hear.NOTHING
    talk.reply(as_(community.dan), "performance", closed, "Something else.")
    assert len(letters(community.maya)) == 1
    assert program.post("/mail/stop/" + "x" * 64).status_code == 404


def test_no_more_mail_of_any_group_holds_for_groups_joined_later_until_it_is_undone(app, community, as_, talk, letters):
    token, joanna, tom = stopping.keep(community.joanna, None), as_(community.joanna), as_(community.tom)
    assert Browser(app, use_cookies=False).post(f"/mail/stop/{token}").status_code == 200
    joanna.post("/groups/policy/membership")
    talk.topic(tom, "policy", "News while it was quiet", kind="announcement")
    for days in (0, 2, 9):
        with clock.at(now() + timedelta(days=days)):
            assert letters(community.joanna) == []
    assert "You want no mail from any group now" in see(joanna, "/groups/policy/hearing").words
    assert re.search(r'<input[^>]*checked[^>]*name="silent"', see(joanna, "/settings/hearing").text)
    habits = {"pace": "now", "hour": "7", "day": "0", "quiet_from": "", "quiet_to": "", "hear-policy": "every"}
    assert joanna.post("/settings/hearing", data=habits).status_code == 303
    talk.topic(tom, "policy", "And once it was not")
    (letter,) = letters(community.joanna)
    assert "And once it was not" in letter["Subject"]


def test_who_left_before_it_was_sent_gets_nothing(community, as_, talk, closed, letters, wants):
    wants("dan", "every")
    talk.reply(as_(community.maya), "performance", closed, "For members alone.")
    groups.leave(person(community.dan.id), community.group("performance"))
    db.session.commit()
    assert letters(community.dan) == []


def test_what_was_read_meanwhile_is_not_mailed(community, as_, talk, closed, letters, wants):
    wants("dan", "every")
    talk.reply(as_(community.maya), "performance", closed)
    as_(community.dan).get(f"/groups/performance/topics/{closed}")
    assert letters(community.dan) == []


def test_a_busy_topic_sends_no_more_than_six_an_hour_and_then_one_of_all(community, as_, talk, closed, letters, wants):
    wants("dan", "every")
    maya = as_(community.maya)
    for at in range(5):
        talk.reply(maya, "performance", closed, f"Number {at} of many.")
    assert len(letters(community.dan)) == 5
    for at in range(5, 9):
        talk.reply(maya, "performance", closed, f"Number {at} of many.")
    found = letters(community.dan)
    assert len(found) == 6 and all(f"Number {at} of many." in words(found[-1]) for at in range(5, 9))
    talk.reply(maya, "performance", closed, "One more of many.")
    assert len(letters(community.dan)) == 6
    with clock.at(now() + timedelta(minutes=61)):
        assert "One more of many." in words(letters(community.dan)[-1])


def test_quiet_hours_keep_it_for_later(community, as_, talk, closed, letters, wants):
    hour = now().hour
    wants("dan", "every", quiet_from=str((hour - 2) % 24), quiet_to=str((hour + 3) % 24))
    talk.reply(as_(community.maya), "performance", closed)
    assert letters(community.dan) == []
    with clock.at(now() + timedelta(hours=6)):
        assert len(letters(community.dan)) == 1


SECRETS = ("Performance", "performance", "Who can help", "list on the wall", "Dan ")


@pytest.mark.parametrize("body", ["We keep a list on the wall.", "@maya, we keep a list on the wall."])
def test_discreet_mail_says_only_that_there_is_something(community, as_, talk, closed, letters, wants, body):
    wants("maya", discreet="y")
    talk.reply(as_(community.dan), "performance", closed, body)
    (letter,) = letters(community.maya)
    said = letter["Subject"] + letter["List-Id"] + words(letter) + markup(letter)
    assert not [secret for secret in SECRETS if secret in said]
    assert "/inbox" in said or "home page" in said


def seated(community, group):
    """Some people of the demo community who have a seat there."""
    names = ("ruth", "priya", "ines", "tom", "dan", "maya", "ceri", "grace", "joanna", "sam", "hugh")
    people = [getattr(community, name) for name in names]
    return [one for one in people if person(one.id).standing(group.id) in SEATED]


def test_mail_of_a_hidden_group_is_always_discreet(community, as_, talk, letters):
    group = community.group("reorganisation")
    writer, reader = seated(community, group)[:2]
    habits = {"pace": "now", "hour": "7", "day": "0", "quiet_from": "", "quiet_to": "", "paused_until": ""}
    as_(reader).post("/settings/hearing", data={**habits, "hear-reorganisation": "every"})
    talk.topic(as_(writer), "reorganisation", "Who moves first", body="Quietly said.")
    (letter,) = letters(reader)
    said = letter["Subject"] + letter["List-Id"] + words(letter) + markup(letter)
    for secret in (group.name, group.slug, "Who moves first", "Quietly said", writer.name):
        assert secret not in said


def test_mail_of_a_hidden_group_that_is_of_no_post_is_discreet_too(community, letters):
    group = community.group("reorganisation")
    reader = seated(community, group)[0]
    outbox.queue("role-changed", reader, "role:1", group, role="facilitator")
    db.session.commit()
    (letter,) = letters(reader)
    said = letter["Subject"] + letter["List-Id"] + words(letter) + markup(letter)
    assert "/inbox" in said and not [secret for secret in (group.name, group.slug, "facilitator") if secret in said]


def test_an_address_that_was_left_ends_no_mail_any_more(community, as_, visitor, talk, closed, letters, wants):
    wants("dan", "every")
    talk.reply(as_(community.maya), "performance", closed)
    (letter,) = letters(community.dan)
    path = letter["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert visitor.get(path).status_code == 200
    assert proofs.change_address(community.dan, "dan.new@example.org")
    db.session.commit()
    assert visitor.get(path).status_code == 404


def test_death_between_queueing_and_sending_costs_and_doubles_nothing(community, as_, talk, closed, letters, wants):
    wants("dan", "every")
    talk.reply(as_(community.maya), "performance", closed)
    for _ in range(3):
        letters.run()
    assert len(letters(community.dan)) == 1
