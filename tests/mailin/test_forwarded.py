"""A letter that its reader passes on lets nobody else write in their name; large and nested mail is read or refused."""

import base64
import smtplib

import pytest
import sqlalchemy as sa

from forum.kit.db import db
from forum.mailin import Fate, Lmtp, receive
from forum.models import Document
from tests.mailin.test_posting import plain, refusals
from tests.test_outbox import free_port

WORD = "quokka-canary"


def raw(replying, sender, body, head=""):
    """A mail as it comes from this sender, to the address that Maya's letter names."""
    lines = f"From: {sender}\nTo: {replying.address}\nSubject: Fwd: x\nMessage-ID: <f@mail.example>\n{head}\n{body}\n"
    return lines.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    "sender",
    ["Joanna <joanna@example.org>", '"maya@example.org" <joanna@example.org>', "maya@example.org <joanna@example.org>",
     "Maya <maya@example.org>, Joanna <joanna@example.org>", "joanna@example.org (maya@example.org)",
     "Maya <maya@example.org.evil.example>", "=?utf-8?q?maya=40example=2Eorg?= <joanna@example.org>", ""],
)  # fmt: skip
def test_whoever_it_was_passed_on_to_posts_nothing_and_hears_nothing(replying, community, letters, sender):
    said = raw(replying, sender, f"{WORD}\n\n> Where do you keep the list?")
    assert receive(replying.address, said, "joanna@example.org") is Fate.REFUSED
    assert replying.posts() == [] == letters(community.joanna)
    (told,) = refusals(letters, community.maya)
    assert "another address" in plain(told) and WORD not in told.as_string(), "nor does a stranger write to her by this"
    assert "Where do you keep" not in told.as_string() and "Who can help" not in told.as_string()


def test_who_names_her_as_sender_or_return_address_is_still_somebody_else(replying):
    head = "Sender: maya@example.org\nReply-To: maya@example.org\nResent-From: maya@example.org\n"
    said = raw(replying, "Joanna <joanna@example.org>", WORD, head)
    assert receive(replying.address, said, "maya@example.org") is Fate.REFUSED and replying.posts() == []


def test_of_two_from_lines_neither_counts(replying):
    said = raw(replying, "Maya <maya@example.org>", WORD, "From: Joanna <joanna@example.org>\n")
    assert receive(replying.address, said, "maya@example.org") is Fate.REFUSED and replying.posts() == []


def nested(size, depth):
    """The body of a mail with a file of so many bytes, so deep in other parts; and its head."""
    file = base64.encodebytes(b"one line of a list\n" * (size // 19)).decode()
    inner = (
        'Content-Type: multipart/mixed; boundary="in"\n\n--in\nContent-Type: text/plain; charset=utf-8\n\nHere it is.\n'
        '--in\nContent-Type: text/plain\nContent-Disposition: attachment; filename="list.txt"\n'
        f"Content-Transfer-Encoding: base64\n\n{file}\n--in--\n"
    )
    for level in range(depth):
        inner = f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n{inner}\n--b{level}--\n'
    head, _, body = inner.partition("\n\n")
    return body, "MIME-Version: 1.0\n" + head + "\n"


def test_nearly_ten_megabytes_deep_in_other_parts_are_filed_with_the_reply(app, replying):
    server = Lmtp(app, "127.0.0.1", free_port())
    server.start()
    body, head = nested(7 * 2**20, 6)
    said = raw(replying, "Maya <maya@example.org>", body, head)
    assert 9 * 2**20 < len(said) < app.config["MAIL_IN_MOST"]
    db.session.remove()
    try:
        with smtplib.LMTP("127.0.0.1", server.port) as client:
            assert client.sendmail("maya@example.org", [replying.address], said) == {}
    finally:
        server.stop()
    (post,) = replying.posts()
    (document,) = db.session.scalars(sa.select(Document).where(Document.post_id == post.id))
    assert post.body == "Here it is." and document.posted_at is not None


def test_deeper_than_people_write_is_refused_and_said(replying, community, letters):
    body, head = nested(19, 40)
    assert receive(replying.address, raw(replying, "Maya <maya@example.org>", body, head), None) is Fate.REFUSED
    assert replying.posts() == []
    assert "could not be read" in plain(refusals(letters, community.maya)[0])


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "no-such-charset", "x" * 300, "utf-8\\0"])
def test_words_of_a_wrong_or_odd_charset_are_posted_or_said_to_be_missing(replying, charset):
    said = raw(replying, "Maya <maya@example.org>", "Written so.", f'Content-Type: text/plain; charset="{charset}"\n')
    fate = receive(replying.address, said, "maya@example.org")
    assert fate in (Fate.POSTED, Fate.REFUSED) and len(replying.posts()) == (fate is Fate.POSTED)
