"""The queues of facilitators and administrators: so many at a time, with what is quoted, told to those who decide."""

import secrets

import pytest
from sqlalchemy import select, update

from forum import outbox
from forum.access import person
from forum.kit.db import db
from forum.models import Concern, Group, Held, Mail, MailState, Membership, Post, ReportKind, Standing, Topic
from forum.moderation import actions
from tests.discussions.conftest import see
from tests.moderation.test_reports import MANAGE, concern, post, tell

__all__ = ["post"]


def many(community, kind, number):
    """So many that wait in Policy."""
    group, sam = community.group("policy"), community.sam
    if kind == "held":
        made = [
            Held(
                group_id=group.id,
                code=secrets.token_hex(12),
                author_id=sam.id,
                title=f"Numbat {n}.",
                body="x",
                html="x",
            )
            for n in range(number)
        ]
    else:
        posts = db.session.scalars(select(Post).where(Post.group_id == group.id).limit(1)).one()
        made = [
            Post(
                topic_id=posts.topic_id, group_id=group.id, no=1000 + n, place=1000 + n, author_id=sam.id, body="x",
                html="x", renderer=1,
            )
            for n in range(number)
        ]  # fmt: skip
        db.session.add_all(made)
        db.session.flush()
        made = [
            Concern(group_id=group.id, code=secrets.token_hex(12), post_id=one.id, author_id=sam.id, report_count=1)
            for one in made
        ]
    db.session.add_all(made)
    db.session.commit()


@pytest.mark.parametrize("kind", ["held", "reports"])
def test_a_queue_is_shown_so_many_at_a_time_with_how_many_there_are(community, as_, watch, kind):
    many(community, kind, 52)
    tom, here = as_(community.tom), f"/groups/policy/manage/{kind}"
    tom.get(here)
    with watch() as seen:
        first = see(tom, here)
    assert len(seen.statements) <= 6, seen.statements
    assert ": 52" in first.words and f'href="{here}?page=2" rel="next"' in first.text
    second = see(tom, f"{here}?page=2")
    one = 'aria-labelledby="held-' if kind == "held" else "Decide<span"
    assert (first.text.count(one), second.text.count(one)) == (50, 2)
    assert 'rel="next"' not in second.text and f'href="{here}" rel="prev"' in second.text
    for odd in ("0", "-1", "x", "999999999999"):
        assert tom.get(f"{here}?page={odd}").status_code == 200


def test_what_a_reported_post_quotes_is_shown_to_those_who_decide(community, as_, talk, post):
    n = int(post.split("/")[4])
    quote = f"> [post 1](/groups/policy/topics/{n}/posts/1)\n>\n> Kestrel words.\n\nSo you say."
    talk.reply(as_(community.maya), "policy", n, quote, 1)
    tell(as_(community.leon), f"/groups/policy/topics/{n}/posts/2")
    page = see(as_(community.tom), f"{MANAGE}/{concern().code}")
    assert "Kestrel words." in page.words and "So you say." in page.words


def test_a_report_is_not_filed_in_a_group_that_the_post_has_left(community, as_, post):
    found = db.session.scalars(select(Post).where(Post.body == "Buy my kestrel feathers.")).one()
    there = community.group("performance").id
    assert found.topic.group.slug == "policy"
    topic_id, post_id = found.topic_id, found.id
    with db.engine.connect() as other:  # a facilitator moves it in this moment
        other.execute(update(Topic.__table__).where(Topic.__table__.c.id == topic_id).values(group_id=there, n=4321))
        other.execute(update(Post.__table__).where(Post.__table__.c.id == post_id).values(group_id=there))
        other.commit()
    with pytest.raises(Exception, match="was moved in the same moment"):
        actions.report(person(community.leon.id), found, ReportKind.SPAM, "")
    db.session.rollback()
    assert not db.session.scalars(select(Concern).where(Concern.post_id == post_id)).all()


def test_administrators_hear_of_a_report_where_nobody_looks_after_the_group(community, as_, post, mails):
    group = community.group("policy")
    leads = (Membership.group_id == group.id, Membership.standing.in_([Standing.OWNER, Standing.FACILITATOR]))
    db.session.execute(update(Membership).where(*leads).values(standing=Standing.MEMBER))
    db.session.execute(update(Group).where(Group.id == group.id).values(facilitator_count=0))
    db.session.commit()
    tell(as_(community.leon), post)
    assert {mail.user_id for mail in mails("report-escalated")} == {community.grace.id}
    assert not mails("report-received")
    db.session.execute(update(Group).where(Group.id == group.id).values(facilitator_count=1))
    db.session.commit()
    outbox.deliver()
    db.session.expire_all()
    states = db.session.scalars(select(Mail.state).where(Mail.template == "report-escalated")).all()
    assert states == [MailState.DROPPED]
