"""How late mail is, as anybody may know it: it is said, and takes the site from nobody."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from forum import outbox
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Habit, Hear, Hearing, Mail, MailState, Notice

LONG = timedelta(hours=2)


def late(visitor) -> dict:
    reply = visitor.get("/readyz")
    assert reply.status_code == 200, "late mail takes nothing down"
    return reply.json


def queued(**values: object) -> Mail:
    mail = outbox.queue("confirm", f"{len(values)}@example.org", once=secrets.token_hex(8))
    for name, value in values.items():
        setattr(mail, name, value)
    db.session.commit()
    return mail


def test_mail_that_nobody_delivers_is_told(visitor):
    mail = queued(due_at=now() - LONG)
    told = late(visitor)
    assert (told["status"], told["mail"]) == ("degraded", "late")
    mail.due_at = now()
    db.session.commit()
    assert late(visitor)["status"] == "ready"


def test_a_mail_server_that_takes_nothing_is_told_and_one_that_refuses_one_letter_is_not(visitor):
    ahead = now() + timedelta(minutes=30)
    queued(created_at=now() - LONG, due_at=ahead, attempts=4, error="The server answered [451].")
    told = late(visitor)
    assert (told["status"], told["mail"]) == ("degraded", "refused")
    queued(state=MailState.SENT, sent_at=now() - timedelta(minutes=5))
    told = late(visitor)
    assert (told["status"], told["mail"]) == ("ready", "ok")


def test_how_much_mail_waits_or_was_given_up_is_not_told(visitor):
    before = late(visitor)
    assert set(before) == {"database", "storage", "disk", "mail", "digests", "status"}
    assert all(isinstance(word, str) for word in before.values())
    queued(state=MailState.DEAD, error="The server answered [550].")
    visitor.application.extensions["health"].clear()
    for n in range(5):
        outbox.queue("confirm", f"many{n}@example.org", once=f"many{n}")
    db.session.commit()
    assert late(visitor) == before, "that a group was told something is seen by nobody"


@pytest.mark.parametrize("wants", ["daily", "weekly"])
def test_a_summary_that_nobody_writes_is_told(visitor, community, wants):
    maya, group = community.maya, community.group("performance")
    habit = Habit(user_id=maya.id, digest_at=now() - LONG)
    db.session.add(habit)
    if wants == "daily":
        facts = {"kind": "request", "group_id": group.id, "needs": 2, "once": "n1", "mail_waits": True}
        db.session.add(Notice(user_id=maya.id, created_at=now() - timedelta(days=1), **facts))
    else:
        db.session.merge(Hearing(user_id=maya.id, group_id=group.id, choice=Hear.WEEKLY))
    db.session.commit()
    told = late(visitor)
    assert (told["status"], told["digests"]) == ("degraded", "late")
    habit.paused_until = now() + LONG
    db.session.commit()
    assert late(visitor)["digests"] == "ok", "who paused is owed nothing"
    habit.paused_until, habit.silent = None, True
    db.session.commit()
    visitor.application.extensions["health"].clear()
    assert late(visitor)["digests"] == "ok", "nor is who wants no mail of any group"


def test_an_hour_long_past_owes_nothing_to_somebody_for_whom_nothing_waited_then(visitor, community):
    group = db.session.scalars(select(Group)).first()
    for each in (Hearing, Notice):
        db.session.execute(delete(each).where(each.user_id == community.maya.id))
    db.session.add(Habit(user_id=community.maya.id, digest_at=now() - timedelta(days=20)))
    facts = {"kind": "request", "group_id": group.id, "needs": 2, "once": "n1", "mail_waits": True}
    db.session.add(Notice(user_id=community.maya.id, created_at=now() - timedelta(minutes=3), **facts))
    db.session.commit()
    told = late(visitor)
    assert told["digests"] == "ok"
