"""Two facilitators mend one tag at once: one effect, and the other is told."""

from collections import Counter

from sqlalchemy import select

from forum.access import person
from forum.kit.db import db
from forum.models import AuditEntry, Group, TopicTag
from forum.tags import actions
from tests.discussions.conftest import talk  # noqa: F401 a fixture
from tests.groups import test_races


def at_once(app, *deeds):
    """What each deed came to; who waited for the turn to write longer than the site lets them is told so, too."""
    return ["Settled" if each == "OperationalError" else each for each in test_races.at_once(app, *deeds)]


def mend(who, tag, to, merging):
    """A deed: that person gives the tag another name."""

    def run():
        group = db.session.scalars(select(Group).where(Group.slug == "performance")).one()
        actions.rename(person(who), group, tag, to, merging)

    return run


def left(*tags):
    """How many topics bear each."""
    db.session.expire_all()
    return Counter(db.session.scalars(select(TopicTag.tag).where(TopicTag.tag.in_(tags))))


def test_two_rename_one_tag_at_once(app, community, as_, talk):  # noqa: F811
    talk.topic(as_(community.maya), "performance", "One", tags="numbat")
    ruth, priya = community.ruth.id, community.priya.id
    results = at_once(app, mend(ruth, "numbat", "bilby", False), mend(priya, "numbat", "quoll", False))
    assert Counter(results) == {"done": 1, "Settled": 1}
    assert sum(left("numbat", "bilby", "quoll").values()) == 1 and not left("numbat")
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "tag.renamed")).all()) == 1


def test_two_merge_each_into_the_other_at_once(app, community, as_, talk):  # noqa: F811
    maya = as_(community.maya)
    talk.topic(maya, "performance", "One", tags="numbat, bilby")
    talk.topic(maya, "performance", "Two", tags="numbat")
    talk.topic(maya, "performance", "Three", tags="bilby")
    ruth, priya = community.ruth.id, community.priya.id
    results = at_once(app, mend(ruth, "numbat", "bilby", True), mend(priya, "bilby", "numbat", True))
    assert set(results) <= {"done", "Settled"} and "done" in results
    assert sum(left("numbat", "bilby").values()) == 3 and len(left("numbat", "bilby")) == 1


def test_a_name_that_came_to_be_used_meanwhile_is_not_merged_unasked(app, community, as_, talk):  # noqa: F811
    maya = as_(community.maya)
    talk.topic(maya, "performance", "One", tags="numbat")
    talk.topic(maya, "performance", "Two", tags="bilby")
    ruth, priya = community.ruth.id, community.priya.id
    results = at_once(app, mend(ruth, "numbat", "quoll", False), mend(priya, "bilby", "quoll", False))
    assert Counter(results) == {"done": 1, "Settled": 1}


def test_who_no_longer_facilitates_is_told(app, community, as_, talk):  # noqa: F811
    talk.topic(as_(community.maya), "performance", "One", tags="numbat")
    assert at_once(app, mend(community.maya.id, "numbat", "bilby", False)) == ["Settled"]
    assert left("numbat", "bilby") == {"numbat": 1}
