"""Muting somebody: for oneself alone, undone at any time, and nothing that anybody else could notice."""

from sqlalchemy import select

from forum.kit.db import db
from forum.models import AuditEntry, Mute
from tests.discussions.conftest import see, talk

__all__ = ["talk"]


def folded(page, no):
    """Whether a post of a page is folded away."""
    return "You muted" in page.article(no)


def test_what_somebody_writes_is_folded_away_for_who_muted_them_alone(community, as_, talk):
    maya, leon, sam = as_(community.maya), as_(community.leon), as_(community.sam)
    n = talk.topic(maya, "policy", "About mutes")
    talk.reply(sam, "policy", n, "By Sam, a kestrel.")
    talk.reply(leon, "policy", n, "By Leon.")
    address = f"/groups/policy/topics/{n}"
    before = maya.get(address)
    assert maya.post("/people/sam/muting").status_code == 303
    page = see(maya, address, headers={"If-None-Match": before.headers["ETag"]})
    assert page.status == 200 and folded(page, 1) and not folded(page, 2)
    assert "<details" in page.article(1).split("kestrel")[0] and "You muted Sam Tuffnell: show" in page.words
    assert not folded(see(leon, address), 1) and not folded(see(sam, address), 1)
    assert "Sam Tuffnell" in see(maya, "/settings/muted").words
    assert maya.post("/people/sam/muting/end").status_code == 303
    assert not folded(see(maya, address), 1) and "You have muted nobody" in see(maya, "/settings/muted").words


def test_their_topics_are_folded_too(community, as_, talk):
    n = talk.topic(as_(community.sam), "policy", "By Sam", body="A kestrel.")
    maya = as_(community.maya)
    maya.post("/people/sam/muting")
    assert "You muted Sam Tuffnell: show" in see(maya, f"/groups/policy/topics/{n}").words


def test_their_replies_and_mentions_are_no_news(community, as_, talk):
    maya, sam = as_(community.maya), as_(community.sam)
    n = talk.topic(maya, "policy", "Quiet please")
    talk.reply(sam, "policy", n, f"Listen, @{community.maya.handle}.")
    assert "replied to you" in see(maya, "/").words or "mentioned you" in see(maya, "/").words
    maya.post("/people/sam/muting")
    text = see(maya, "/").words
    assert "Sam Tuffnell, " not in text.split("New in your groups")[0] or "mentioned you" not in text


def test_nobody_hears_of_it(community, as_):
    before = len(list(db.session.scalars(select(AuditEntry))))
    as_(community.maya).post("/people/sam/muting")
    assert len(list(db.session.scalars(select(AuditEntry)))) == before
    for other in (community.sam, community.leon, community.grace):
        assert (
            "Unmute" not in see(as_(other), "/people/sam").words
            and "Maya" not in see(as_(other), "/settings/muted").text
        )


def test_muting_twice_is_muting_once_and_nobody_mutes_themselves(community, as_):
    maya = as_(community.maya)
    for _ in range(2):
        assert maya.post("/people/sam/muting").status_code == 303
    assert len(list(db.session.scalars(select(Mute.muted_id).where(Mute.user_id == community.maya.id)))) == 1
    assert maya.post(f"/people/{community.maya.handle}/muting").status_code == 409
    assert maya.post("/people/nobody-of-this-name/muting").status_code == 404
    assert as_(None).post("/people/sam/muting").status_code == 303


def test_whoever_looks_after_a_group_sees_reports_of_those_they_muted(community, as_, talk):
    n = talk.topic(as_(community.maya), "policy", "Reported")
    talk.reply(as_(community.sam), "policy", n, "A bad kestrel.")
    as_(community.leon).post(f"/groups/policy/topics/{n}/posts/1/report", data={"kind": "spam"})
    tom = as_(community.tom)
    tom.post("/people/sam/muting")
    page = see(tom, "/groups/policy/manage/reports")
    code = page.text.split("/groups/policy/manage/reports/")[1].split('"')[0]
    shown = see(tom, f"/groups/policy/manage/reports/{code}")
    assert "bad kestrel" in shown.words and "You muted" not in shown.words
