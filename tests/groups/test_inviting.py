"""Invitations: bound to an address or open with a limit; they end, are taken back, and give nothing before the button."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.groups import actions
from forum.kit import clock, ids
from forum.kit.db import db
from forum.models import FieldAudience, Invitation, Standing
from forum.who import person
from tests.groups.conftest import words


def invited(community, email, slug="safeguarding", by="priya", **kw):
    """An invitation into a group, and its token."""
    made, token = actions.invite(person(getattr(community, by).id), community.group(slug), email=email, **kw)
    db.session.commit()
    return made, token


def mail_invite(as_, community, email, slug="safeguarding", by="priya"):
    """The answer to a facilitator's invitation by mail."""
    return as_(getattr(community, by)).post(
        f"/groups/{slug}/manage/invitations/mail", data={"mail-email": email, "mail-note": "Come and look"}
    )


def test_inviting_a_known_and_an_unknown_address_answers_alike(as_, community, mails, stands):
    priya = as_(community.priya)
    for email in (community.joanna.email, "stranger@example.org"):
        reply = mail_invite(as_, community, email)
        assert (reply.status_code, reply.location) == (303, "/groups/safeguarding/manage/invitations")
    assert [mail.address for mail in mails("invitation")] == [community.joanna.email, "stranger@example.org"]
    assert all(mail.user_id is None for mail in mails("invitation"))
    assert stands(community.joanna, "safeguarding") == Standing.INVITED
    assert "stranger@example.org" in words(priya.get("/groups/safeguarding/manage/invitations"))


def test_an_invitation_gives_the_card_and_nothing_more_until_it_is_accepted(as_, community, stands):
    invited(community, community.joanna.email, "reorganisation", "tom")
    joanna = as_(community.joanna)
    card = joanna.get("/groups/reorganisation")
    assert card.status_code == 200 and "You are invited to join" in words(card)
    assert joanna.get("/groups/reorganisation/members").status_code == 403
    assert joanna.post("/groups/reorganisation/invitation/acceptance").status_code == 303
    assert stands(community.joanna, "reorganisation") == Standing.MEMBER


def test_an_invitation_can_be_declined_on_the_card(as_, community, stands):
    _, token = invited(community, community.joanna.email)
    joanna = as_(community.joanna)
    assert joanna.post("/groups/safeguarding/invitation/refusal").status_code == 303
    assert stands(community.joanna, "safeguarding") is None
    assert joanna.get(f"/invitations/{token}").status_code == 404
    assert "Declined" in words(as_(community.priya).get("/groups/safeguarding/manage/invitations"))


def test_looking_at_a_link_uses_nothing_up(as_, visitor, community):
    made, token = invited(community, None, max_uses=1)
    for browser in (visitor, as_(community.joanna), as_(community.sam)):
        page = browser.get(f"/invitations/{token}")
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
    assert db.session.get(Invitation, made.id).uses == 0


def test_an_open_link_lets_in_as_many_as_it_says(as_, community, stands):
    _, token = invited(community, None, max_uses=1)
    assert as_(community.joanna).post(f"/invitations/{token}/acceptance").status_code == 303
    assert stands(community.joanna, "safeguarding") == Standing.MEMBER
    assert as_(community.sam).post(f"/invitations/{token}/acceptance").status_code == 404
    assert stands(community.sam, "safeguarding") is None


def test_a_member_who_clicks_a_link_again_uses_nothing_up(as_, community):
    made, token = invited(community, None, max_uses=2)
    assert as_(community.maya).post(f"/invitations/{token}/acceptance").status_code == 303
    db.session.expire_all()
    assert db.session.get(Invitation, made.id).uses == 0


def test_a_link_for_one_address_is_worth_nothing_to_another_account(as_, community, stands):
    _, token = invited(community, community.joanna.email, "reorganisation", "tom")
    sam = as_(community.sam)
    page = words(sam.get(f"/invitations/{token}"))
    assert "for another address" in page and community.group("reorganisation").name not in page
    assert sam.post(f"/invitations/{token}/acceptance").status_code == 404
    assert stands(community.sam, "reorganisation") is None


def test_unknown_expired_used_and_revoked_links_answer_alike(as_, community):
    expired, old = invited(community, None)
    expired.expires_at = clock.now() - timedelta(minutes=1)
    revoked, taken = invited(community, None)
    as_(community.priya).post(f"/groups/safeguarding/manage/invitations/{revoked.code}/revocation")
    used, spent = invited(community, None)
    used.uses = used.max_uses
    db.session.commit()
    joanna = as_(community.joanna)
    joanna.get("/groups")
    pages = [joanna.get(f"/invitations/{token}") for token in (old, taken, spent, ids.token())]
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub(r"[0-9a-f]{16}", "", page.get_data(as_text=True)) for page in pages}) == 1


def test_sending_again_makes_a_new_link_and_ends_the_old_one(as_, community, mails):
    made, token = invited(community, "new@example.org")
    as_(community.priya).post(f"/groups/safeguarding/manage/invitations/{made.code}/renewal")
    assert as_(community.joanna).get(f"/invitations/{token}").status_code == 404
    fresh = mails("invitation")[-1].facts["token"]
    assert fresh != token and as_(community.joanna).get(f"/invitations/{fresh}").status_code == 200


def test_inviting_an_address_again_does_not_make_a_second_invitation(as_, community):
    first, _ = invited(community, "new@example.org")
    second, _ = invited(community, "NEW@example.org")
    assert first.id == second.id


def test_the_link_is_shown_once(as_, community):
    priya = as_(community.priya)
    made = priya.post("/groups/safeguarding/manage/invitations/link", data={"link-max_uses": "3"})
    shown = priya.get(made.location).get_data(as_text=True)
    token = re.search(r'value="http://localhost/invitations/([\w-]+)"', shown)[1]
    assert as_(community.joanna).get(f"/invitations/{token}").status_code == 200
    assert token not in priya.get(made.location).get_data(as_text=True)
    assert db.session.scalar(select(Invitation).where(Invitation.digest == token)) is None


def test_an_invitation_is_void_when_its_maker_may_not_invite_any_more(as_, community, stands):
    _, token = invited(community, community.joanna.email, "safeguarding", "ruth")
    assert stands(community.joanna, "safeguarding") == Standing.INVITED
    as_(community.priya).post(
        f"/groups/safeguarding/manage/people/{community.ruth.handle}/role", data={"role": "member"}
    )
    assert as_(community.joanna).get(f"/invitations/{token}").status_code == 404
    assert stands(community.joanna, "safeguarding") is None


def test_it_is_void_at_once_when_its_maker_is_suspended(as_, community):
    _, token = invited(community, None, "safeguarding", "ruth")
    community.ruth.active = False
    db.session.commit()
    assert as_(community.joanna).post(f"/invitations/{token}/acceptance").status_code == 404


@pytest.mark.parametrize(
    ("slug", "by", "status"),
    [("safeguarding", "priya", 404), ("reorganisation", "tom", 404), ("commissioning", "leon", 403)],
)
def test_the_banned_can_t_come_in_by_a_link_nor_see_by_it_what_they_may_not(as_, community, stands, slug, by, status):
    actions.ban(person(getattr(community, by).id), community.joanna, community.group(slug))
    db.session.commit()
    _, token = invited(community, None, slug, by, max_uses=5)
    joanna = as_(community.joanna)
    page = joanna.get(f"/invitations/{token}")
    assert (page.status_code == 404) is (community.group(slug).name not in words(page)) is (status == 404)
    assert joanna.post(f"/invitations/{token}/acceptance").status_code == status
    assert stands(community.joanna, slug) == Standing.BANNED
    assert db.session.scalar(select(Invitation.uses).where(Invitation.max_uses == 5)) == 0


def test_a_child_of_an_open_parent_is_joined_with_it(as_, community, stands):
    _, token = invited(community, community.joanna.email, "performance", "ruth")
    page = words(as_(community.joanna).get(f"/invitations/{token}"))
    assert f"a member of {community.group('policy').name} too" in page
    as_(community.joanna).post(f"/invitations/{token}/acceptance")
    assert stands(community.joanna, "policy") == stands(community.joanna, "performance") == Standing.MEMBER


def test_a_child_of_a_closed_parent_is_for_members_of_the_parent(as_, community, stands):
    _, token = invited(community, None, "case-review", "dan")
    assert as_(community.joanna).post(f"/invitations/{token}/acceptance").status_code == 404
    assert stands(community.joanna, "case-review") is None
    assert as_(community.maya).post(f"/invitations/{token}/acceptance").status_code == 303
    assert stands(community.maya, "case-review") == Standing.MEMBER


def test_a_link_into_a_closed_parent_s_child_tells_outsiders_nothing(as_, visitor, community):
    _, token = invited(community, None, "case-review", "dan")
    joanna, names = as_(community.joanna), [community.group(slug).name for slug in ("case-review", "safeguarding")]
    unknown = joanna.get("/invitations/" + "x" * 43)
    for address in (f"/invitations/{token}", f"/invitations/{token}/acceptance", f"/invitations/{token}/refusal"):
        reply = joanna.get(address) if address.endswith(token) else joanna.post(address)
        assert reply.status_code == 404 and not any(name in words(reply) for name in names), address
    assert words(joanna.get(f"/invitations/{token}"))[:400] == words(unknown)[:400]
    reply = visitor.get(f"/invitations/{token}")
    assert (reply.status_code, reply.location) == (303, f"/sign-in?next=/invitations/{token}")
    assert names[0] in words(as_(community.maya).get(f"/invitations/{token}"))


def test_whoever_invites_an_address_does_not_learn_whose_it_is(as_, community):
    mail_invite(as_, community, community.joanna.email)
    priya, place = as_(community.priya), "/groups/safeguarding/manage/people"
    known, unknown = (priya.get(f"{place}/{handle}") for handle in (community.joanna.handle, "nobody-of-this-name"))
    assert known.status_code == unknown.status_code == 404
    assert priya.post(f"{place}/{community.joanna.handle}/ban").status_code == 404


@pytest.mark.parametrize(("audience", "told"), [("registered", True), ("groups", False), ("nobody", False)])
def test_the_mail_names_an_organisation_only_if_everyone_registered_may_know_it(as_, community, mails, audience, told):
    community.priya.organisation_for = FieldAudience(audience)
    db.session.commit()
    mail_invite(as_, community, "stranger@example.org")
    assert bool(mails("invitation")[-1].facts["organisation"]) is told


def test_inviting_an_address_that_somebody_else_invited_sends_one_s_own_words(community, mails):
    invited(community, "x@example.org", "indicators", "priya", note="From Priya")
    invited(community, "x@example.org", "indicators", "dan", note="")
    assert [mail.facts["note"] for mail in mails("invitation")] == ["From Priya", ""]


def test_an_account_confirmed_later_holds_the_invitation(community, stands):
    invited(community, community.beth.email, "reorganisation", "tom")
    assert stands(community.beth, "reorganisation") is None
    beth = community.beth
    beth.confirmed_at = clock.now()
    actions.claim_invitations(beth)
    db.session.commit()
    assert stands(community.beth, "reorganisation") == Standing.INVITED


def test_a_visitor_s_link_is_kept_while_they_sign_in(visitor, community):
    _, token = invited(community, None)
    page = visitor.get(f"/invitations/{token}").get_data(as_text=True)
    assert f"/sign-in?next=/invitations/{token}" in page and f"/register?next=/invitations/{token}" in page
    with visitor.session_transaction() as cookie:
        assert cookie["invitation"] == token


def test_members_invite_only_where_the_group_lets_them(as_, community, logged):
    assert mail_invite(as_, community, "x@example.org", "safeguarding", "maya").status_code == 403
    assert mail_invite(as_, community, "x@example.org", "indicators", "dan").status_code == 303
    assert as_(community.priya).post("/groups/indicators/manage/switches", data={}).status_code == 303
    db.session.expire_all()
    assert db.session.scalar(select(Invitation.revoked_at).where(Invitation.email == "x@example.org")) is not None
    assert "invitation.void" in logged("indicators")


def test_a_wrong_address_is_told_at_the_field(as_, community):
    reply = mail_invite(as_, community, "nobody-at-all")
    assert reply.status_code == 422
    assert 'href="#mail-email"' in reply.get_data(as_text=True) and "nobody-at-all" in reply.get_data(as_text=True)


@pytest.mark.parametrize("uses", ["0", "9999", "many"])
def test_a_wrong_number_of_uses_is_told_at_the_field(as_, community, uses):
    reply = as_(community.priya).post("/groups/safeguarding/manage/invitations/link", data={"link-max_uses": uses})
    assert reply.status_code == 422
    assert 'href="#link-max_uses"' in reply.get_data(as_text=True)
