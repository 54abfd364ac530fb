"""Guard 3, for what is sent: every mail of every group to everybody, and the pages that it leads to signed out."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from forum import access, hearing
from forum.inbox import pushing
from forum.inbox.words import SAYS
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import (
    Document,
    Group,
    Kind,
    Mail,
    Notice,
    Page,
    Post,
    PushDevice,
    Session,
    TagFollow,
    Topic,
    TopicTag,
    User,
    Workshop,
)
from forum.outbox import stopping
from forum.outbox.letter import OF_GROUPS, write
from forum.outbox.needs import ADDRESS, INVITED, NEEDS, OF_POSTS
from forum.rule import TAKE_PART
from forum.who import person
from tests.access.test_canary import WORD, may, planted
from tests.conftest import Community

__all__ = ["planted"]
#: people of every kind that gets mail
SOME = ("joanna", "sam", "leon", "hugh", "vic", "maya", "priya", "grace")
#: mail about an account, or about what its reader wrote in a mail, to whoever has its address; the last word to
#: somebody removed, who knew the group; and what stands in place of a mail to who wants no words
OWN = {name for name, need in NEEDS.items() if need in (ADDRESS, INVITED)} | {
    "password-changed", "removed", "discreet", "reply-refused"
}  # fmt: skip

OF_ANY = [name for name in NEEDS if name not in OWN and name != "news"]
#: a hidden post is told of by mail of posts alone
OF_HIDDEN = [name for name in OF_ANY if NEEDS[name] in OF_POSTS]


def facts_of(group: Group) -> list[dict[str, Any]]:
    """What mails about a group name, once with a post that all its readers see and once with one that is hidden."""

    def first(model: Any, *where: Any) -> int:
        return (
            db.session.scalar(select(model.id).where(model.group_id == group.id, *where).order_by(model.id).limit(1))
            or 0
        )

    post, hidden = first(Post, Post.no == 0, Post.hidden_at.is_(None)), first(Post, Post.hidden_at.is_not(None))
    tags = list(db.session.scalars(select(TopicTag.tag).join(Topic).where(Topic.group_id == group.id)))
    common: dict[str, Any] = {
        "page": first(Page), "k": 1, "workshop_id": first(Workshop), "tags": tags, "n": 1, "slug": group.slug, "hid": False, "accepted": True, "published": True, "many": 2, "kind": "topic", "by": "Somebody",
        "files": list(db.session.scalars(select(Document.id).where(Document.group_id == group.id))),
    }  # fmt: skip
    for name in (
        "name",
        "note",
        "message",
        "reason",
        "role",
        "code",
        "title",
        "words",
        "why",
        "what",
        "verdict",
        "decision",
    ):
        common.setdefault(name, "x")
    topics = [db.session.scalar(select(Post.topic_id).where(Post.id == one)) or 0 for one in (post, hidden)]
    return [common | {"post": one, "topic_id": topic} for one, topic in zip((post, hidden), topics, strict=True) if one]


def everything(groups: dict[int, Group]) -> list[tuple[int, int, dict[str, Any]]]:
    """The facts of mails about every group: its number, which of its posts they are about, and they."""
    return [(group.id, at, facts) for group in groups.values() for at, facts in enumerate(facts_of(group))]


def queue_all(user: User, told: list[tuple[int, int, dict[str, Any]]]) -> list[Mail]:
    """Every mail there might be, to one person: whether they may be told is asked when it is written."""
    told_of = select(Notice.post_id, Notice.id).where(Notice.user_id == user.id, Notice.post_id > 0)
    notices = {row.post_id: row.id for row in db.session.execute(told_of)}
    rows: list[Any] = []
    for group, at, facts in told:
        own = facts | {"notice": notices[facts["post"]]}
        rows += [(name, group, at, own) for name in NEEDS if name in (OF_HIDDEN if at else OF_ANY)]
    rows.append(("news", None, 0, {"notices": list(notices.values()), "since": "2020-01-01T00:00:00+00:00"}))
    mails = [
        Mail(template=name, user_id=user.id, group_id=g, facts=facts, once=f"{name}:{g}:{at}:{user.id}", address="")
        for name, g, at, facts in rows
    ]
    db.session.add_all(mails)
    db.session.commit()
    return mails


def said(mail: Mail) -> str:
    """All of a letter, as it would leave; '' if it does not."""
    letter = write(mail.id)
    if letter is None:
        return ""
    parts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    return " ".join([*map(str, letter.values()), *parts])


def test_mail_says_nothing_that_its_reader_may_not_know(planted: dict[int, Group], community: Community) -> None:
    db.session.execute(
        insert(TagFollow),
        [
            {"user_id": user, "group_id": g, "tag": tag}
            for user in db.session.scalars(select(User.id))
            for tag, g in set(db.session.execute(select(TopicTag.tag, Topic.group_id).join(Topic)))
        ],
    )  # fmt: skip
    db.session.commit()
    leaks, sent, told = [], set(), everything(planted)
    for user in (getattr(community, name) for name in SOME):
        reader = person(user.id)
        opened = set(db.session.scalars(select(Document.group_id).where(access.readable(Document, reader))))
        for mail in queue_all(user, told):
            text, name = said(mail), mail.template
            sent |= {name} if text else set()
            for field, number in WORD.findall(text):
                group = planted[int(number)]
                hushed = group.kind == Kind.HIDDEN and name in OF_GROUPS
                if field == "door" or hushed or not may(reader, field, group, opened):
                    leaks.append((user.handle, name, field, group.slug))
    assert not leaks, sorted(set(leaks))
    assert {"post", "mentioned", "moved", "topic-tagged", "news", "workshop-files"} <= sent


@pytest.mark.parametrize("name", ["priya", "ruth"])
def test_discreet_mail_has_no_word_of_anything(name: str, planted: dict[int, Group], community: Community) -> None:
    user = getattr(community, name)
    db.session.add(habit := hearing.habit_of(user.id))
    habit.discreet = True
    db.session.commit()
    texts = [(mail.template, said(mail)) for mail in queue_all(user, everything(planted))]
    assert [(template, WORD.findall(text)) for template, text in texts if WORD.search(text)] == []
    assert sum(bool(text) for _, text in texts) > 10


def test_the_pages_that_end_mail_name_no_group(planted: dict[int, Group], community: Community, visitor: Any) -> None:
    for user in (community.maya, community.hugh, community.vic):
        for group in [*planted.values(), None]:
            address = f"/mail/stop/{stopping.keep(user, group)}"
            for reply in (visitor.get(address), visitor.post(address)):
                text = reply.get_data(as_text=True) + str(reply.headers)
                assert reply.status_code == 200, address
                assert not WORD.search(text) and user.name not in text and user.email not in text
                assert reply.headers["Referrer-Policy"] == "no-referrer"


def told_of(group: Group, user: User) -> list[Notice]:
    """Notices about all there is in a group, for somebody: of its posts, its requests, reports, workshops and seats."""
    posts = db.session.scalars(select(Post).where(Post.group_id == group.id)).all()
    rows = [
        Notice(kind=kind, post_id=post.id, needs=TAKE_PART) for post in posts for kind in ("reply", "mention", "answer")
    ]
    rows += [Notice(kind=kind, group_id=group.id, code="1", needs=TAKE_PART) for kind in SAYS]
    for number, row in enumerate(rows):
        row.user_id, row.once = user.id, f"canary:{group.id}:{number}"
        row.actor_id = db.session.scalar(select(User.id).where(User.email.startswith("ruth")))
    db.session.add_all(rows)
    db.session.flush()
    return rows


def test_browsers_show_nothing_that_their_reader_may_not_know(
    planted: dict[int, Group], community: Community, as_: Any
) -> None:
    leaks, named = [], set()
    for user in (getattr(community, name) for name in SOME):
        as_(user)
        session = db.session.scalar(select(Session.id).where(Session.user_id == user.id).order_by(Session.id.desc()))
        device = PushDevice(user_id=user.id, session_id=session, names=True)
        reader = person(user.id)
        opened = set(db.session.scalars(select(Document.group_id).where(access.readable(Document, reader))))
        for group in planted.values():
            for row in told_of(group, user):
                words = pushing.words_for(device, row.id - 1, row.id, now() + timedelta(seconds=1))
                found = WORD.findall((words or b"").decode())
                named |= {group.slug} if found else set()
                for field, number in found:
                    about = planted[int(number)]
                    if field == "door" or about.kind == Kind.HIDDEN or not may(reader, field, about, opened):
                        leaks.append((user.handle, row.kind, field, about.slug))
        db.session.rollback()
    assert not leaks, sorted(set(leaks))
    assert "performance" in named, "something is named at all"
