"""Mail about workshops: to those who booked, asked again when it is sent, and never with the link to join."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum import jobs
from forum.access import person
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.db import db
from forum.models import Mail
from forum.outbox.letter import write
from tests.workshops.conftest import change, plan, row

LINK = "https://meet.example.org/secret-room"


def mails(template):
    """The mails of a template, by who they are for."""
    return {mail.user_id: mail for mail in db.session.scalars(select(Mail).where(Mail.template == template))}


def text_of(mail):
    """What a mail says, or None if it is not sent."""
    letter = write(mail.id)
    if letter is None:
        return None
    parts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    return " ".join([letter["Subject"], *parts])


@pytest.fixture
def booked(community, as_, tom):
    """A workshop with a link and one place: Maya has it, Sam waits, Leon came and went."""
    address = plan(tom, capacity="1", link=LINK).headers["Location"]
    for who in (community.maya, community.sam, community.leon):
        as_(who).post(f"{address}/booking")
    as_(community.leon).post(f"{address}/booking/end")
    return address


def test_who_has_a_place_is_reminded_once_the_day_before(community, booked):
    start = row(booked).starts_at
    for before in (timedelta(hours=25), timedelta(hours=23), timedelta(hours=2)):
        with clock.at(start - before):
            jobs.look_after_workshops()
    found = mails("workshop-reminder")
    assert set(found) == {community.maya.id}
    said = text_of(found[community.maya.id])
    assert "Reminder: Measures that help" in said and "10:00 to 12:30, Europe/London time (GMT)" in said
    assert booked in said and LINK not in said


def test_another_time_is_told_to_those_who_booked_or_wait_and_they_are_reminded_anew(community, tom, booked):
    with clock.at(row(booked).starts_at - timedelta(hours=20)):
        jobs.look_after_workshops()
        change(tom, booked, capacity="1", link=LINK, day="29 March 2027")
    found = mails("workshop-changed")
    assert set(found) == {community.maya.id, community.sam.id}
    said = text_of(found[community.maya.id])
    assert "Monday 29 March 2027, 10:00 to 12:30, Europe/London time (BST)" in said and LINK not in said
    assert row(booked).reminded_at is None


def test_a_workshop_that_is_over_is_corrected_in_silence(tom, booked):
    with clock.at(row(booked).ends_at + timedelta(days=1)):
        assert change(tom, booked, capacity="1", link=LINK, place="Elsewhere").status_code == 303
    assert row(booked).place == "Elsewhere" and mails("workshop-changed") == {}


def test_another_agenda_is_no_news(tom, booked):
    change(tom, booked, capacity="1", link=LINK, agenda="Something else.")
    assert mails("workshop-changed") == {}


def test_a_cancellation_is_told_with_its_reason(community, tom, booked):
    tom.post(f"{booked}/cancellation", data={"why": "The boiler broke."})
    found = mails("workshop-cancelled")
    assert set(found) == {community.maya.id, community.sam.id}
    said = text_of(found[community.sam.id])
    assert "The boiler broke." in said and "does not take place" in said and LINK not in said


def test_a_place_that_became_free_is_told(community, as_, booked):
    as_(community.maya).post(f"{booked}/booking/end")
    found = mails("workshop-place")
    assert set(found) == {community.sam.id} and "it is yours" in text_of(found[community.sam.id])


@pytest.mark.parametrize("kind", ["workshop-reminder", "workshop-changed", "workshop-cancelled"])
def test_who_left_or_gave_the_place_back_is_told_nothing(community, as_, tom, booked, kind):
    if kind == "workshop-reminder":
        with clock.at(row(booked).starts_at - timedelta(hours=2)):
            jobs.look_after_workshops()
    elif kind == "workshop-changed":
        change(tom, booked, capacity="1", link=LINK, place="Elsewhere")
    else:
        tom.post(f"{booked}/cancellation", data={"why": ""})
    mail = mails(kind)[community.maya.id]
    assert text_of(mail)
    groups.leave(person(community.maya.id), community.group("policy"))
    db.session.commit()
    assert text_of(mail) is None


def test_no_reminder_of_what_was_cancelled_meanwhile(community, tom, booked):
    with clock.at(row(booked).starts_at - timedelta(hours=2)):
        jobs.look_after_workshops()
        tom.post(f"{booked}/cancellation", data={"why": ""})
    assert text_of(mails("workshop-reminder")[community.maya.id]) is None
