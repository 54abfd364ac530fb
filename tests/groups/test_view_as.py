"""Looking at a group as someone else: the very bytes they would get, below that group only, and nothing can be written."""

import re

import pytest

from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Membership, Standing
from forum.who import catch_up, person

OURS = {"Sec-Fetch-Site": "same-origin"}
BANNER = re.compile(r'<div class="looking".*?</form></div>', re.DOTALL)
NUMBER = re.compile(r"[0-9a-f]{16}")


def looks(browser, slug, who):
    """The same browser, looking as somebody else from now on."""
    assert browser.post(f"/groups/{slug}/manage/view-as", data={"who": who}).status_code == 303
    return browser


def page(browser, address):
    """A page without what differs from request to request: status, and body."""
    reply = browser.get(address, headers=OURS)
    return reply.status_code, NUMBER.sub("", reply.get_data(as_text=True))


def unmasked(browser, address):
    """A page without the banner, which must be its first element."""
    status, body = page(browser, address)
    assert body.split("<body>", 1)[1].lstrip().startswith('<div class="looking"')
    return status, BANNER.sub("", body, count=1)


def as_one(body, *people):
    """A page in which these people can't be told apart in the head."""
    for user in people:
        words = (f"/people/{user.handle}", user.name, re.sub(r"\W", "", "".join(part[0] for part in user.name.split())))
        head, main = body.split("</header>", 1)
        body = re.sub("|".join(map(re.escape, words)), "·", head) + "</header>" + main
    return re.sub(r"avatar hue-\d", "avatar", body.split("</header>", 1)[0]) + body.split("</header>", 1)[1]


@pytest.mark.parametrize("inner", ["", "/about", "/library", "/topics/1"])
def test_a_visitor_s_pages_are_theirs_to_the_byte(as_, visitor, community, inner):
    ines = looks(as_(community.ines), "service-design", "visitor")
    address = f"/groups/service-design{inner}"
    assert unmasked(ines, address) == page(visitor, address)


@pytest.mark.parametrize("inner", ["", "/about", "/manage", "/topics/1", "/zzz"])
def test_a_hidden_group_is_missing_for_its_visitor(as_, visitor, community, inner):
    tom = looks(as_(community.tom), "reorganisation", "visitor")
    address = f"/groups/reorganisation{inner}"
    if inner:
        assert tom.get(address, headers=OURS).location == visitor.get(address, headers=OURS).location
        address = f"/sign-in?next={address}"
    assert unmasked(tom, address) == page(visitor, address)


@pytest.mark.parametrize("inner", ["", "/about", "/members", "/library", "/manage", "/topics/99999"])
def test_someone_registered_sees_the_card(as_, community, inner):
    beth = community.beth
    beth.confirmed_at = now()
    db.session.commit()
    leon = looks(as_(community.leon), "commissioning", "registered")
    theirs, real = (
        unmasked(leon, f"/groups/commissioning{inner}"),
        page(as_(community.beth), f"/groups/commissioning{inner}"),
    )
    assert theirs[0] == real[0]
    assert as_one(theirs[1], community.leon, community.beth) == as_one(real[1], community.leon, community.beth)


def test_someone_pending_sees_their_request(as_, community):
    beth = community.beth
    beth.confirmed_at = now()
    db.session.add(Membership(user_id=beth.id, group_id=community.group("commissioning").id, standing=Standing.PENDING))
    db.session.commit()
    leon = looks(as_(community.leon), "commissioning", "pending")
    theirs, real = unmasked(leon, "/groups/commissioning"), page(as_(community.beth), "/groups/commissioning")
    assert theirs[0] == real[0] == 200
    people = (community.leon, community.beth)
    assert re.sub(r"<time.*?</time>", "", as_one(theirs[1], *people)) == re.sub(
        r"<time.*?</time>", "", as_one(real[1], *people)
    )


@pytest.mark.parametrize("inner", ["/about", "/members", "/library", "/manage", "/manage/settings"])
def test_a_member_s_pages_differ_in_nothing_but_who_looks(as_, community, inner):
    catch_up(person(community.sam.id), now())
    db.session.commit()
    tom = looks(as_(community.tom), "policy", "member")
    theirs, real = unmasked(tom, f"/groups/policy{inner}"), page(as_(community.sam), f"/groups/policy{inner}")
    assert theirs[0] == real[0]
    assert as_one(theirs[1], community.tom, community.sam) == as_one(real[1], community.tom, community.sam)


@pytest.mark.parametrize("inner", ["", "/topics/1"])
def test_a_member_s_discussions_open(as_, community, inner):
    tom = looks(as_(community.tom), "policy", "member")
    status, body = unmasked(tom, f"/groups/policy{inner}")
    assert status == 200 and ">Manage" not in body


def test_nothing_can_be_written_while_looking(as_, community, stands):
    ruth = looks(as_(community.ruth), "performance", "member")
    for address, data in (
        ("departure", {}), ("manage/settings", {"name": "Hacked", "summary": "x", "hue": "1"}), ("manage/people/maya/removal", {}),
        ("topics/new", {"title": "No"}), ("membership", {}), ("requests", {"note": ""}),
    ):  # fmt: skip
        reply = ruth.post(f"/groups/performance/{address}", data=data)
        assert reply.status_code == 403
        assert "Stop viewing as them" in reply.get_data(as_text=True)
    assert stands(community.ruth, "performance") == Standing.OWNER
    assert community.group("performance").name != "Hacked"


def test_other_groups_and_pages_stay_one_s_own(as_, community):
    ruth = looks(as_(community.ruth), "performance", "visitor")
    own = ruth.get("/groups/policy/manage")
    assert own.status_code == 200 and 'class="looking"' not in own.get_data(as_text=True)
    assert 'class="looking"' not in ruth.get("/groups").get_data(as_text=True)
    assert ruth.get("/groups/performanceX").status_code == 404


def test_stopping_brings_one_s_own_group_back(as_, community):
    ruth = looks(as_(community.ruth), "performance", "visitor")
    assert ruth.get("/groups/performance/manage").status_code == 303
    reply = ruth.post("/groups/performance/manage/view-as/end")
    assert (reply.status_code, reply.location) == (303, "/groups/performance/manage/view-as")
    assert ruth.get("/groups/performance/manage").status_code == 200


def test_only_facilitators_may_and_only_while_they_are(as_, community):
    assert as_(community.maya).post("/groups/performance/manage/view-as", data={"who": "member"}).status_code == 404
    priya = looks(as_(community.priya), "performance", "visitor")
    as_(community.ruth).post("/groups/performance/manage/people/priya/role", data={"role": "member"})
    mine = priya.get("/groups/performance/about")
    assert mine.status_code == 200 and 'class="looking"' not in mine.get_data(as_text=True)


def test_the_browser_keeps_nothing_of_it(as_, community):
    ruth = as_(community.ruth)
    kept = ruth.get("/groups/performance", headers=OURS).headers.get("ETag")
    looks(ruth, "performance", "member")
    reply = ruth.get("/groups/performance", headers={**OURS, **({"If-None-Match": kept} if kept else {})})
    assert reply.status_code == 200
    assert "ETag" not in reply.headers and reply.headers["Cache-Control"] == "private, no-store"


def test_looking_leaves_no_trace_of_reading(as_, community):
    from sqlalchemy import func, select

    from forum.models import Reading

    before = db.session.scalar(select(func.count()).select_from(Reading))
    tom = looks(as_(community.tom), "policy", "member")
    tom.get("/groups/policy/topics/1")
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(Reading)) == before
