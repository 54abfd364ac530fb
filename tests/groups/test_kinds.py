"""Changing who finds, joins and reads: shown in numbers, confirmed for what was shown, and down into every sub-group."""

import re

import pytest
from sqlalchemy import select

from forum.access import audience
from forum.groups import actions
from forum.groups.actions import Reach
from forum.groups.preflight import preflight
from forum.groups.queries import standing_in
from forum.groups.refusals import Stale
from forum.kit.db import db
from forum.models import SEATED, Document, FileAudience, Kind, Membership, Standing
from forum.who import person
from tests.groups.conftest import words


def readers(group):
    """Who may read a group now."""
    return set(db.session.scalars(select(audience(group).subquery().c.id)))


def confirm(browser, slug, **choice):
    """What comes of choosing, looking, and pressing the button."""
    page = browser.get(f"/groups/{slug}/manage/reach/preview", query_string=choice)
    sent = dict(
        re.findall(
            r'name="(seen|kind|public_reading|single_files)" (?:type="hidden" )?value="([^"]*)"',
            page.get_data(as_text=True),
        )
    )
    seen = re.search(r'<input[^>]*id="seen"[^>]*value="([^"]*)"', page.get_data(as_text=True))
    return browser.post(f"/groups/{slug}/manage/reach", data={**sent, "seen": seen[1]})


@pytest.mark.parametrize(
    ("slug", "wanted"),
    [
        ("policy", Reach(Kind.RESTRICTED, False, False)), ("policy", Reach(Kind.HIDDEN, False, False)),
        ("policy", Reach(Kind.OPEN, True, False)), ("service-design", Reach(Kind.PRIVATE, False, False)),
        ("commissioning", Reach(Kind.OPEN, False, False)), ("reorganisation", Reach(Kind.OPEN, True, False)),
        ("performance", Reach(Kind.OPEN, False, False)), ("safeguarding", Reach(Kind.RESTRICTED, False, True)),
    ],
)  # fmt: skip
def test_the_numbers_shown_are_what_comes_true(community, slug, wanted):
    group = community.group(slug)
    before, shifts = readers(group), preflight(group, wanted)
    owner = db.session.scalars(standing_in(group, Standing.OWNER)).first().user
    actions.change_reach(person(owner.id), group, wanted, actions.seal(shift.group for shift in shifts))
    db.session.commit()
    after = readers(community.group(slug))
    assert shifts[0].gains == len(after - before)
    assert shifts[0].loses == len(before - after)
    assert actions.reach(community.group(slug)) == wanted


def test_looking_at_the_numbers_changes_nothing(as_, community):
    page = as_(community.tom).get("/groups/policy/manage/reach/preview?kind=private")
    assert page.status_code == 200
    text = words(page)
    group = community.group("policy")
    members = select(Membership.user_id).where(Membership.group_id == group.id, Membership.standing.in_(SEATED))
    lost = len(readers(group) - set(db.session.scalars(members)))
    assert f"{lost} people" in text or f"{lost} person" in text
    db.session.expire_all()
    assert community.group("policy").kind == Kind.OPEN


def test_tightening_the_parent_tightens_every_child_and_lists_it(as_, community, logged):
    tom = as_(community.tom)
    text = words(tom.get("/groups/policy/manage/reach/preview?kind=private"))
    assert (
        f"{community.group('performance').name} : from restricted" in text
        or f"{community.group('performance').name}: from restricted" in text
    )
    assert confirm(tom, "policy", kind="private").status_code == 303
    db.session.expire_all()
    assert [community.group(slug).kind for slug in ("policy", "performance", "indicators")] == [Kind.PRIVATE] * 3
    assert community.group("performance").single_files is False
    assert "group.tightened" in logged("performance") and "group.kind changed" in logged("policy")


def test_loosening_the_parent_leaves_the_children(as_, community):
    assert confirm(as_(community.priya), "safeguarding", kind="open").status_code == 303
    db.session.expire_all()
    assert community.group("safeguarding").kind == Kind.OPEN
    assert community.group("case-review").kind == Kind.HIDDEN


def test_a_child_can_t_be_looser_than_its_parent(as_, community):
    reply = as_(community.dan).get("/groups/case-review/manage/reach/preview?kind=open")
    assert reply.status_code == 422
    dan = person(community.dan.id)
    with pytest.raises(Stale):
        actions.change_reach(dan, community.group("case-review"), Reach(Kind.OPEN, False, False), "")


def test_the_widening_button_is_brick_and_names_the_number(as_, community):
    page = as_(community.leon).get("/groups/commissioning/manage/reach/preview?kind=open").get_data(as_text=True)
    assert re.search(r'<button class="btn btn--danger" type="submit">Show it to \d+ more people</button>', page)
    narrower = as_(community.leon).get("/groups/commissioning/manage/reach/preview?kind=hidden").get_data(as_text=True)
    assert "btn--danger" not in narrower


def test_what_changed_meanwhile_has_to_be_looked_at_again(as_, community):
    tom = as_(community.tom)
    page = tom.get("/groups/policy/manage/reach/preview?kind=restricted").get_data(as_text=True)
    seen = re.search(r'<input[^>]*id="seen"[^>]*value="([^"]*)"', page)[1]
    community.group("policy").public_reading = True
    db.session.commit()
    late = tom.post("/groups/policy/manage/reach", data={"kind": "restricted", "seen": seen})
    assert late.status_code == 409 and "has changed since" in words(late)
    db.session.expire_all()
    assert community.group("policy").kind == Kind.OPEN
    assert confirm(tom, "policy", kind="restricted").status_code == 303


def test_public_reading_needs_it_in_the_parent_and_ends_with_it(as_, community):
    ines = as_(community.ines)
    ines.post(
        "/groups",
        data={
            "name": "Prototypes",
            "summary": "Try things",
            "slug": "prototypes",
            "kind": "open",
            "hue": "1",
            "parent": "service-design",
            "key": "0" * 16,
        },
    )
    assert confirm(ines, "prototypes", kind="open", public_reading="y").status_code == 303
    assert confirm(ines, "service-design", kind="open").status_code == 303
    db.session.expire_all()
    assert community.group("prototypes").public_reading is False
    assert "Nothing would change" in words(
        ines.get("/groups/prototypes/manage/reach/preview?kind=open&public_reading=y")
    )


def test_files_opened_wider_become_the_members_own(as_, community):
    document = community.document("performance", 1)
    document.audience, document.post_id = FileAudience.REGISTERED, None
    db.session.commit()
    text = words(as_(community.ruth).get("/groups/performance/manage/reach/preview?kind=private"))
    assert "will be for members alone" in text
    confirm(as_(community.ruth), "performance", kind="private")
    db.session.expire_all()
    assert community.document("performance", 1).audience == FileAudience.MEMBERS
    wide = select(Document).where(
        Document.group_id == community.group("performance").id,
        Document.audience.in_([FileAudience.WEB, FileAudience.REGISTERED]),
    )
    assert db.session.scalar(wide) is None


def test_opening_the_door_lets_in_who_waits_at_it(as_, community, stands):
    as_(community.joanna).post("/groups/commissioning/requests", data={"note": ""})
    leon = as_(community.leon)
    assert "who asked to join will be let in at once" in words(
        leon.get("/groups/commissioning/manage/reach/preview?kind=open")
    )
    confirm(leon, "commissioning", kind="open")
    assert stands(community.joanna, "commissioning") == Standing.MEMBER
    assert community.group("commissioning").request_count == 0


def test_facilitators_don_t_decide_who_sees_the_group(as_, community):
    ruth = as_(community.ruth)
    assert ruth.get("/groups/policy/manage/reach").status_code == 403
    assert ruth.post("/groups/policy/manage/reach", data={"kind": "hidden", "seen": ""}).status_code == 403
    assert as_(community.maya).get("/groups/policy/manage/reach").status_code == 404
