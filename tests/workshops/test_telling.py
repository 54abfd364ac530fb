"""News of workshops stands in the inbox once, of the right people, and vanishes with access."""

from datetime import timedelta

from sqlalchemy import func, select, update

from forum import jobs
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.db import db
from forum.models import Group, Habit, Mail, Notice
from forum.who import person
from forum.workshops import seeing
from tests.discussions.conftest import see
from tests.inbox.conftest import Letters
from tests.workshops.conftest import TODAY, change, plan, row


def told(user, workshop):
    """Which kinds of news of a workshop this person was told, in their order."""
    one = row(workshop)
    found = select(Notice.kind).where(Notice.group_id == one.group_id, Notice.code == str(one.n))
    return list(db.session.scalars(found.where(Notice.user_id == user.id).order_by(Notice.id)))


def test_a_new_workshop_is_told_to_members_and_not_to_whoever_planned_it_or_looks_in(community, as_, tom, workshop):
    assert told(community.maya, workshop) == ["workshop"]
    assert told(community.tom, workshop) == [] == told(community.joanna, workshop)
    page = see(as_(community.maya), "/inbox")
    assert "Measures that help" in page.words and "planned this workshop" in page.words and workshop in page.text
    series = plan(tom, title="Every week", repeats="weekly", times="3")
    assert series.status_code == 303
    assert see(as_(community.maya), "/inbox").text.count(">Every week</a>") == 1, "told once for all its dates"


def test_a_change_and_a_cancellation_are_told_to_who_booked_once_each(community, as_, tom, workshop):
    for who in (community.maya, community.dan, community.tom):
        as_(who).post(f"{workshop}/booking")
    change(tom, workshop, title="Other words", capacity="2")
    assert told(community.maya, workshop) == ["workshop"]
    change(tom, workshop, title="Other words", place="Library", capacity="2")
    change(tom, workshop, title="Other words", place="Library", starts="11:00", capacity="2")
    tom.post(f"{workshop}/cancellation", data={"why": "Ill"})
    news = ["workshop", "workshop_changed", "workshop_changed", "workshop_cancelled"]
    assert told(community.maya, workshop) == news == told(community.dan, workshop)
    assert told(community.tom, workshop) == [] and "workshop_changed" not in told(community.ceri, workshop)
    page = see(as_(community.maya), "/inbox")
    assert page.text.count(">Other words</a>") == 1 and "cancelled this workshop" in page.words
    mails = select(Mail.template).where(Mail.user_id == community.maya.id).order_by(Mail.id)
    assert list(db.session.scalars(mails)).count("workshop-changed") == 2
    groups.leave(person(community.maya.id), community.group("policy"))
    db.session.commit()
    assert "Other words" not in see(as_(community.maya), "/inbox").words


def test_a_place_and_the_day_before_are_told_once(community, as_, tom, workshop):
    for who in (community.maya, community.dan, community.ceri):
        as_(who).post(f"{workshop}/booking")
    as_(community.maya).post(f"{workshop}/booking/end")
    assert told(community.ceri, workshop)[-1] == "workshop_place" and "workshop_place" not in told(
        community.dan, workshop
    )
    assert "You waited, and have a place now" in see(as_(community.ceri), "/inbox").words
    with clock.at(row(workshop).starts_at - timedelta(hours=20)):
        for _ in range(2):
            jobs.look_after_workshops()
    assert (
        told(community.ceri, workshop).count("workshop_soon")
        == 1
        == told(community.dan, workshop).count("workshop_soon")
    )
    assert "workshop_soon" not in told(community.maya, workshop)


def test_a_summary_lists_the_workshops_ahead_that_its_reader_may_know_of(app, community, as_, tom, workshop):
    plan(tom, title="In a year", day="1 March 2028")
    gone = plan(tom, title="Cancelled one", day="12 March 2027").headers["Location"]
    soon = plan(tom, title="Next week", day="9 March 2027").headers["Location"]
    tom.post(f"{gone}/cancellation", data={"why": ""})
    among = plan(as_(community.priya), "performance", title="Among us", day="8 March 2027")
    assert among.status_code == 303 and soon
    db.session.execute(update(Notice).values(mail_waits=False))
    db.session.add(Habit(user_id=community.joanna.id, digest_at=TODAY))
    db.session.commit()
    as_(community.joanna).post("/groups/policy/membership")
    data = {"kind": "announcement", "title": "We meet", "body": "Soon.", "tags": "", "announce": "1"}
    assert tom.post("/groups/policy/topics/new", data=data).status_code == 303
    with clock.at(TODAY + timedelta(days=1)):
        (letter,) = Letters(app)(community.joanna)
        words = letter.get_body(("plain",)).get_content()
    assert "We meet" in words and "Next week" in words and "Tuesday 9 March 2027" in words
    assert not any(title in words for title in ("In a year", "Cancelled one", "Among us", "Measures that help"))


def unread(user):
    """How many notices of workshops in Policy this person has not read."""
    db.session.rollback()
    of = (Notice.group_id == Group.id, Group.slug == "policy", Notice.kind.startswith("workshop"))
    mine = (Notice.user_id == user.id, Notice.read_at.is_(None), *of)
    return db.session.scalar(select(func.count()).select_from(Notice).where(*mine))


def test_who_opens_the_page_has_read_what_they_were_told_of_it_and_of_no_other(community, as_, tom, workshop):
    assert plan(tom, title="Another one").status_code == 303
    assert unread(community.maya) == 2 == unread(community.dan)
    assert as_(community.maya).get("/groups/policy/workshops").status_code == 200
    assert unread(community.maya) == 2, "a list is no page of it"
    assert as_(community.maya).get(workshop).status_code == 200
    assert unread(community.maya) == 1 and unread(community.dan) == 2


def test_opening_a_page_writes_after_it_is_sent_and_nothing_for_who_read_it_all(
    community, as_, workshop, watch, monkeypatch
):
    monkeypatch.setattr(seeing.openings, "delay", 60.0)
    maya = as_(community.maya)
    maya.get(workshop)
    assert unread(community.maya) == 1
    seeing.openings.flush_now()
    assert unread(community.maya) == 0
    monkeypatch.setattr(seeing.openings, "delay", 0.0)
    with watch() as seen:
        maya.get(workshop)
    assert not [one for one in seen.statements if "UPDATE notice" in one]


def test_what_is_told_after_the_page_was_opened_is_new(community, as_, tom, workshop):
    maya = as_(community.maya)
    maya.post(f"{workshop}/booking")
    maya.get(workshop)
    with clock.at(TODAY + timedelta(minutes=5)):
        change(tom, workshop, place="Library")
    assert unread(community.maya) == 1
