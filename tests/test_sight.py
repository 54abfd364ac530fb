"""The sentence beside a thing says how many people the rule lets in: the two are counted apart and compared."""

import pytest
from sqlalchemy import func, select

from forum import access
from forum.kit.db import db
from forum.members.actions import restore, suspend
from forum.models import SEATED, Document, FileAudience, Group, Membership, Standing, Topic
from forum.sight import audience_of, sight
from tests.conftest import Community


def told(thing: object) -> int | None:
    """How many people `audience` finds."""
    return db.session.scalar(select(func.count()).select_from(access.audience(thing).subquery()))


def kept_out(thing: object) -> int:
    """Members of the parent who are banned from the sub-group: the sentence names the parent, and counts it whole."""
    group = getattr(thing, "group", None)
    if group is None or group.parent is None or audience_of(thing) != FileAudience.REGISTERED:
        return 0
    banned = select(Membership.user_id).where(Membership.group_id == group.id, Membership.standing == Standing.BANNED)
    inside = (Membership.group_id == group.parent_id, Membership.standing.in_(SEATED), Membership.user_id.in_(banned))
    return db.session.scalar(select(func.count(Membership.id)).where(*inside)) or 0


@pytest.mark.parametrize("model", [Group, Topic, Document], ids=lambda model: model.__name__)
def test_the_sentence_counts_whom_the_rule_lets_in(model: type, community: Community) -> None:
    things = db.session.scalars(select(model).where(access.readable(model, access.person(community.ruth.id)))).unique()
    for thing in things:
        said = sight(thing)
        assert said.people is None or said.people == (told(thing) or 0) + kept_out(thing), (
            thing.id,
            str(said.sentence),
        )


def test_a_suspended_member_is_not_counted_until_restored(community: Community) -> None:
    group, before = community.group("performance"), community.group("performance").member_count
    suspend(community.maya, "a test")
    db.session.commit()
    assert community.group("performance").member_count == before - 1
    assert sight(group).people == told(group)
    restore(community.maya)
    db.session.commit()
    assert community.group("performance").member_count == before
