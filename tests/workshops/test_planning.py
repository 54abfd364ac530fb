"""Planning: by facilitators, with times that can be, and one page that everyone who reads the group reads."""

import secrets

import pytest
from sqlalchemy import select

from forum.groups import actions as groups
from forum.kit.db import db
from forum.models import Workshop
from forum.who import person
from tests.discussions.conftest import see
from tests.workshops.conftest import SAID, change, plan, row


def test_a_facilitator_plans_and_every_reader_reads(community, as_, tom, workshop):
    assert workshop.startswith("/groups/policy/workshops/")
    for who in (community.maya, community.joanna):
        page = see(as_(who), workshop)
        assert "Thursday 25 March 2027, 10:00 to 12:30, Europe/London time (GMT)" in page.words
        assert "Town Hall" in page.words and "One thing to try." in page.words and "0 of 2 places taken" in page.words
        assert (
            community.tom.name in page.words and "Measures that help" in see(as_(who), "/groups/policy/workshops").words
        )
    assert "/edit" not in see(as_(community.maya), workshop).text
    for address in ("/groups/policy/workshops/new", f"{workshop}/edit", f"{workshop}/cancellation"):
        assert as_(community.maya).get(address).status_code == 403 == as_(community.maya).post(address).status_code


def test_a_closed_groups_workshops_are_its_members_alone(community, as_):
    address = plan(as_(community.priya), "performance", title="Among us").headers["Location"]
    for below in ("", ".ics"):
        assert as_(community.dan).get(address + below).status_code == 200
        assert as_(community.sam).get(address + below).status_code == 403
    groups.leave(person(community.dan.id), community.group("performance"))
    db.session.commit()
    assert as_(community.dan).get(address).status_code == 403
    assert "Among us" not in as_(community.dan).get(f"{address}.ics").get_data(as_text=True)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(tom):
    for wrong, words in (
        ({"title": ""}, "Write a title"),
        ({"day": "soon"}, "Write a date, like 12 March 2027"),
        ({"day": "0001-01-01"}, "Write a date, like 12 March 2027"),
        ({"day": "9999-12-31"}, "Write a date, like 12 March 2027"),
        ({"last_day": "9999-12-31"}, "The last day is the first one"),
        ({"last_day": "0001-01-01", "all_day": "y"}, "The last day is the first one"),
        ({"day": "7 March 2027", "starts": "01:30", "repeats": "weekly", "times": "5"}, "on 28 March 2027"),
        ({"day": "28 February 2027"}, "The date must be today or later"),
        ({"starts": "noonish"}, "Write a time, like 10:00"),
        ({"ends": "09:00"}, "It must end after it starts"),
        ({"last_day": "1 March 2027"}, "The last day is the first one"),
        ({"day": "28 March 2027", "starts": "01:30"}, "the clocks go forward"),
        ({"zone": "Europe/Atlantis"}, "Choose one from the list"),
        ({"link": "javascript:alert(1)"}, "Write a web address"),
        ({"link": "https://[x"}, "Write a web address"),
        ({"capacity": "0"}, "Write a whole number from 1"),
        ({"capacity": "٣"}, "Write a whole number from 1"),
        ({"capacity": "0000000012345678901234567890"}, "Write a whole number from 1"),
        ({"repeats": "weekly"}, "Write how many times"),
        ({"seen_by": "everyone"}, "Choose one from the list"),
        ({"agenda": "x" * 40_001}, "Agenda"),
    ):
        reply = plan(tom, **wrong)
        page = see_text(reply)
        assert reply.status_code == 422, wrong
        assert words in page and "Town Hall" in page, wrong
        assert "<title>Error: " in reply.get_data(as_text=True)


def see_text(reply):
    """The text of an answer, with plain quotes."""
    return reply.get_data(as_text=True).replace("&#39;", "'")


def test_a_form_sent_twice_plans_once(tom):
    key = secrets.token_hex(8)
    assert plan(tom, key=key).headers["Location"] == plan(tom, key=key).headers["Location"]


def test_times_are_typed_as_people_do(tom):
    for starts, ends in (("10:00", "12:30"), ("10.00", "12.30"), ("10 am", "12:30pm")):
        address = plan(tom, starts=starts, ends=ends, day="25/3/2027").headers["Location"]
        assert "10:00 to 12:30" in see(tom, address).words


def test_a_reader_in_another_zone_sees_their_own_clock_besides(community, as_, tom, workshop):
    community.maya.timezone = "America/New_York"
    db.session.commit()
    words = see(as_(community.maya), workshop).words
    assert "10:00 to 12:30, Europe/London time (GMT)" in words
    # the clocks of New York go forward two weeks before London's
    assert "For you: Thursday 25 March 2027, 06:00 to 08:30, America/New York time (EDT)" in words


def test_whole_days_and_several_days(tom):
    one = plan(tom, all_day="y", starts="", ends="").headers["Location"]
    assert "Thursday 25 March 2027, all day" in see(tom, one).words
    two = plan(tom, all_day="y", last_day="26 March 2027").headers["Location"]
    assert "Thursday 25 March 2027 to Friday 26 March 2027" in see(tom, two).words
    over_night = plan(tom, last_day="26 March 2027", starts="22:00", ends="06:00").headers["Location"]
    assert "Thursday 25 March 2027, 22:00 to Friday 26 March 2027, 06:00" in see(tom, over_night).words


def test_dates_that_repeat_keep_their_time_of_day_when_the_clocks_change(tom):
    plan(tom, title="Drop-in", day="14 March 2027", repeats="weekly", times="4")
    found = db.session.scalars(select(Workshop).where(Workshop.title == "Drop-in").order_by(Workshop.n)).all()
    assert [one.starts_at.hour for one in found] == [10, 10, 9, 9]
    assert {one.ends_at - one.starts_at for one in found} == {found[0].ends_at - found[0].starts_at}
    assert len({one.uid for one in found}) == 4 and len({one.series for one in found}) == 1
    page = see(tom, "/groups/policy/workshops").words
    for day in ("Sunday 14 March", "Sunday 21 March", "Sunday 28 March", "Sunday 4 April"):
        assert f"{day} 2027, 10:00 to 12:30" in page


def test_a_month_without_that_date_has_its_last_day(tom):
    plan(tom, title="Monthly", day="31 March 2027", repeats="monthly", times="3")
    page = see(tom, "/groups/policy/workshops").words
    for day in ("31 March", "30 April", "31 May"):
        assert f"{day} 2027, 10:00" in page


def test_two_facilitators_change_it_at_once_and_one_is_told(tom, workshop):
    assert change(tom, workshop, title="Measures that help more").status_code == 303
    late = tom.post(f"{workshop}/edit", data={**SAID, "revision": "1", "place": "Library"})
    assert late.status_code == 409 and "Somebody else changed this workshop" in late.get_data(as_text=True)
    assert "Library" in late.get_data(as_text=True) and row(workshop).place == "Town Hall"


def test_a_cancelled_workshop_keeps_its_page_and_says_so(community, as_, tom, workshop):
    assert tom.post(f"{workshop}/cancellation", data={"why": "The boiler broke."}).status_code == 303
    page = see(as_(community.maya), workshop)
    assert "This workshop is cancelled." in page.words and "The boiler broke." in page.words
    assert as_(community.maya).post(f"{workshop}/booking").status_code == 409
    for below in ("cancellation", "edit", "afterwards"):
        assert tom.get(f"{workshop}/{below}").status_code == 409 == tom.post(f"{workshop}/{below}").status_code


def test_no_number_of_another_group_opens_anything(community, as_, workshop):
    n = int(workshop.rsplit("/", 1)[1])
    for below in ("", ".ics", "/edit"):
        assert as_(community.ruth).get(f"/groups/performance/workshops/{n + 500}{below}").status_code == 404


def test_the_page_takes_few_statements_however_many_come(community, as_, tom, workshop, watch):
    browser = as_(community.maya)
    for who in (community.maya, community.sam, community.leon):
        as_(who).post(f"{workshop}/booking")
    for address in (workshop, "/groups/policy/workshops"):
        browser.get(address)  # how many people are registered is counted once a minute
        with watch() as seen:
            assert browser.get(address).status_code == 200
        assert len(seen.statements) <= 6, seen.statements


@pytest.mark.parametrize("rubbish", ["", "x", "-1", "²", "9" * 40, "1e9", "1 or 1"])
def test_a_revision_that_nobody_gave_changes_nothing(tom, workshop, rubbish):
    reply = tom.post(f"{workshop}/edit", data={**SAID, "title": "Something else", "revision": rubbish})
    assert reply.status_code == 409 and "Something else" in reply.get_data(as_text=True)
    assert tom.post(f"{workshop}/edit", data={**SAID, "title": "Something else"}).status_code == 409
    assert row(workshop).title == "Measures that help"
