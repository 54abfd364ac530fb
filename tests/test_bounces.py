"""Mail that comes back is counted by the address it left from; three mails of one account stop its mail."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum import outbox
from forum.cli import schema
from forum.cli.letters import findings
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.db import db
from forum.members import links, proofs
from forum.models import Bounce, Mail, MailState, User
from forum.outbox import bounces
from forum.who import person
from tests.discussions.conftest import see
from tests.samples_of_bounces import EXCHANGE, EXPECTED, GMAIL, POSTFIX
from tests.test_outbox import mail, queue, server  # noqa: F401 a fixture

DOMAIN = "in.guildhall.example"


@pytest.fixture
def left(app, community, server):  # noqa: F811
    """`left(user, 3)`: the envelope senders of that many mails sent to this person just now."""
    app.config["MAIL_IN_DOMAIN"] = DOMAIN
    made = iter(range(1000))

    def send(user, many=1):
        before = len(server.letters)
        for _ in range(many):
            queue("password-changed", user, f"t:{next(made)}")
        outbox.deliver()
        db.session.rollback()
        return [sent.sender for sent in server.letters[before:]]

    return send


def stopped(user):
    db.session.rollback()
    return bounces.stopped(user.id) == user.email


def counted():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Bounce).where(Bounce.counts))


@pytest.mark.parametrize("name", EXPECTED)
def test_only_a_final_failure_of_the_address_is_one(name):
    raw, status = EXPECTED[name]
    assert bounces.failure(raw) == status


def test_each_mail_to_an_account_leaves_from_an_address_of_its_own(app, community, left, server):  # noqa: F811
    senders = left(community.maya, 2)
    assert len(set(senders)) == 2
    for sender in senders:
        assert re.fullmatch(rf"bounce\+[a-z0-9-]{{30,57}}@{DOMAIN}", sender)
    assert {sent.letter["From"] for sent in server.letters} == {"Guildhall <forum@guildhall.example>"}
    queue("confirm", "new@example.org", "bare")
    outbox.deliver()
    assert server.letters[-1].sender == "forum@guildhall.example", "an address of no account has none"
    app.config["MAIL_IN_DOMAIN"] = ""
    assert left(community.maya) == ["forum@guildhall.example"], "nothing would come in there"
    assert not bounces.take(senders[0], POSTFIX)


def test_three_different_mails_stop_mail_and_the_same_one_counts_once(community, left, server):  # noqa: F811
    maya = community.maya
    one, two, three = left(maya, 3)
    for _ in range(3):
        assert bounces.take(one, POSTFIX)
    assert bounces.take(two.upper(), EXCHANGE)
    assert counted() == 2 and not stopped(maya)
    assert bounces.take(three, GMAIL)
    assert stopped(maya) and not stopped(community.dan)
    sent = len(server.letters)
    numbers = [queue("role-changed", maya, "r", community.group("performance"), role="member", by="Ruth")]
    groups.invite(person(community.ruth.id), community.group("policy"), maya.email)
    db.session.commit()
    numbers.append(db.session.scalar(select(Mail.id).where(Mail.template == "invitation", Mail.address == maya.email)))
    asked = [queue("reset", maya.email, "asked:1"), queue("password-changed", maya, "changed:1")]
    assert outbox.deliver() == 2 and len(server.letters) == sent + 2
    assert [mail(number).state for number in numbers + asked] == [MailState.DROPPED] * 2 + [MailState.SENT] * 2


def test_what_is_forged_or_too_old_or_no_failure_counts_nothing(community, left):
    (sender,) = left(community.maya)
    local = sender.partition("@")[0]
    number, day, mac = local.removeprefix("bounce+").split("-")
    (other,) = left(community.dan)
    theirs = other.partition("@")[0].removeprefix("bounce+").split("-")[0]
    forged = [
        "bounce", "bounce+", f"bounce+{number}-{day}-", f"bounce+{number}-{day}-{'a' * 26}", f"bounce+{number}-{day}-é{mac[1:]}",
        f"bounce+{theirs}-{day}-{mac}", f"bounce+{number}-{int(day) + 1}-{mac}", f"bounce+{number}-{int(day) - 1}-{mac}",
        f"bounce+999999999999999999-{day}-{mac}", local + "a", f"bounce+{'9' * 400}-{day}-{mac}",
    ]  # fmt: skip
    for made_up in forged:
        assert bounces.take(f"{made_up}@{DOMAIN}", POSTFIX), "it goes nowhere else"
    for raw, status in EXPECTED.values():
        assert status or bounces.take(sender, raw)
    with clock.at(clock.now() + timedelta(days=bounces.EXPIRES + 1)):
        assert bounces.take(sender, POSTFIX)
    assert counted() == 0
    assert not bounces.take(f"{local}@elsewhere.example", POSTFIX)
    assert not bounces.take(f"reply+x@{DOMAIN}", POSTFIX)
    with clock.at(clock.now() + timedelta(days=bounces.EXPIRES - 1)):
        assert bounces.take(sender, POSTFIX)
    assert counted() == 1


def test_a_former_key_still_opens_what_it_signed(app, community, left):
    (sender,) = left(community.maya)
    former, app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "another-0123456789-abcdefghijklmnop"
    bounces.take(sender, POSTFIX)
    assert counted() == 0
    app.config["SECRET_KEY_FALLBACKS"] = [former]
    bounces.take(sender, POSTFIX)
    assert counted() == 1


def test_an_address_that_was_changed_begins_anew(community, left):
    maya = community.maya
    senders = left(maya, 4)
    for sender in senders[:3]:
        bounces.take(sender, POSTFIX)
    assert stopped(maya)
    assert proofs.change_address(community.maya, "maya@new.example")
    db.session.commit()
    bounces.take(senders[3], POSTFIX)
    assert counted() == 0 and not stopped(community.dan)
    assert db.session.scalar(select(User.mail_stopped_at).where(User.email == "maya@new.example")) is None


def test_what_came_back_long_ago_counts_no_more(community, left):
    maya, long_ago = community.maya, clock.now() - bounces.WINDOW - timedelta(days=1)
    with clock.at(long_ago):
        for sender in left(maya, 2):
            bounces.take(sender, POSTFIX)
    for sender in left(maya, 2):
        bounces.take(sender, POSTFIX)
    assert not stopped(maya)


def test_the_site_says_so_and_tries_again(community, as_, left, watch, monkeypatch):
    browser, senders = as_(community.maya), left(community.maya, 3)
    for sender in senders:
        bounces.take(sender, POSTFIX)
    for page in ("/inbox", "/settings/hearing"):
        text = see(browser, page).words
        assert "Mail to maya@example.org came back three times, so we stopped." in text and "Try again" in text
        assert "came back" not in see(as_(community.dan), page).words
    with watch() as seen:
        browser.get("/inbox")
    assert len(seen.statements) <= 6
    assert stopped(community.maya), "to look changes nothing"
    for name in ("reached", "newest"):
        monkeypatch.setattr(schema, name, lambda: "the same")
    assert any("stopped for 1 account" in finding.says and not finding.wrong for finding in findings())
    assert as_(community.dan).post("/inbox/mail-again").status_code == 303 and stopped(community.maya)
    assert browser.post("/inbox/mail-again").headers["Location"] == "/inbox"
    assert "We send mail to maya@example.org again." in see(browser, "/inbox").words
    assert "came back" not in see(browser, "/inbox").words and not stopped(community.maya)
    for sender in senders:
        bounces.take(sender, POSTFIX)
    assert counted() == 0, "the same mails do not stop it again"
    assert len(left(community.maya)) == 1


def test_a_password_set_by_a_link_in_mail_shows_that_mail_arrives(community, left):
    for sender in left(community.maya, 3):
        bounces.take(sender, POSTFIX)
    assert links.make("reset", community.maya) and proofs.reset_password(community.maya, "seven green lanterns hum")
    db.session.commit()
    assert not stopped(community.maya)


@pytest.mark.parametrize(
    "says", ["", "no", "4.1.1 x", "5.6.1 x", "5.7.26 x", "5.1 x", "5.1.1234 x", "x 5.1.1", "15.1.1"]
)
def test_an_answer_without_such_a_status_is_none(says):
    assert not bounces.hard(says) and bounces.hard(" 5.2.1 disabled") == "5.2.1"


@pytest.mark.parametrize(
    ("says", "stops"),
    [("550 5.1.1 no such user", True), ("550 5.7.1 relaying denied", False)],
)
def test_a_server_that_refuses_the_address_at_once_counts_too(community, left, server, monkeypatch, says, stops):  # noqa: F811
    async def refuse(*_):
        return says

    monkeypatch.setattr(type(server.postman), "handle_RCPT", refuse)
    left(community.maya, 2)
    assert not stopped(community.maya)
    left(community.maya)
    assert stopped(community.maya) == stops


def test_three_at_the_same_moment_stop_it(app, community, left):
    maya = community.maya
    senders, ready = left(maya, 3), threading.Barrier(3)

    def work(sender):
        with app.app_context():
            ready.wait()
            bounces.take(sender, POSTFIX)

    threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stopped(maya) and counted() == 3
