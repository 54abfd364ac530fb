"""What comes next stands at the side of the group's page and of the front page, for whoever may know of it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from forum.kit import clock
from forum.kit.db import db
from forum.models import Group
from tests.discussions.conftest import see
from tests.workshops.conftest import TODAY, change, plan

PLACES = ("/groups/policy", "/")


def aside(page):
    """The words of what comes next."""
    return page.text.split('id="coming-h"')[1].split("</section>")[0] if 'id="coming-h"' in page.text else ""


@pytest.mark.parametrize("place", PLACES)
def test_it_says_when_where_and_whether_one_comes(place, community, as_, workshop):
    maya, sam = as_(community.maya), as_(community.sam)
    said = aside(see(maya, place))
    assert f'href="{workshop}"' in said and "Thursday 25 March, 10:00" in said and "Town Hall" in said
    assert "You’re going" not in said
    for person in (community.tom, community.sam, community.maya):
        as_(person).post(f"{workshop}/booking")
    assert "You wait for a place" in aside(see(maya, place))
    assert "You’re going" in aside(see(sam, place))
    sam.post(f"{workshop}/booking/end")
    assert "You’re going" in aside(see(maya, place)) and "going" not in aside(see(sam, place))


@pytest.mark.parametrize("place", PLACES)
def test_it_goes_with_the_workshop(place, community, as_, tom, workshop):
    maya = as_(community.maya)
    assert aside(see(maya, place))
    change(tom, workshop, title="Measures that hurt", starts="11:00")
    assert "Measures that hurt" in aside(see(maya, place)) and "11:00" in aside(see(maya, place))
    with clock.at(TODAY + timedelta(days=23, hours=23)):
        assert "Now · " in aside(see(maya, place))
    with clock.at(TODAY + timedelta(days=24, hours=1)):
        assert aside(see(maya, place)) == ""
    tom.post(f"{workshop}/cancellation", data={"why": "Nobody came"})
    assert aside(see(maya, place)) == ""


def test_the_front_page_looks_four_weeks_ahead_and_shows_three(community, as_, tom):
    plan(tom, title="Far away", day="9 April 2027")
    for n in range(4):
        plan(tom, title=f"Number {n}", day=f"{20 + n} March 2027")
    said = aside(see(as_(community.maya), "/"))
    assert [f"Number {n}" in said for n in range(4)] == [True, True, True, False] and "Far away" not in said
    with clock.at(TODAY + timedelta(days=21)):
        assert "Far away" in aside(see(as_(community.maya), "/"))


def test_who_may_not_read_the_group_is_not_told(community, as_, visitor):
    assert plan(as_(community.ruth), "performance", title="Behind the door").status_code == 303
    for browser in (visitor, as_(community.joanna), as_(community.vic)):
        for place in ("/", "/groups/performance"):
            assert "Behind the door" not in see(browser, place).text
    maya = as_(community.maya)
    assert "Behind the door" in see(maya, "/").text and "Behind the door" in see(maya, "/groups/performance").text
    maya.post("/groups/performance/departure")
    assert (
        "Behind the door" not in see(maya, "/").text and "Behind the door" not in see(maya, "/groups/performance").text
    )


def test_a_visitor_of_a_public_group_is_told(community, as_, visitor, tom, workshop):
    assert aside(see(visitor, "/groups/policy")) == ""
    db.session.execute(update(Group).where(Group.slug == "policy").values(public_reading=True))
    db.session.commit()
    assert "Measures that help" in aside(see(visitor, "/groups/policy"))


def test_the_link_to_join_is_not_there(community, as_, tom):
    plan(tom, place="", link="https://meet.example.org/secret-room")
    for place in PLACES:
        page = see(as_(community.maya), place)
        assert "online" in aside(page) and "secret-room" not in page.text


@pytest.mark.parametrize("place", PLACES)
def test_a_page_that_was_kept_is_sent_anew_when_it_changes(place, community, as_, tom, workshop):
    maya = as_(community.maya)
    tag = see(maya, place).headers["ETag"]
    assert maya.get(place, headers={"If-None-Match": tag}).status_code == 304
    maya.post(f"{workshop}/booking")
    assert maya.get(place, headers={"If-None-Match": tag}).status_code == 200
    tag = see(maya, place).headers["ETag"]
    with clock.at(TODAY + timedelta(days=24)):
        assert maya.get(place, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("place", PLACES)
def test_it_costs_one_statement_at_most(place, community, as_, tom, watch):
    maya = as_(community.maya)

    def asked():
        see(maya, place)
        with watch() as seen:
            see(maya, place)
        return len(seen.statements)

    before = asked()
    for n in range(3):
        plan(tom, title=f"Number {n}", day=f"{20 + n} March 2027")
    after = asked()
    assert after <= before + 1 and after <= 6
