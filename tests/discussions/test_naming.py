"""Mentions: who is offered, who is told, once, and by what."""

import email
import email.policy
from pathlib import Path

import pytest
from sqlalchemy import func, select

from forum import outbox
from forum.access import person
from forum.discussions import actions
from forum.groups import actions as groups
from forum.kit.db import db
from forum.models import SEATED, Event, Mail, MailState, Membership, TopicKind, User
from tests.discussions.conftest import see


def offered(browser, address, typed):
    """The handles that are offered there."""
    reply = browser.get(f"{address}/names", query_string={"q": typed})
    assert reply.status_code == 200 and reply.headers["Cache-Control"] == "private, no-store"
    return [one["handle"] for one in reply.json]


def letters(user):
    """The letters about mentions that wait for somebody, or were sent."""
    return db.session.scalars(select(Mail).where(Mail.template == "mentioned", Mail.user_id == user.id)).all()


@pytest.fixture
def closed(community, as_, talk):
    """The number of a topic by Priya in the closed group."""
    return talk.topic(as_(community.priya), "performance", "Who can help")


def test_only_people_who_would_hear_of_it_are_offered(community, as_, closed):
    maya, address = as_(community.maya), f"/groups/performance/topics/{closed}"
    assert offered(maya, address, "pri") == ["priya"] == offered(maya, "/groups/performance", "Pri")
    last = community.priya.name.split()[-1][:4]
    assert offered(maya, address, last) == ["priya"]
    for outsider in ("sam", "joanna", "hugh", "vic", "nobody"):
        assert offered(maya, address, outsider) == []
    assert offered(maya, address, "maya") == [] == offered(maya, address, "") == offered(maya, address, "%")
    as_(community.ruth).post(f"{address}/hiding")
    assert maya.get(f"{address}/names?q=pri").status_code == 404
    assert "dan" not in offered(as_(community.ruth), address, "dan")


def test_who_only_reads_is_neither_offered_nor_told(community, as_, talk):
    maya = as_(community.maya)
    assert offered(maya, "/groups/policy", "joanna") == []
    page = see(maya, talk.ask(maya, "policy", "To a reader", body="@joanna, and @sam?").headers["Location"])
    assert "@joanna takes no part here, so nobody of that name was told" in page.words
    assert not letters(community.joanna) and len(letters(community.sam)) == 1
    unknown = see(maya, talk.ask(maya, "policy", "To nobody", body="@no-such-name?").headers["Location"])
    assert "@no-such-name takes no part here, so nobody of that name was told" in unknown.words


def test_a_mention_is_told_once_by_notice_and_letter(app, community, as_, talk, closed):
    talk.reply(as_(community.maya), "performance", closed, "@dan @Dan and `@ceri` and me, @maya")
    assert len(letters(community.dan)) == 1 and not letters(community.ceri) and not letters(community.maya)
    notices = select(func.count()).where(Event.kind == "post.mentioned", Event.subject_id == community.dan.id)
    before = db.session.scalar(notices)
    assert before == 1 and "mentioned you" in see(as_(community.dan), "/").words
    talk.reply(as_(community.maya), "performance", closed, "@dan once more")
    assert len(letters(community.dan)) == 1, "one topic writes once an hour"
    assert outbox.deliver() >= 1
    assert letters(community.dan)[0].state == MailState.SENT


def test_who_lost_access_before_it_was_sent_gets_no_letter(community, as_, talk, closed):
    talk.reply(as_(community.maya), "performance", closed, "@dan and @ceri, look")
    groups.leave(person(community.dan.id), community.group("performance"))
    db.session.commit()
    outbox.deliver()
    db.session.expire_all()
    assert letters(community.dan)[0].state == MailState.DROPPED and letters(community.ceri)[0].state == MailState.SENT


def test_whoever_wants_no_letters_gets_none(community, as_, talk, closed):
    dan, ceri = as_(community.dan), as_(community.ceri)
    assert 'name="mail_mentions" value="1" checked' in see(dan, "/settings/account").text
    dan.post("/settings/mail", data={})
    assert 'name="mail_mentions" value="1" checked' not in see(dan, "/settings/account").text
    talk.reply(as_(community.maya), "performance", closed, "@dan and @ceri, look")
    ceri.post("/settings/mail", data={})
    outbox.deliver()
    db.session.expire_all()
    assert not letters(community.dan) and letters(community.ceri)[0].state == MailState.DROPPED
    assert "mentioned you" in see(dan, "/").words
    dan.post("/settings/mail", data={"mail_mentions": "1"})
    assert 'name="mail_mentions" value="1" checked' in see(dan, "/settings/account").text


def test_a_letter_about_a_deleted_post_is_not_sent(community, as_, talk, closed):
    talk.reply(as_(community.maya), "performance", closed, "@dan, look")
    as_(community.maya).post(f"/groups/performance/topics/{closed}/posts/1/deletion")
    outbox.deliver()
    db.session.expire_all()
    assert letters(community.dan)[0].state == MailState.DROPPED


def test_an_edit_tells_only_who_was_not_told(community, as_, talk, closed):
    maya, address = as_(community.maya), f"/groups/performance/topics/{closed}/posts/1"
    talk.reply(maya, "performance", closed, "@dan")
    told = select(Event.subject_id).where(Event.kind == "post.mentioned", Event.actor_id == community.maya.id)
    maya.post(f"{address}/edit", data={"body": "@dan @ceri", "revision": "0"})
    assert sorted(db.session.scalars(told)) == sorted([community.dan.id, community.ceri.id])
    maya.post(f"{address}/edit", data={"body": "nobody", "revision": "1"})
    maya.post(f"{address}/edit", data={"body": "@dan @ceri @maya", "revision": "2"})
    assert sorted(db.session.scalars(told)) == sorted([community.dan.id, community.ceri.id])
    assert len(letters(community.ceri)) == 1


def test_ten_thousand_mentions_are_refused_and_the_text_stays(community, as_, talk, closed):
    reply = talk.reply(as_(community.maya), "performance", closed, "@dan " * 7_000)
    assert reply.status_code == 422 and "mentions more than 50 people" in reply.get_data(as_text=True)
    assert "@dan @dan" in reply.get_data(as_text=True) and not letters(community.dan)
    reply = talk.reply(as_(community.maya), "performance", closed, "@d " * 10_000)
    assert reply.status_code == 422


def test_letters_of_a_hidden_group_say_nothing_of_it(app, community):
    group = community.group("reorganisation")
    seats = select(Membership.user_id).where(Membership.group_id == group.id, Membership.standing.in_(SEATED))
    writer, reader = db.session.scalars(select(User).where(User.id.in_(seats)).limit(2)).all()
    actions.start_topic(person(writer.id), group, TopicKind.QUESTION, "Utterly private", f"@{reader.handle}, see")
    db.session.commit()
    outbox.deliver()
    folder = Path(app.instance_path) / "mail"
    told = [letter for letter in map(read, folder.iterdir()) if reader.email in letter["To"]]
    assert len(told) == 1 and told[0]["Subject"] == "Somebody mentioned you"
    said = str(told[0]) + "".join(part.get_content() for part in told[0].walk() if not part.is_multipart())
    assert not [word for word in ("Utterly private", group.name, f"groups/{group.slug}", writer.name) if word in said]


def read(path):
    """A letter as its reader opens it."""
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_a_name_is_offered_whatever_letter_it_begins_with(community, as_):
    maya = as_(community.maya)
    for name, typed in (("Élodie Noël", ("él", "El", "noel", "NOË")), ("Øyvind Åse", ("øy", "Øy", "ase"))):
        community.sam.name = name
        db.session.commit()
        for part in typed:
            assert "sam" in offered(maya, "/groups/policy", part), part
