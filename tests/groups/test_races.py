"""Two people at once, on the real database file: one effect, and the other is told."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from forum.groups import actions
from forum.groups.actions import Reach, seats
from forum.groups.queries import invitation_by, request_named
from forum.groups.refusals import LastOwner, Refused, Settled, Stale
from forum.kit import ids
from forum.kit.clock import now
from forum.kit.confusables import skeleton
from forum.kit.db import db
from forum.models import SEATED, Group, Invitation, JoinRequest, Kind, Mail, Membership, Standing, User
from forum.who import person


def at_once(app, *deeds):
    """What each deed came to, all begun in the same moment, each in a transaction and thread of its own."""
    start = threading.Barrier(len(deeds))

    def run(deed):
        with app.app_context():
            start.wait()
            try:
                result = deed()
                db.session.commit()
            except Exception as error:  # noqa: BLE001 the kind of refusal is the result
                db.session.rollback()
                return type(error).__name__
            else:
                return result or "done"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def newcomer(handle):
    """Someone registered a moment ago."""
    return User(
        handle=handle, handle_skeleton=skeleton(handle), email=f"{handle}@example.org", name=handle.title(), fs_uniquifier=handle, confirmed_at=now()
    )  # fmt: skip


def counted(slug, community):
    """What a group counts, and what its rows say."""
    db.session.expire_all()
    group = community.group(slug)
    rows = (
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.group_id == group.id, Membership.standing.in_(SEATED), User.active)
    )
    return group.member_count, db.session.scalar(rows)


def test_two_facilitators_decide_one_request(app, community, stands):
    request = actions.ask(person(community.joanna.id), community.group("commissioning"))
    db.session.commit()
    code, leon, omar = request.code, community.leon.id, community.omar.id

    def decide(who, deed):
        def run():
            deed(person(who), db.session.scalar(request_named(code, community.group("commissioning"))))

        return run

    results = at_once(app, decide(leon, actions.accept_request), decide(omar, actions.decline_request))
    assert Counter(results) == {"done": 1, "Settled": 1}
    db.session.expire_all()
    state = db.session.scalar(select(JoinRequest.state).where(JoinRequest.code == code))
    assert stands(community.joanna, "commissioning") == (Standing.MEMBER if state == "accepted" else None)
    decided = (
        select(func.count())
        .select_from(Mail)
        .where(Mail.template == "request-decided", Mail.user_id == community.joanna.id)
    )
    assert db.session.scalar(decided) == 1
    shown, real = counted("commissioning", community)
    assert shown == real


def test_a_limit_of_uses_holds_under_ten_at_once(app, community):
    users = [newcomer(f"late{n}") for n in range(10)]
    db.session.add_all(users)
    made, token = actions.invite(person(community.priya.id), community.group("safeguarding"), max_uses=3)
    db.session.commit()
    people, made_id = [user.id for user in users], made.id

    def come(user_id):
        def run():
            invitation = db.session.scalar(invitation_by(ids.digest(token)))
            if invitation is None:
                raise Settled
            actions.accept(person(user_id), invitation)

        return run

    results = at_once(app, *(come(user_id) for user_id in people))
    assert Counter(results) == {"done": 3, "Settled": 7}
    db.session.expire_all()
    assert db.session.get(Invitation, made_id).uses == 3
    shown, real = counted("safeguarding", community)
    assert shown == real


def test_two_owners_leaving_at_once_leave_one(app, community):
    group, tom = community.group("policy"), person(community.tom.id)
    actions.appoint(tom, community.sam, group, Standing.OWNER)
    db.session.commit()
    both = (community.tom.id, community.sam.id)
    results = at_once(
        app,
        *(
            lambda who=who: actions.appoint(
                person(who), db.session.get(User, who), community.group("policy"), Standing.MEMBER
            )
            for who in both
        ),
    )
    assert Counter(results) == {"done": 1, LastOwner.__name__: 1}
    owners = (
        select(func.count())
        .select_from(Membership)
        .where(Membership.group_id == community.group("policy").id, Membership.standing == Standing.OWNER)
    )
    assert db.session.scalar(owners) == 1


def test_of_two_owners_who_remove_each_other_at_once_one_stays(app, community, stands):
    tom, others = person(community.tom.id), (community.sam, community.maya)
    for user in others:
        actions.appoint(tom, user, community.group("policy"), Standing.OWNER)
    db.session.commit()
    sam, maya = (user.id for user in others)

    def put_out(who, whom, go):
        me = person(who)

        def run():
            go(me, db.session.get(User, whom), community.group("policy"))

        return run

    results = at_once(app, put_out(sam, maya, actions.remove), put_out(maya, sam, actions.ban))
    assert Counter(results) == {"done": 1, "Settled": 1}
    assert [stands(user, "policy") for user in others].count(Standing.OWNER) == 1


#: what a facilitator does, with who and what it is done to
DEEDS = {
    "remove": actions.remove,
    "ban": actions.ban,
    "unban": actions.unban,
    "describe": lambda ruth, _maya, group: actions.describe(ruth, group, subjects=[], summary="Mine"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_who_was_dismissed_since_the_page_was_drawn_changes_nothing(community, stands, deed):
    ruth, tom, group = person(community.ruth.id), person(community.tom.id), community.group("policy")
    if deed == "unban":
        actions.ban(tom, community.maya, group)
    actions.appoint(tom, community.ruth, group, Standing.MEMBER)
    db.session.commit()
    before = stands(community.maya, "policy"), community.group("policy").summary
    with pytest.raises(Settled, match="may no longer"):
        DEEDS[deed](ruth, community.maya, community.group("policy"))
    db.session.rollback()
    assert (stands(community.maya, "policy"), community.group("policy").summary) == before


def test_who_became_a_facilitator_meanwhile_is_not_removed_by_one(community, stands):
    ruth, tom, group = person(community.ruth.id), person(community.tom.id), community.group("policy")
    actions.appoint(tom, community.maya, group, Standing.FACILITATOR)
    db.session.commit()
    with pytest.raises(Settled, match="may no longer"):
        actions.remove(ruth, community.maya, group)
    db.session.rollback()
    assert stands(community.maya, "policy") == Standing.FACILITATOR


def test_who_owns_no_more_gives_no_roles(community, stands):
    tom, sam, group = person(community.tom.id), community.sam, community.group("policy")
    actions.hand_over(tom, sam, group)
    db.session.commit()
    with pytest.raises(Settled, match="may no longer"):
        actions.appoint(tom, community.maya, group, Standing.OWNER)
    db.session.rollback()
    assert stands(community.maya, "policy") == Standing.MEMBER


def change(slug, **values):
    """What somebody else has done to a group meanwhile: rows that were read before know nothing of it."""
    db.session.execute(update(Group).where(Group.slug == slug).values(values), execution_options=seats.ROWS)


def test_nobody_walks_into_a_group_that_was_closed_meanwhile(community, stands):
    joanna, group = person(community.joanna.id), community.group("policy")
    change("policy", kind=Kind.RESTRICTED)
    with pytest.raises(Settled, match="may no longer"):
        actions.join(joanna, group)
    db.session.rollback()
    assert stands(community.joanna, "policy") is None


def test_nobody_asks_a_group_that_is_joined_by_invitation_meanwhile(community, mails):
    joanna, group = person(community.joanna.id), community.group("commissioning")
    change("commissioning", kind=Kind.PRIVATE)
    with pytest.raises(Settled, match="may no longer"):
        actions.ask(joanna, group)
    db.session.rollback()
    assert mails("request-received") == []


def test_who_was_dismissed_since_the_page_was_drawn_invites_nobody(community, stands, mails):
    ruth, tom, group = person(community.ruth.id), person(community.tom.id), community.group("policy")
    actions.appoint(tom, community.ruth, group, Standing.MEMBER)
    db.session.commit()
    with pytest.raises(Settled, match="may no longer"):
        actions.invite(ruth, group, email=community.joanna.email)
    db.session.rollback()
    assert mails("invitation") == [] and stands(community.joanna, "policy") is None


def test_no_sub_group_is_looser_than_a_parent_that_was_closed_meanwhile(community):
    tom, policy = person(community.tom.id), community.group("policy")
    change("policy", kind=Kind.PRIVATE)
    with pytest.raises(Refused, match="private or tighter"):
        actions.create_group(tom, name="Open door", slug="open-door", kind=Kind.OPEN, parent=policy)


def test_no_sub_group_becomes_looser_than_a_parent_that_was_closed_meanwhile(community):
    ruth, group, wanted = person(community.ruth.id), community.group("performance"), Reach(Kind.OPEN, False, False)
    assert group.parent.kind == Kind.OPEN
    shown = actions.seal(each for each, _ in actions.changes(group, wanted))
    change("policy", kind=Kind.RESTRICTED)
    with pytest.raises(Stale):
        actions.change_reach(ruth, group, wanted, shown)


def test_joining_from_two_tabs_joins_once(app, community):
    joanna = community.joanna.id
    results = at_once(
        app, *(lambda: len(actions.join(person(joanna), community.group("policy"))) or "already" for _ in range(4))
    )
    assert Counter(results) == {1: 1, "already": 3}
    shown, real = counted("policy", community)
    assert shown == real


def test_asking_from_two_tabs_asks_once(app, community):
    joanna = community.joanna.id
    at_once(app, *(lambda: actions.ask(person(joanna), community.group("commissioning")).code for _ in range(4)))
    db.session.expire_all()
    mine = select(JoinRequest).where(JoinRequest.user_id == joanna)
    assert len(db.session.scalars(mine).all()) == 1
    told = select(func.count()).select_from(Mail).where(Mail.template == "request-received")
    assert db.session.scalar(told) % 2 == 0


@pytest.mark.parametrize("slug", ["policy", "safeguarding"])
def test_leaving_and_joining_below_at_once_never_leaves_a_child_s_member_outside_the_parent(app, community, slug):
    child, inviter = {"policy": ("performance", community.ruth), "safeguarding": ("case-review", community.dan)}[slug]
    maya = community.maya
    _, token = actions.invite(person(inviter.id), community.group(child), max_uses=5)
    if child == "performance":
        actions.leave(person(maya.id), community.group(child))
    db.session.commit()
    who = maya.id

    def come():
        invitation = db.session.scalar(invitation_by(ids.digest(token)))
        actions.accept(person(who), invitation)

    def go():
        actions.leave(person(who), community.group(slug))

    at_once(app, come, go)
    db.session.expire_all()
    seated = set(
        db.session.scalars(
            select(Membership.group_id).where(Membership.user_id == who, Membership.standing.in_(SEATED))
        )
    )
    inner, outer = community.group(child).id, community.group(slug).id
    assert inner not in seated or outer in seated
