"""Coming in: at once, by asking, by decision."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.kit import clock
from forum.kit.db import db
from forum.models import FieldAudience, JoinRequest, Membership, RequestState, Standing
from tests.groups.conftest import words


def requests_of(user, slug, community):
    """Their requests in a group."""
    db.session.expire_all()
    mine = select(JoinRequest).where(JoinRequest.user_id == user.id, JoinRequest.group_id == community.group(slug).id)
    return list(db.session.scalars(mine.order_by(JoinRequest.id)))


def asked(as_, community, user="joanna", slug="commissioning", note="I buy care for the county."):
    """The request that this person has just made."""
    who = getattr(community, user)
    assert as_(who).post(f"/groups/{slug}/requests", data={"note": note}).status_code == 303
    return requests_of(who, slug, community)[-1]


def test_anyone_registered_joins_an_open_group_at_once(as_, community, stands, logged):
    before = community.group("policy").member_count
    reply = as_(community.joanna).post("/groups/policy/membership")
    assert (reply.status_code, reply.location) == (303, "/groups/policy/hearing")
    assert stands(community.joanna, "policy") == Standing.MEMBER
    assert community.group("policy").member_count == before + 1
    assert logged("policy")[-1] == "member.joined"


def test_joining_twice_changes_nothing(as_, community):
    joanna = as_(community.joanna)
    joanna.post("/groups/policy/membership")
    count, version = community.group("policy").member_count, community.group("policy").version
    assert joanna.post("/groups/policy/membership").status_code == 303
    assert (community.group("policy").member_count, community.group("policy").version) == (count, version)


def test_a_visitor_is_asked_to_sign_in_before_joining(visitor, community):
    assert visitor.post("/groups/policy/membership").status_code == 303


def test_the_banned_can_t_join_again(as_, community, stands):
    assert as_(community.vic).post("/groups/service-design/membership").status_code in (403, 404)
    assert stands(community.vic, "service-design") == Standing.BANNED


@pytest.mark.parametrize("slug", ["commissioning", "safeguarding"])
def test_a_closed_group_can_t_be_joined_at_once(as_, community, stands, slug):
    assert as_(community.joanna).post(f"/groups/{slug}/membership").status_code == 403
    assert stands(community.joanna, slug) is None


def test_asking_shows_pending_since_and_can_be_taken_back(as_, community, stands):
    joanna = as_(community.joanna)
    request = asked(as_, community)
    assert request.state == RequestState.OPEN and request.note == "I buy care for the county."
    assert stands(community.joanna, "commissioning") == Standing.PENDING
    card = words(joanna.get("/groups/commissioning"))
    assert "You have asked to join" in card and "Pending since" in card and "other facilitator" in card
    assert joanna.post("/groups/commissioning/requests/withdrawal").status_code == 303
    assert stands(community.joanna, "commissioning") is None
    assert requests_of(community.joanna, "commissioning", community)[-1].state == RequestState.WITHDRAWN
    assert "Ask to join" in words(joanna.get("/groups/commissioning"))


def test_the_pending_read_nothing(as_, community):
    asked(as_, community)
    assert as_(community.joanna).get("/groups/commissioning/members").status_code == 403


def test_each_facilitator_is_told_once_and_finds_it_under_needs_you(as_, community, mails):
    asked(as_, community)
    asked(as_, community)
    told = mails("request-received")
    assert sorted(mail.user_id for mail in told) == sorted([community.leon.id, community.omar.id])
    page = words(as_(community.omar).get("/groups/commissioning/manage"))
    assert "Joanna Firth" in page and "asking to join" in page
    listed = words(as_(community.omar).get("/groups/commissioning/manage/requests"))
    assert (
        "I buy care for the county." in listed
        and community.joanna.email in listed
        and community.joanna.organisation in listed
    )


def test_a_facilitator_accepts_with_the_group_s_welcome(as_, community, stands, mails, logged):
    community.group("commissioning").welcome = "Say hello first."
    db.session.commit()
    request = asked(as_, community)
    as_(community.omar).post(f"/groups/commissioning/manage/requests/{request.code}/acceptance")
    assert stands(community.joanna, "commissioning") == Standing.MEMBER
    told = mails("request-decided")[-1]
    assert (told.user_id, told.facts["accepted"], told.facts["message"]) == (
        community.joanna.id,
        True,
        "Say hello first.",
    )
    assert "request.accepted" in logged("commissioning")
    assert as_(community.joanna).get("/groups/commissioning/members").status_code == 200


def test_facilitators_see_of_an_applicant_what_the_form_says_and_only_until_it_is_decided(as_, community):
    request, omar = asked(as_, community), as_(community.omar)
    community.joanna.job_title, community.joanna.job_title_for = "Keeper of keys", FieldAudience.NOBODY
    db.session.commit()
    pages = ["/groups/commissioning/manage/requests", f"/groups/commissioning/manage/requests/{request.code}"]
    for page in pages:
        text = words(omar.get(page))
        assert community.joanna.email in text and community.joanna.organisation in text and "Keeper" not in text
    omar.post(f"{pages[1]}/refusal", data={"no-message": ""})
    assert all(community.joanna.email not in words(omar.get(page)) for page in pages)


def test_a_facilitator_declines_with_a_reason_and_asking_again_has_to_wait(as_, community, stands, mails):
    request = asked(as_, community)
    omar, joanna = as_(community.omar), as_(community.joanna)
    page = omar.get(f"/groups/commissioning/manage/requests/{request.code}").get_data(as_text=True)
    assert community.group("commissioning").refusal[:20] in page
    omar.post(f"/groups/commissioning/manage/requests/{request.code}/refusal", data={"no-message": "Not this year."})
    assert stands(community.joanna, "commissioning") is None
    assert mails("request-decided")[-1].facts["message"] == "Not this year."
    assert "You can ask again from" in words(joanna.get("/groups/commissioning"))
    assert joanna.post("/groups/commissioning/requests", data={"note": ""}).status_code == 403
    with clock.at(clock.now() + timedelta(days=8)):
        assert joanna.post("/groups/commissioning/requests", data={"note": "Again"}).status_code == 303
    assert stands(community.joanna, "commissioning") == Standing.PENDING


def test_the_second_decision_is_told_who_decided(as_, community, stands):
    request = asked(as_, community)
    as_(community.omar).post(f"/groups/commissioning/manage/requests/{request.code}/acceptance")
    late = as_(community.leon).post(
        f"/groups/commissioning/manage/requests/{request.code}/refusal", data={"no-message": "No"}
    )
    assert late.status_code == 409
    assert "already accepted by Omar Siddiqui" in words(late)
    assert stands(community.joanna, "commissioning") == Standing.MEMBER


def test_a_note_that_is_too_long_is_kept_with_an_error_at_the_field(as_, community, stands):
    reply = as_(community.joanna).post("/groups/commissioning/requests", data={"note": "x" * 1_001})
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422 and "<title>Error:" in page and 'href="#note"' in page and "x" * 1_001 in page
    assert stands(community.joanna, "commissioning") is None


def test_being_accepted_into_a_sub_group_of_an_open_parent_joins_both(as_, community, stands):
    request = asked(as_, community, slug="performance")
    assert stands(community.joanna, "policy") is None
    as_(community.ruth).post(f"/groups/performance/manage/requests/{request.code}/acceptance")
    assert stands(community.joanna, "performance") == stands(community.joanna, "policy") == Standing.MEMBER


def test_joining_keeps_what_came_before_from_being_new(as_, community):
    as_(community.joanna).post("/groups/policy/membership")
    seat = db.session.scalars(
        select(Membership).where(
            Membership.user_id == community.joanna.id, Membership.group_id == community.group("policy").id
        )
    ).one()
    assert seat.caught_up_at > community.group("policy").last_post_at


def test_only_facilitators_decide(as_, community, stands):
    request = asked(as_, community)
    reply = as_(community.tom).post(f"/groups/commissioning/manage/requests/{request.code}/acceptance")
    assert reply.status_code == 404
    assert stands(community.joanna, "commissioning") == Standing.PENDING
