"""Starting a group, describing it, switching what its members may do."""

import re

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.models import Group, Kind, Standing, Subject
from tests.groups.conftest import words

FORM = {
    "name": "Night Cover", "summary": "For people who staff the night.", "subjects": "Rotas, nights , Rotas", "about": "Bring **rotas**.",
    "emblem": "", "hue": "3", "slug": "", "kind": "restricted", "key": "1234567890abcdef",
}  # fmt: skip


def test_whoever_starts_a_group_owns_it(as_, community, stands, logged):
    reply = as_(community.joanna).post("/groups", data=FORM)
    assert (reply.status_code, reply.location) == (303, "/groups/night-cover/manage")
    group = community.group("night-cover")
    assert (group.kind, group.emblem, group.hue, group.member_count, group.facilitator_count) == (
        Kind.RESTRICTED,
        "NC",
        3,
        1,
        1,
    )
    assert "<strong>rotas</strong>" in group.about_html
    assert list(db.session.scalars(select(Subject.name).where(Subject.group_id == group.id))) == ["Rotas", "nights"]
    assert stands(community.joanna, "night-cover") == Standing.OWNER
    assert logged("night-cover")[0] == "group.created"


def test_sending_the_form_twice_starts_one_group(as_, community):
    joanna = as_(community.joanna)
    first, second = joanna.post("/groups", data=FORM), joanna.post("/groups", data=FORM)
    assert first.location == second.location
    assert len(db.session.scalars(select(Group).where(Group.name == "Night Cover")).all()) == 1


@pytest.mark.parametrize("slug", ["policy", "safeguarding", "new"])
def test_a_taken_and_a_kept_address_are_refused_alike(as_, community, slug):
    reply = as_(community.joanna).post("/groups", data={**FORM, "slug": slug})
    assert reply.status_code == 422
    assert "This address can’t be used. Choose another" in words(reply)
    assert "Bring **rotas**." in reply.get_data(as_text=True)


@pytest.mark.parametrize("slug", ["reorganisation", "case-review"])
def test_an_address_taken_by_a_group_one_may_not_know_of_is_not_called_taken(as_, community, slug):
    assert as_(community.joanna).get(f"/groups/{slug}").status_code == 404
    reply = as_(community.joanna).post("/groups", data={**FORM, "slug": slug})
    assert reply.status_code == 303
    assert re.fullmatch(rf"/groups/{slug}-[0-9a-f]{{8}}/manage", reply.location)
    assert as_(community.tom).post("/groups", data={**FORM, "slug": "reorganisation"}).status_code == 422


@pytest.mark.parametrize(("parent", "kind"), [("", "hidden"), ("performance", "restricted"), ("policy", "private")])
def test_a_group_that_not_everyone_may_find_has_an_address_that_nobody_guesses(as_, community, parent, kind):
    founder = {"": community.priya, "performance": community.ruth, "policy": community.tom}[parent]
    reply = as_(founder).post("/groups", data={**FORM, "parent": parent, "kind": kind})
    assert re.fullmatch(r"/groups/night-cover-[0-9a-f]{8}/manage", reply.location)
    later = as_(community.joanna).post("/groups", data={**FORM, "slug": "night-cover"})
    assert later.location == "/groups/night-cover/manage"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Write a name"), ("name", "x" * 81, "at most 80"), ("name", "a\u202eb", "characters that cannot be seen"),
        ("summary", "", "in one line"), ("summary", "x" * 201, "200 characters or fewer"), ("slug", "Not a slug", "small letters, digits"),
        ("kind", "", "Choose who the group is for"), ("kind", "secret", "Choose one from the list"), ("emblem", "ABCD", "3 characters"),
        ("subjects", "a,b,c,d,e,f,g", "6 subjects at most"), ("subjects", "x" * 41, "40 characters at most"), ("hue", "99", "Choose one from the list"),
        ("about", "x" * 10_001, "10,000 characters"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_its_field(as_, community, field, value, says):
    reply = as_(community.joanna).post("/groups", data={**FORM, field: value})
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    assert says in words(reply)
    assert f'href="#{field}' in page
    assert db.session.scalar(select(Group).where(Group.name == "Night Cover")) is None


def test_each_kind_stands_with_its_three_consequences(as_, community):
    text = words(as_(community.joanna).get("/groups/new"))
    for sentence in (
        "Found by everyone, signed in or not.",
        "Joined at once by any registered person.",
        "Read by its members alone.",
        "People join by invitation.",
    ):
        assert sentence in text


def test_a_sub_group_is_offered_no_looser_kind_and_only_to_owners(as_, community):
    page = as_(community.priya).get("/groups/new?parent=safeguarding").get_data(as_text=True)
    assert 'value="private"' in page and 'value="hidden"' in page and 'value="open"' not in page
    assert as_(community.ruth).get("/groups/new?parent=safeguarding").status_code == 403
    assert (
        as_(community.maya).post("/groups", data={**FORM, "parent": "safeguarding", "kind": "hidden"}).status_code
        == 403
    )
    assert (
        as_(community.priya).post("/groups", data={**FORM, "parent": "safeguarding", "kind": "open"}).status_code == 422
    )
    assert (
        as_(community.priya).post("/groups", data={**FORM, "parent": "safeguarding", "kind": "hidden"}).status_code
        == 303
    )
    made = db.session.scalar(select(Group).where(Group.name == "Night Cover"))
    assert made.parent.slug == "safeguarding"


def test_groups_go_two_levels_below_the_top(as_, community):
    priya = as_(community.priya)
    assert "Start a sub-group" not in words(priya.get("/groups/indicators/manage/sub-groups"))
    reply = priya.post("/groups", data={**FORM, "parent": "indicators", "kind": "private"})
    assert reply.status_code == 422 and "2 levels below the top" in words(reply)


def test_admins_may_keep_starting_groups_to_themselves(app, as_, community):
    app.config["GROUP_CREATION"] = "admins"
    assert as_(community.joanna).get("/groups/new").status_code == 403
    assert as_(community.joanna).post("/groups", data=FORM).status_code == 403
    assert as_(community.grace).get("/groups/new").status_code == 200
    assert "Start a group" not in words(as_(community.joanna).get("/groups"))


def test_a_visitor_signs_in_first(visitor):
    assert visitor.get("/groups/new").status_code == 303


def test_facilitators_describe_the_group_and_owners_switch(as_, community, logged):
    group = community.group("policy")
    texts = {
        "name": group.name,
        "summary": "New words",
        "subjects": "measures, new",
        "about": "*Hello*",
        "emblem": "pp",
        "hue": "2",
        "welcome": "Hi",
        "refusal": "No",
    }
    ruth = as_(community.ruth)
    assert ruth.post("/groups/policy/manage/settings", data=texts).status_code == 303
    db.session.expire_all()
    group = community.group("policy")
    assert (group.summary, group.emblem, group.welcome) == ("New words", "PP", "Hi")
    assert "<em>Hello</em>" in as_(community.sam).get("/groups/policy/about").get_data(as_text=True)
    assert ruth.post("/groups/policy/manage/switches", data={"switch-facilitators_start": "y"}).status_code == 403
    assert (
        as_(community.tom).post("/groups/policy/manage/switches", data={"switch-facilitators_start": "y"}).status_code
        == 303
    )
    db.session.expire_all()
    assert community.group("policy").facilitators_start is True
    assert {"group.described", "group.switched"} <= set(logged("policy"))


def test_a_bad_text_is_kept_in_the_settings(as_, community):
    reply = as_(community.ruth).post(
        "/groups/policy/manage/settings", data={"name": "", "summary": "Kept words", "hue": "1"}
    )
    assert reply.status_code == 422 and "Kept words" in reply.get_data(as_text=True)
