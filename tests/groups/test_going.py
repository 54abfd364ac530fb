"""Going: leaving, removal and ban go down into every sub-group at once; the last owner stays."""

import pytest

from forum.groups import actions
from forum.groups.refusals import LastOwner
from forum.kit.db import db
from forum.members.actions import suspend
from forum.models import Standing
from forum.who import person
from tests.groups.conftest import words


def counters(community, slug):
    """What a group counts of its members."""
    db.session.expire_all()
    group = community.group(slug)
    return group.member_count, group.facilitator_count, group.organisation_count


def test_leaving_the_parent_leaves_everything_below(as_, community, stands, logged):
    before = {slug: counters(community, slug)[0] for slug in ("policy", "performance", "indicators")}
    reply = as_(community.dan).post("/groups/policy/departure")
    assert (reply.status_code, reply.location) == (303, "/groups")
    for slug, members in before.items():
        assert stands(community.dan, slug) == Standing.FORMER
        assert counters(community, slug)[0] == members - 1
    assert "member.left" in logged("policy")


def test_leaving_a_child_does_not_leave_the_parent(as_, community, stands):
    as_(community.dan).post("/groups/indicators/departure")
    assert stands(community.dan, "indicators") == Standing.FORMER
    assert stands(community.dan, "performance") == Standing.MEMBER


def test_the_last_owner_can_t_leave_nor_by_way_of_the_parent(as_, community, stands):
    reply = as_(community.ruth).post("/groups/performance/departure")
    assert reply.status_code == 409 and "only owner" in words(reply)
    reply = as_(community.ruth).post("/groups/policy/departure")
    assert reply.status_code == 409 and community.group("performance").name in words(reply)
    assert stands(community.ruth, "policy") == Standing.FACILITATOR


def test_removal_ends_reading_here_and_below_and_is_told(as_, community, stands, mails, logged):
    maya = as_(community.maya)
    assert maya.get("/groups/performance/members").status_code == 200
    as_(community.ruth).post(
        f"/groups/policy/manage/people/{community.maya.handle}/removal", data={"go-message": "Sorry, Maya."}
    )
    assert stands(community.maya, "policy") == stands(community.maya, "performance") == Standing.FORMER
    assert maya.get("/groups/performance/members").status_code == 403
    told = mails("removed")[-1]
    assert (told.user_id, told.facts["message"]) == (community.maya.id, "Sorry, Maya.")
    assert "member.removed" in logged("policy")


def test_a_suspended_member_is_shown_to_facilitators_and_can_be_removed(as_, community, stands):
    suspend(community.maya, "spam")
    db.session.commit()
    ruth, address = as_(community.ruth), "/groups/policy/manage/people"
    assert "Maya Okafor" not in words(ruth.get("/groups/policy/members"))
    page = ruth.get(address)
    assert "Maya Okafor Suspended Can’t sign in to the site" in words(page)
    assert f'href="/people/{community.maya.handle}"' not in page.get_data(as_text=True)
    assert "Suspended" in words(ruth.get(f"{address}/{community.maya.handle}"))
    assert ruth.post(f"{address}/{community.maya.handle}/removal").status_code == 303
    assert stands(community.maya, "policy") == Standing.FORMER
    assert f"{address}/{community.maya.handle}" not in ruth.get(address).get_data(as_text=True)


def test_a_facilitator_may_not_remove_an_owner_or_a_facilitator(as_, community, stands):
    reply = as_(community.ruth).post(f"/groups/policy/manage/people/{community.tom.handle}/removal")
    assert reply.status_code == 403 and "only owners a facilitator" in words(reply)
    assert stands(community.tom, "policy") == Standing.OWNER


def test_removing_twice_says_so(as_, community):
    address = f"/groups/policy/manage/people/{community.maya.handle}/removal"
    assert as_(community.tom).post(address).status_code == 303
    assert as_(community.ruth).post(address).status_code == 409


def test_a_ban_keeps_out_until_it_is_lifted(as_, community, stands, logged):
    address = f"/groups/policy/manage/people/{community.maya.handle}"
    assert as_(community.ruth).post(f"{address}/ban").status_code == 303
    assert stands(community.maya, "policy") == Standing.BANNED
    assert stands(community.maya, "performance") == Standing.FORMER
    maya = as_(community.maya)
    assert maya.post("/groups/policy/membership").status_code == 403
    assert maya.get("/groups/performance").status_code == 404
    assert "Maya Okafor" in words(as_(community.ruth).get("/groups/policy/manage/people"))
    assert as_(community.ruth).post(f"{address}/pardon").status_code == 303
    assert stands(community.maya, "policy") == Standing.FORMER
    assert maya.post("/groups/policy/membership").status_code == 303
    assert logged("policy")[-3:] == ["member.banned", "member.unbanned", "member.joined"]


def test_a_pending_applicant_can_be_banned(as_, community, stands):
    waiting = community.group("commissioning").request_count
    as_(community.joanna).post("/groups/commissioning/requests", data={"note": ""})
    as_(community.omar).post(f"/groups/commissioning/manage/people/{community.joanna.handle}/ban")
    assert stands(community.joanna, "commissioning") == Standing.BANNED
    assert community.group("commissioning").request_count == waiting


def test_removal_from_the_parent_may_leave_a_child_ownerless_and_its_parent_s_owner_repairs_it(as_, community, stands):
    actions.remove(person(community.tom.id), community.ruth, community.group("policy"))
    db.session.commit()
    tom = as_(community.tom)
    assert "has no owner" in words(tom.get("/groups/policy/manage"))
    address, prefix = "/groups/policy/manage/sub-groups/performance/owner", "owner-performance"
    named = {f"{prefix}-handle": "@maya", f"{prefix}-password": community.password}
    wrong = tom.post(address, data={**named, f"{prefix}-password": "quiet harbour lantern"})
    assert wrong.status_code == 422 and "This is not your password" in words(wrong)
    nobody = tom.post(address, data={**named, f"{prefix}-handle": "joanna"})
    assert nobody.status_code == 422 and f'href="#{prefix}-handle"' in nobody.get_data(as_text=True)
    assert stands(community.maya, "performance") != Standing.OWNER
    assert tom.post(address, data=named).status_code == 303
    assert stands(community.maya, "performance") == Standing.OWNER
    assert tom.post(address, data={**named, f"{prefix}-handle": "ceri"}).status_code == 409


def test_the_last_owner_can_t_be_dismissed_removed_or_banned(community):
    owner, group = person(community.leon.id), community.group("commissioning")
    for go in (
        lambda: actions.appoint(owner, community.leon, group, Standing.MEMBER),
        lambda: actions.remove(owner, community.leon, group),
        lambda: actions.ban(owner, community.leon, group),
    ):
        with pytest.raises(LastOwner):
            go()
        db.session.rollback()


def test_a_suspended_owner_does_not_let_the_last_one_go(as_, community, stands):
    ruth, dan = person(community.ruth.id), community.dan
    actions.appoint(ruth, dan, community.group("performance"), Standing.OWNER)
    dan.active = False
    db.session.commit()
    assert as_(community.ruth).post("/groups/performance/departure").status_code == 409
    dan.active = True
    db.session.commit()
    assert as_(community.ruth).post("/groups/performance/departure").status_code == 303


def test_counters_follow_roles_and_organisations(as_, community):
    members, facilitators, organisations = counters(community, "policy")
    as_(community.tom).post(f"/groups/policy/manage/people/{community.maya.handle}/role", data={"role": "facilitator"})
    assert counters(community, "policy") == (members, facilitators + 1, organisations)


def test_nobody_removes_themselves(as_, community):
    reply = as_(community.tom).post(f"/groups/policy/manage/people/{community.tom.handle}/removal")
    assert reply.status_code == 403 and "About page" in words(reply)


def test_a_grandchild_is_left_with_the_top(as_, community, stands):
    as_(community.ceri).post("/groups/policy/departure")
    assert {stands(community.ceri, slug) for slug in ("policy", "performance", "indicators")} == {Standing.FORMER}
