"""Needs you: what waits for the facilitators, each with what to do about it."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Concern, Document, Held, JoinRequest, Membership, RequestState, Standing, Topic
from tests.discussions.conftest import key, see

MANAGE = "/groups/performance/manage"


def quiet(group):
    """Nothing waits in the group."""
    db.session.execute(update(Topic).where(Topic.group_id == group.id).values(kind="discussion"))
    db.session.execute(update(Document).where(Document.group_id == group.id).values(licence="Ours"))
    db.session.execute(update(JoinRequest).where(JoinRequest.group_id == group.id).values(state=RequestState.DECLINED))
    db.session.execute(
        update(Membership).where(Membership.group_id == group.id).values(since=now() - timedelta(days=99))
    )
    db.session.execute(delete(Concern).where(Concern.group_id == group.id))
    db.session.execute(delete(Held).where(Held.group_id == group.id))
    group.request_count = 0
    db.session.commit()


def test_nothing_needs_anybody_when_all_is_done(community, as_):
    quiet(community.group("performance"))
    assert "Nothing needs you today" in see(as_(community.priya), MANAGE).words


def test_reports_and_posts_that_wait_stand_on_the_page_with_what_to_do(community, as_):
    group = community.group("performance")
    quiet(group)
    as_(community.dan).post("/groups/performance/topics/1/posts/1/report", data={"kind": "spam"})
    db.session.add(
        Held(group_id=group.id, code="x" * 24, author_id=community.dan.id, title="T", body="B", html="<p>B</p>")
    )
    db.session.commit()
    leads = as_(
        community.priya if community.topic("performance", 1).author_id != community.priya.id else community.ruth
    )
    page = see(leads, MANAGE)
    assert "Thing that members reported" in page.words and f'href="{MANAGE}/reports"' in page.text
    assert "Post by somebody new" in page.words and f'href="{MANAGE}/held"' in page.text


def test_a_newcomer_waits_for_a_welcome_until_a_facilitator_answers_or_ticks_it_off(community, as_):
    group = community.group("performance")
    quiet(group)
    here = (Membership.group_id == group.id, Membership.standing == Standing.MEMBER)
    for user in (community.dan, community.maya):
        db.session.execute(update(Membership).where(*here, Membership.user_id == user.id).values(since=now()))
    db.session.commit()
    priya = as_(community.priya)
    page = see(priya, MANAGE).words
    assert "Maya Okafor is new" in page and f"{community.dan.name} is new" in page
    for _, code in ((1, 303), (2, 409)):
        assert priya.post(f"{MANAGE}/welcome", data={"handle": community.dan.handle}).status_code == code
    assert f"{community.dan.name} is new" not in see(priya, MANAGE).words
    said = {"body": f"Welcome, @{community.maya.handle}", "to": "", "key": key()}
    assert priya.post("/groups/performance/topics/1/replies", data=said).status_code == 303
    assert "is new" not in see(priya, MANAGE).words
    assert (
        db.session.scalar(select(Membership.welcomed_at).where(*here, Membership.user_id == community.maya.id)) is None
    )


def test_files_without_rights_are_led_to_the_page_that_says_them(community, as_):
    group = community.group("performance")
    quiet(group)
    db.session.execute(update(Document).where(Document.group_id == group.id, Document.n == 1).values(licence=""))
    db.session.commit()
    page = see(as_(community.priya), MANAGE)
    assert "File without a word on rights" in page.words and "/groups/performance/library/details?n=1" in page.text


def test_the_page_costs_the_same_however_much_waits(community, as_, watch):
    group, priya = community.group("performance"), as_(community.priya)
    priya.get(MANAGE)
    with watch() as few:
        priya.get(MANAGE)
    for number in range(30):
        facts = {"author_id": community.dan.id, "title": "T", "body": "B", "html": "<p>B</p>"}
        db.session.add(Held(group_id=group.id, code=f"code{number}", **facts))
    db.session.commit()
    with watch() as many:
        priya.get(MANAGE)
    assert len(many.statements) == len(few.statements)
