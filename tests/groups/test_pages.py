"""Members, About, Manage: who may open which page, what stands on it, and no statement while it is drawn."""

import re

import pytest
from flask import before_render_template
from sqlalchemy import event

from forum.groups import actions
from forum.groups.lists import MEMBERS_PAGE
from forum.kit.db import db
from forum.models import FieldAudience, Membership, Standing, User
from forum.who import person
from tests.groups.conftest import words

MANAGE = ("", "/requests", "/invitations", "/people", "/people/maya", "/settings", "/view-as")
OWN = ("/reach", "/reach/preview?kind=private", "/sub-groups", "/log")


@pytest.mark.parametrize("inner", MANAGE + OWN)
def test_an_owner_opens_every_manage_page(as_, community, inner):
    assert as_(community.tom).get(f"/groups/policy/manage{inner}").status_code == 200


@pytest.mark.parametrize("inner", MANAGE + OWN)
def test_every_field_of_a_manage_page_has_a_name_of_its_own(as_, community, inner):
    actions.remove(person(community.tom.id), community.ruth, community.group("policy"))
    db.session.commit()
    page = as_(community.tom).get(f"/groups/policy/manage{inner}").get_data(as_text=True)
    found = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("inner", MANAGE)
def test_for_members_and_readers_manage_does_not_exist(as_, community, inner):
    maya = as_(community.maya).get(f"/groups/policy/manage{inner}")
    assert maya.status_code in (403, 404) if inner == "/invitations" else maya.status_code == 404
    assert as_(community.joanna).get("/groups/policy/manage").status_code == 404


@pytest.mark.parametrize("inner", OWN)
def test_facilitators_are_told_that_only_owners_may(as_, community, inner):
    reply = as_(community.ruth).get(f"/groups/policy/manage{inner}")
    assert reply.status_code == 403 and "Only owners" in words(reply)


@pytest.mark.parametrize(
    "inner",
    ["/about", "/members", "/manage", "/manage/people", "/manage/log", "/manage/requests", "/manage/invitations"],
)
def test_no_statement_runs_while_a_page_is_drawn(app, as_, community, inner):
    drawing, late = [], []

    def started(*_args, **_more):
        drawing.append(True)

    def ran(_conn, _cursor, statement, *_):
        if drawing:
            late.append(statement)

    event.listen(db.engine, "before_cursor_execute", ran)
    try:
        with before_render_template.connected_to(started, app):
            assert as_(community.tom).get(f"/groups/policy{inner}").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", ran)
    assert drawing and not late


def test_the_members_page_shows_names_and_what_each_lets_this_reader_see(as_, community):
    sam = community.sam
    sam.organisation_for, sam.organisation = FieldAudience.GROUPS, "Northmoor For Friends"
    db.session.commit()
    shown = words(as_(community.maya).get("/groups/policy/members"))
    assert "Sam Tuffnell" in shown and "Northmoor For Friends" in shown and "Owner" in shown
    outside = words(as_(community.joanna).get("/groups/policy/members"))
    assert "Sam Tuffnell" in outside and "Northmoor For Friends" not in outside
    search = as_(community.joanna).get("/groups/policy/members", query_string={"q": "For Friends"})
    assert "Nobody matches" in words(search)


def test_members_are_found_by_name_and_by_organisation(as_, community):
    tom = as_(community.tom)
    assert "Maya Okafor" in words(tom.get("/groups/policy/members?q=oka"))
    assert "Sam Tuffnell" not in words(tom.get("/groups/policy/members?q=oka"))
    by_organisation = words(
        tom.get("/groups/policy/members", query_string={"organisation": community.maya.organisation})
    )
    assert "Maya Okafor" in by_organisation


def test_pending_invited_former_and_banned_are_no_members(as_, community):
    page = words(as_(community.ruth).get("/groups/performance/members"))
    for user in (community.leon, community.hugh, community.vic):
        assert user.name not in page


def test_a_long_list_of_members_is_paged(as_, community):
    group = community.group("policy")
    for n in range(MEMBERS_PAGE + 5):
        user = User(
            handle=f"extra{n}",
            handle_skeleton=f"extra{n}",
            email=f"extra{n}@example.org",
            name=f"Extra {n % 3}",
            fs_uniquifier=f"x{n}",
            confirmed_at=group.created_at,
        )
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, group_id=group.id, standing=Standing.MEMBER))
    db.session.commit()
    tom, address, seen = as_(community.tom), "/groups/policy/members", []
    for _ in range(4):
        page = tom.get(address).get_data(as_text=True)
        seen += [part.split('"')[0] for part in page.split('<h3><a class="quiet" href="/people/')[1:]]
        if 'rel="next"' not in page:
            break
        address = (
            next(part for part in page.split('href="') if 'rel="next"' in part.split(">")[0])
            .split('"')[0]
            .replace("&amp;", "&")
        )
    assert len(seen) == len(set(seen)) == group.member_count + MEMBERS_PAGE + 5


def test_a_visitor_of_a_public_group_sees_about_but_no_list_of_members(visitor, community):
    assert visitor.get("/groups/service-design/about").status_code == 200
    reply = visitor.get("/groups/service-design/members")
    assert reply.status_code == 303 and reply.location.startswith("/sign-in")
    assert (
        "/members"
        not in visitor.get("/groups/service-design/about")
        .get_data(as_text=True)
        .split('class="tabs"')[1]
        .split("</nav>")[0]
    )


def test_someone_banned_is_a_visitor_where_the_web_may_read(as_, community):
    vic, topic = as_(community.vic), f"/groups/service-design/topics/{community.topic('service-design').n}"
    assert vic.get(topic).status_code == 200
    assert vic.get("/groups/service-design/members").status_code == 403
    assert vic.post(f"{topic}/follow").status_code == 403
    assert "Follow</button>" not in vic.get(topic).get_data(as_text=True)
    assert ">Members" not in vic.get("/groups/service-design").get_data(as_text=True).split('class="tabs"')[1][:900]
    assert as_(community.joanna).get("/groups/service-design/members").status_code == 200


def test_an_organisation_that_its_person_tells_nobody_is_not_counted(community):
    group, maya = community.group("performance"), community.maya
    maya.organisation, maya.organisation_for = "A place of her own", FieldAudience.REGISTERED
    db.session.flush()
    actions.recount(group)
    before = group.organisation_count
    maya.organisation_for = FieldAudience.NOBODY
    db.session.flush()
    actions.recount(group)
    assert group.organisation_count == before - 1


def test_about_names_only_the_sub_groups_that_a_reader_may_know(as_, community):
    assert community.group("case-review").name in words(as_(community.dan).get("/groups/safeguarding/about"))
    assert community.group("case-review").name not in words(as_(community.maya).get("/groups/safeguarding/about"))


def test_the_log_says_who_did_what_to_whom_and_can_be_filtered(as_, community):
    tom = as_(community.tom)
    tom.post("/groups/policy/manage/people/maya/role", data={"role": "facilitator"})
    text = words(tom.get("/groups/policy/manage/log"))
    assert "Changed the role of Maya Okafor" in text and "after: facilitator" in text
    assert (
        "Changed the role of"
        not in words(tom.get("/groups/policy/manage/log?action=member.joined")).split("When Who What")[-1]
    )


def test_parent_owners_see_hidden_children_under_sub_groups_only(as_, community):
    priya = community.priya
    actions.remove(person(community.dan.id), priya, community.group("case-review"))
    db.session.commit()
    browser = as_(priya)
    assert community.group("case-review").name in words(browser.get("/groups/safeguarding/manage/sub-groups"))
    assert browser.get("/groups/case-review").status_code == 404
