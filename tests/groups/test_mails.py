"""The mails of groups, as they leave: to those who may still be told, with a link that works."""

import re

import pytest

from forum.groups import actions
from forum.groups.queries import request_named
from forum.kit.db import db
from forum.models import Standing
from forum.outbox.letter import write
from forum.who import person


def text_of(mail):
    """A mail as it leaves: its address, its subject, its words, its HTML."""
    letter = write(mail.id)
    assert letter is not None
    parts = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return letter["To"].addresses[0].addr_spec, letter["Subject"], *parts


def test_an_invitation_holds_a_link_that_works(as_, community, mails):
    actions.invite(
        person(community.priya.id), community.group("safeguarding"), email="new@example.org", note="Come & look <here>"
    )
    db.session.commit()
    to, subject, text, html = text_of(mails("invitation")[-1])
    assert to == "new@example.org" and subject == f"Priya Raman invites you to {community.group('safeguarding').name}"
    assert "Come & look <here>" in text and "Come &amp; look &lt;here&gt;" in html
    link = re.search(r"http://localhost(/invitations/[\w-]+)", text)[1]
    assert link in html
    assert as_(community.joanna).get(link).status_code == 200


def test_a_facilitator_who_is_none_any_more_hears_nothing_of_requests(community, mails):
    actions.ask(person(community.joanna.id), community.group("commissioning"), "Please")
    db.session.commit()
    first = [mail for mail in mails("request-received") if mail.user_id == community.omar.id][-1]
    _, subject, text, _ = text_of(first)
    assert subject.startswith("Joanna Firth asks to join") and "Please" in text and "/manage/requests/" in text
    actions.appoint(person(community.leon.id), community.omar, community.group("commissioning"), Standing.MEMBER)
    db.session.commit()
    assert write(first.id) is None


@pytest.mark.parametrize(
    ("decide", "says"),
    [(actions.accept_request, "you are a member of"), (actions.decline_request, "has declined your request")],
)
def test_the_applicant_reads_the_decision(community, mails, decide, says):

    asked = actions.ask(person(community.joanna.id), community.group("commissioning"))
    db.session.commit()
    decide(
        person(community.omar.id),
        db.session.scalar(request_named(asked.code, community.group("commissioning"))),
        "With these words.",
    )
    db.session.commit()
    to, _, text, html = text_of(mails("request-decided")[-1])
    assert to == community.joanna.email
    assert says in text and "With these words." in text and "With these words." in html


def test_who_was_removed_is_told_although_they_read_it_no_more(community, mails):
    actions.remove(
        person(community.priya.id), community.maya, community.group("safeguarding"), "We have closed the list."
    )
    db.session.commit()
    to, subject, text, _ = text_of(mails("removed")[-1])
    assert to == community.maya.email and "no longer a member" in subject and "We have closed the list." in text


@pytest.mark.parametrize("role", [Standing.FACILITATOR, Standing.OWNER])
def test_a_new_role_is_told(community, mails, role):
    actions.appoint(person(community.tom.id), community.sam, community.group("policy"), role)
    db.session.commit()
    to, _, text, _ = text_of(mails("role-changed")[-1])
    assert to == community.sam.email and community.group("policy").name in text
