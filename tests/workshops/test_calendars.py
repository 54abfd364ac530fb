"""Calendars: read back by a parser of RFC 5545, right when the clocks change, and silent about groups one left."""

import re
from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from forum.access import person
from forum.groups import actions as groups
from forum.kit.db import db
from forum.members import session
from forum.models import CalendarKey
from tests.discussions.conftest import see
from tests.workshops.conftest import change, plan


def events(reply):
    """The events of an answer, by their titles."""
    assert reply.status_code == 200 and reply.mimetype == "text/calendar"
    text = reply.get_data(as_text=True)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and text.endswith("END:VCALENDAR\r\n")
    calendar = Calendar.from_ical(text)
    assert calendar["version"] == "2.0" and calendar["prodid"] and not calendar.errors
    found = {str(one["summary"]): one for one in calendar.walk("VEVENT")}
    for one in found.values():
        assert not one.errors and one["uid"] and one["dtstamp"] and one["dtstart"] and one["dtend"]
    return found


def key_of(browser):
    """The address of a person's calendar, as it is said once."""
    browser.post("/settings/calendar")
    return re.search(r"/calendars/mine\.ics\?key=[\w-]+", browser.get("/settings/calendar").get_data(as_text=True))[0]


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [("27 March 2027", 10, "GMT"), ("28 March 2027", 9, "BST"), ("30 October 2027", 9, "BST"), ("31 October 2027", 10, "GMT")],
)  # fmt: skip
def test_ten_oclock_is_ten_oclock_on_both_sides_of_a_change_of_the_clocks(community, as_, tom, day, hour, words):
    address = plan(tom, day=day).headers["Location"]
    event = events(as_(community.maya).get(f"{address}.ics"))["Measures that help"]
    assert event["dtstart"].dt == datetime.combine(event["dtstart"].dt.date(), datetime.min.time(), UTC).replace(
        hour=hour
    )
    assert f"10:00 to 12:30, Europe/London time ({words})" in see(tom, address).words


def test_whole_days_are_days_in_a_calendar_and_end_on_the_day_after(tom):
    address = plan(tom, all_day="y", day="27 March 2027", last_day="28 March 2027").headers["Location"]
    event = events(tom.get(f"{address}.ics"))["Measures that help"]
    assert event["dtstart"].dt == date(2027, 3, 27) and event["dtend"].dt == date(2027, 3, 29)
    far = plan(tom, all_day="y", title="Far", zone="Pacific/Auckland", day="4 April 2027").headers["Location"]
    event = events(tom.get(f"{far}.ics"))["Far"]
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2027, 4, 4), date(2027, 4, 5))


def test_a_change_and_a_cancellation_keep_the_name_and_raise_the_number(tom, workshop):
    def now_():
        (event,) = events(tom.get(f"{workshop}.ics")).values()
        return str(event["uid"]), event["sequence"], str(event["status"]), event["dtstart"].dt.hour

    first = now_()
    assert first[1:] == (0, "CONFIRMED", 10)
    change(tom, workshop, capacity="2", starts="11:00")
    assert now_() == (first[0], 1, "CONFIRMED", 11)
    change(tom, workshop, capacity="5", starts="11:00", agenda="Another thing to try.")
    assert now_()[1] == 1, "what no calendar shows of the time changes no number"
    tom.post(f"{workshop}/cancellation", data={"why": ""})
    assert now_() == (first[0], 2, "CANCELLED", 11)


def test_awkward_words_arrive_whole(tom):
    title = "Commas, semicolons; \\ back\u2019s and “quotes” " + "é" * 60
    address = plan(tom, title=title, place="Room 3; left, then right", agenda="BEGIN:VEVENT\n\nSUMMARY:x").headers[
        "Location"
    ]
    event = events(tom.get(f"{address}.ics"))[title]
    assert str(event["location"]) == "Room 3; left, then right"
    assert "BEGIN:VEVENT" in str(event["description"]) and address in str(event["url"])


def test_the_personal_calendar_holds_what_one_booked(community, as_, tom, visitor):
    maya = as_(community.maya)
    address = key_of(maya)
    one = plan(tom, title="One", capacity="1").headers["Location"]
    two = plan(tom, title="Two", capacity="1").headers["Location"]
    plan(tom, title="Not mine")
    as_(community.sam).post(f"{two}/booking")
    for each in (one, two):
        maya.post(f"{each}/booking")
    found = events(visitor.get(address))
    assert {"One", "Two"} <= set(found) and "Not mine" not in found
    assert (str(found["One"]["status"]), str(found["Two"]["status"])) == ("CONFIRMED", "TENTATIVE")
    tom.post(f"{one}/cancellation", data={"why": "x"})
    assert str(events(visitor.get(address))["One"]["status"]) == "CANCELLED"
    groups.leave(person(community.maya.id), community.group("policy"))
    db.session.commit()
    assert events(visitor.get(address)) == {}, "silent about groups one left, open ones too"


def test_the_key_opens_nothing_else_and_is_told_once(community, as_, visitor):
    maya = as_(community.maya)
    address = key_of(maya)
    token = address.partition("key=")[2]
    assert token not in maya.get("/settings/calendar").get_data(as_text=True)
    assert db.session.scalar(select(func.count()).where(CalendarKey.digest == token)) == 0
    for closed in (f"/?key={token}", f"/feeds/mine.atom?key={token}", f"/groups/performance/workshops?key={token}"):
        assert visitor.get(closed).status_code in (200, 303, 404)
        assert community.maya.name not in visitor.get(closed).get_data(as_text=True)
    assert visitor.get(address).headers["Referrer-Policy"] == "no-referrer"
    tag = visitor.get(address).headers["ETag"]
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("how", ["ended", "made anew", "new password", "suspended"])
def test_a_key_that_is_over_answers_like_one_that_never_was(community, as_, visitor, how):
    maya = as_(community.maya)
    address = key_of(maya)
    if how == "ended":
        maya.post("/settings/calendar/end")
    if how == "made anew":
        key_of(maya)
    if how == "new password":
        session.end_all(community.maya.id)
    if how == "suspended":
        community.maya.active = False
    db.session.commit()
    over, never = visitor.get(address), visitor.get("/calendars/mine.ics?key=" + "x" * 43)
    assert over.status_code == never.status_code == 404 == visitor.get("/calendars/mine.ics").status_code
    assert len(over.get_data()) == len(never.get_data())


def test_a_calendar_takes_as_many_statements_for_one_as_for_ten(community, tom, watch):
    address = key_of(tom)
    plan(tom)
    with watch() as few:
        before = len(events(tom.get(address)))
    for at in range(9):
        plan(tom, title=f"Meeting {at}")
    with watch() as many:
        assert len(events(tom.get(address))) == before + 9
    assert len(few.statements) == len(many.statements) <= 6
