"""Roles: given by owners, told by mail, handed over with a password."""

import pytest

from forum.models import Standing
from tests.groups.conftest import words


def test_an_owner_appoints_and_dismisses_a_facilitator(as_, community, stands, mails, logged):
    tom, address = as_(community.tom), f"/groups/policy/manage/people/{community.maya.handle}/role"
    assert tom.post(address, data={"role": "facilitator"}).status_code == 303
    assert stands(community.maya, "policy") == Standing.FACILITATOR
    assert mails("role-changed")[-1].user_id == community.maya.id
    assert as_(community.maya).get("/groups/policy/manage").status_code == 200
    assert tom.post(address, data={"role": "member"}).status_code == 303
    assert as_(community.maya).get("/groups/policy/manage").status_code == 404
    assert logged("policy")[-2:] == ["role.changed", "role.changed"]


def test_a_facilitator_gives_no_roles(as_, community, stands):
    reply = as_(community.ruth).post(
        f"/groups/policy/manage/people/{community.maya.handle}/role", data={"role": "owner"}
    )
    assert reply.status_code == 403 and "Only owners" in words(reply)
    assert stands(community.maya, "policy") == Standing.MEMBER


def test_a_group_may_have_two_owners_and_then_one_may_step_down(as_, community, stands):
    tom, people, handle = as_(community.tom), "/groups/policy/manage/people", community.maya.handle
    proof = {"password": community.password}
    assert tom.post(f"{people}/{handle}/role", data={"role": "owner", **proof}).status_code == 303
    assert tom.post(f"{people}/{community.tom.handle}/role", data={"role": "member", **proof}).status_code == 303
    assert stands(community.tom, "policy") == Standing.MEMBER
    late = as_(community.maya).post(f"{people}/{handle}/role", data={"role": "member", **proof})
    assert late.status_code == 409 and "needs an owner" in words(late)


@pytest.mark.parametrize(("typed", "says"), [("", "Write your password"), ("quiet harbour", "not your password")])
def test_nobody_is_made_an_owner_or_none_without_the_password(as_, community, stands, typed, says):
    tom, people = as_(community.tom), "/groups/policy/manage/people"
    for handle, role in ((community.maya.handle, "owner"), (community.tom.handle, "member")):
        reply = tom.post(f"{people}/{handle}/role", data={"role": role, "password": typed})
        assert reply.status_code == 422 and says in words(reply)
        assert 'href="#password"' in reply.get_data(as_text=True)
    assert (stands(community.maya, "policy"), stands(community.tom, "policy")) == (Standing.MEMBER, Standing.OWNER)


def test_handing_over_asks_for_the_password(as_, community, stands, logged):
    tom, address = as_(community.tom), f"/groups/policy/manage/people/{community.maya.handle}/ownership"
    wrong = tom.post(address, data={"proof-password": "something else entirely"})
    assert wrong.status_code == 422 and "This is not your password" in words(wrong)
    assert "something else entirely" not in wrong.get_data(as_text=True)
    assert 'href="#proof-password"' in wrong.get_data(as_text=True)
    assert stands(community.tom, "policy") == Standing.OWNER
    assert tom.post(address, data={"proof-password": community.password}).status_code == 303
    assert (stands(community.maya, "policy"), stands(community.tom, "policy")) == (Standing.OWNER, Standing.FACILITATOR)
    assert "group.handed over" in logged("policy")


def test_an_unknown_role_is_refused_at_the_field(as_, community):
    reply = as_(community.tom).post(
        f"/groups/policy/manage/people/{community.maya.handle}/role", data={"role": "banned"}
    )
    assert reply.status_code == 422


def test_people_outside_the_group_have_no_seat_to_manage(as_, community):
    assert as_(community.tom).get("/groups/policy/manage/people/joanna").status_code == 404
