"""Replies by mail are posted as the form posts them, once, by whom they may be, while they may be."""

import os
import re
import smtplib
import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from forum.cli import letters as letters_of_doctor
from forum.cli import schema
from forum.groups import actions as groups
from forum.kit.clock import now
from forum.kit.db import db
from forum.mailin import Fate, Lmtp, receive
from forum.models import Document, Post, Topic, User
from forum.who import person
from tests.mailin.conftest import Replying
from tests.test_outbox import free_port


def refusals(letters, user):
    return [letter for letter in letters(user) if letter["Subject"] == "Your reply was not posted"]


def plain(letter):
    return letter.get_body(("plain",)).get_content()


def test_a_letter_says_that_it_can_be_answered(replying):
    local = replying.address.partition("@")[0]
    assert re.fullmatch(r"reply\+[a-z2-7]{56}", local) and len(local) <= 64
    for kind in ("plain", "html"):
        said = replying.letter.get_body((kind,)).get_content()
        assert said.count("Write your reply above this line") == 1 and "posted as your reply" in said


def test_a_letter_says_nothing_of_it_where_no_mail_comes_in(app, community, as_, talk, closed, letters, wants):
    wants("maya", "every")
    talk.reply(as_(community.dan), "performance", closed, "Where?")
    (letter,) = letters(community.maya)
    assert letter["Reply-To"] is None and "above this line" not in plain(letter)


def test_a_reply_is_posted_below_what_it_answers_and_only_once(replying):
    assert replying.send() is Fate.POSTED and replying.send() is Fate.POSTED
    (post,) = replying.posts()
    assert post.body == "We keep ours in a book." and post.parent_id is not None


@pytest.mark.parametrize(
    "head",
    ["Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "X-Auto-Response-Suppress: All\n", "Return-Path: <>\n",
     "List-Id: <performance.groups.forum.example.org>\n", "X-Loop: yes\n",
     "Content-Type: multipart/report; boundary=x\n"],
)  # fmt: skip
def test_what_a_machine_wrote_is_neither_posted_nor_answered(replying, community, letters, head):
    assert replying.send(head=head) is Fate.IGNORED
    assert receive(replying.address, replying.raw(), "") is Fate.IGNORED
    assert replying.posts() == [] == refusals(letters, community.maya)


def test_another_persons_address_posts_nothing_and_tells_the_account_alone(replying, community, letters):
    assert replying.send(sender=community.dan.email) is Fate.REFUSED
    assert replying.posts() == [] == refusals(letters, community.dan)
    (told,) = refusals(letters, community.maya)
    assert "another address" in plain(told) and "We keep ours in a book." not in plain(told)


def test_a_forged_address_is_not_known(replying):
    there = replying.address
    turned = there[:20] + ("a" if there[20] != "a" else "b") + there[21:]
    assert replying.send(to=turned) is Fate.UNKNOWN
    assert replying.send(to="reply+" + "a" * 56 + "@forum.example.org") is Fate.UNKNOWN
    assert replying.send(to=replying.address.replace("forum.example", "other.example")) is Fate.UNKNOWN
    assert replying.posts() == []


def test_an_old_letter_can_not_be_answered(replying, community, letters, monkeypatch):
    later = now() + timedelta(days=32)
    monkeypatch.setattr("forum.outbox.answering.now", lambda: later)
    assert replying.send() is Fate.REFUSED and replying.posts() == []
    (told,) = refusals(letters, community.maya)
    assert "too old" in plain(told)


def test_a_locked_topic_takes_nothing(replying, community, letters):
    db.session.execute(sa.update(Topic).where(Topic.n == replying.number).values(locked_at=now()))
    db.session.commit()
    assert replying.send() is Fate.REFUSED and replying.posts() == []
    assert "closed" in plain(refusals(letters, community.maya)[0])


def test_whoever_left_is_told_nothing_of_the_topic(replying, community, letters):
    groups.leave(person(community.maya.id), community.group("performance"))
    db.session.commit()
    assert replying.send() is Fate.REFUSED and replying.posts() == []
    (told,) = refusals(letters, community.maya)
    assert not re.search("Who can help|Performance|Where do you keep", told.as_string())


def test_a_topic_that_was_moved_takes_nothing_said_to_its_former_readers(replying, community, letters):
    wider, here = community.group("policy"), (Topic.n == replying.number, Topic.title == "Who can help")
    (topic_id,) = db.session.scalars(sa.select(Topic.id).where(*here))
    db.session.execute(sa.update(Post).where(Post.topic_id == topic_id).values(group_id=wider.id))
    db.session.execute(sa.update(Topic).where(Topic.id == topic_id).values(group_id=wider.id, n=900))
    db.session.commit()
    replying.number = 900
    assert replying.send() is Fate.REFUSED and replying.posts() == []
    assert "was moved" in plain(refusals(letters, community.maya)[0])


@pytest.mark.parametrize("gone", [{"active": False}, {"confirmed_at": None}])
def test_whoever_lost_the_account_posts_nothing(replying, community, gone):
    db.session.execute(sa.update(User).where(User.id == community.maya.id).values(**gone))
    db.session.commit()
    assert replying.send() is Fate.REFUSED and replying.posts() == []


def test_line_breaks_in_a_name_add_no_head(replying, community, letters):
    raw = replying.raw().replace(b"From: Maya <", b"From: =?utf-8?q?Maya=0D=0ABcc=3A_x=40example=2Eorg?= <")
    assert receive(replying.address, raw, replying.email) in (Fate.POSTED, Fate.REFUSED)
    assert all(letter["Bcc"] is None for letter in letters(community.maya))


def test_mail_that_came_back_is_no_reply(replying, community):
    raw = replying.raw(head="Auto-Submitted: auto-replied\n")
    assert receive("bounce+1-20000-" + "a" * 26 + "@forum.example.org", raw, "") is Fate.IGNORED
    assert receive("bounce+1-20000-" + "a" * 26 + "@other.example.org", raw, "") is Fate.UNKNOWN
    assert replying.posts() == []


def test_refusals_are_few(replying, community, letters):
    for number in range(8):
        assert replying.send(unique=f"<{number}@x>", sender="else@example.org") is Fate.REFUSED
    assert len(refusals(letters, community.maya)) == 5


def test_files_are_filed_with_the_post(replying):
    body = (
        '--b\nContent-Type: text/plain\n\nHere it is.\n--b\nContent-Type: text/plain; name="list.txt"\n'
        'Content-Disposition: attachment; filename="list.txt"\n\none\ntwo\n--b--\n'
    )
    assert replying.send(body, head="MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n") is Fate.POSTED
    (post,) = replying.posts()
    (document,) = db.session.scalars(sa.select(Document).where(Document.post_id == post.id))
    assert post.body == "Here it is." and document.posted_at is not None


def test_a_thousand_levels_are_refused(replying):
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1000))
    assert replying.send("", head=deep) is Fate.REFUSED and replying.posts() == []


@pytest.fixture
def lmtp(app, replying):
    app.config["MAIL_IN_MOST"] = 10 * 2**20
    server = Lmtp(app, "127.0.0.1", free_port())
    server.start()
    yield server
    server.stop()


def test_lmtp_takes_a_letter_and_answers_once_it_is_posted(lmtp, replying):
    db.session.remove()
    with smtplib.LMTP("127.0.0.1", lmtp.port) as client:
        assert client.sendmail("maya@x.example", [replying.address], replying.raw()) == {}
        assert len(replying.posts()) == 1
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("maya@x.example", ["reply+nobody@forum.example.org"], replying.raw())
    with smtplib.LMTP("127.0.0.1", lmtp.port) as client, pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.sendmail("maya@x.example", [replying.address], replying.raw("x" * 11 * 2**20))
    assert refused.value.smtp_code == 552


def test_lmtp_asks_to_try_again_when_something_is_wrong(lmtp, replying, monkeypatch):
    def broken(*_args):
        raise OSError("the disk is gone")

    db.session.remove()
    monkeypatch.setattr("forum.mailin.serving.receive", broken)
    with smtplib.LMTP("127.0.0.1", lmtp.port) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("maya@x.example", [replying.address], replying.raw())
    assert refused.value.smtp_code == 451


def test_the_doctor_says_whether_mail_is_taken_here(app, replying, monkeypatch):
    port = free_port()
    monkeypatch.setattr("forum.mailin.PORT", port)
    db.session.remove()
    assert letters_of_doctor.mail_in().says.startswith(f"for forum.example.org: nobody answers at 127.0.0.1:{port}")
    server = Lmtp(app, "127.0.0.1", port)
    server.start()
    try:
        assert f"is taken at 127.0.0.1:{port}" in letters_of_doctor.mail_in().says
    finally:
        server.stop()
    with socket.create_server(("127.0.0.1", port)) as other:
        answering = threading.Thread(target=lambda: other.accept()[0].sendall(b"220 mail.example.org\r\n"))
        answering.start()
        assert "something else answers" in letters_of_doctor.mail_in().says
        answering.join()
    app.config["MAIL_IN_DOMAIN"] = ""
    assert "not set" in letters_of_doctor.mail_in().says


@pytest.mark.parametrize(("answer", "fate", "number"), [("true", Fate.WAITS, 0), ("false", Fate.POSTED, 1)])
def test_akismet_is_asked_about_a_doubtful_reply_by_mail_too(
    app, community, as_, talk, letters, wants, service, answer, fate, number
):
    service.answer = answer
    app.config["MAIL_IN_DOMAIN"] = "forum.example.org"
    n = talk.topic(as_(community.tom), "policy", "Who can help")
    groups.join(person(community.joanna.id), community.group("policy"))
    db.session.execute(sa.update(User).where(User.id == community.joanna.id).values(created_at=now()))
    db.session.commit()
    wants("joanna", "every", **{"hear-policy": "every"})
    talk.reply(as_(community.tom), "policy", n, "Where do you keep the list?")
    (letter,) = [one for one in letters(community.joanna) if one["Reply-To"]]
    replying = Replying(letter, n, community.joanna.email)
    assert replying.send("A plain text about kestrels.") is fate
    assert len(replying.posts()) == number
    assert len(service.asked) == 1 and "kestrels" in service.asked[0] and "joanna" not in service.asked[0].lower()
    assert replying.send("A plain text about kestrels.") is Fate.POSTED, "it came again"
    assert len(replying.posts()) == number


def test_a_pipe_takes_a_letter_and_knows_no_others(app, replying):
    newest = ScriptDirectory(str(schema.MIGRATIONS)).get_current_head()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest}')")
    db.session.remove()
    run = [sys.executable, "-m", "forum.cli", "mail", "in", "--instance", app.instance_path]
    given = {**os.environ, "FLASK_MAIL_IN_DOMAIN": "forum.example.org"}
    given |= {f"FLASK_{name}": app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "SECURITY_PASSWORD_SALT")}
    ends = [
        subprocess.run([*run, to], input=replying.raw(), env=given, capture_output=True, check=False)
        for to in (replying.address, "reply+forged@forum.example.org")
    ]
    assert [end.returncode for end in ends] == [0, 67], ends[0].stderr
    assert len(replying.posts()) == 1
