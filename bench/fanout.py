"""How long telling takes: `python -m bench.fanout [--postgres URL]`.

An announcement to a group of 20,000 members, by the clock, from the action to the end of its commit; then the daily
summaries of 5,000 of them over 200,000 posts: queued, and each written as it would be sent.
"""

import argparse
import secrets
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench import schema
from forum import create_app
from forum.discussions import actions
from forum.jobs.telling import send_digests
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Habit, Kind, Mail, Membership, Notice, Post, Standing, Topic, TopicKind, User
from forum.outbox.letter import write
from forum.who import person

MEMBERS, SUMMED, POSTS, TALK, TOLD = 20_000, 5_000, 200_000, 10, 8
BATCH = 5_000


def put(model: Any, many: int, row: Callable[[int], dict[str, Any]]) -> None:
    """So many rows, numbered from 1."""
    for start in range(1, many + 1, BATCH):
        rows = [{"id": n, **row(n)} for n in range(start, min(start + BATCH, many + 1))]
        db.session.execute(sa.insert(model), rows)
    if db.engine.dialect.name == "postgresql":
        name = model.__table__.name
        db.session.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {many})"))
    db.session.commit()


def community(members: int = MEMBERS, posts: int = POSTS) -> None:
    """A restricted group with everybody in it, and all that was said there."""
    put(User, members + 1, lambda n: {
        "handle": f"p{n}", "handle_skeleton": f"p{n}", "email": f"p{n}@example.org", "fs_uniquifier": f"p{n}",
        "name": f"Person {n}", "confirmed_at": now(),
    })  # fmt: skip
    put(Group, 1, lambda n: {"slug": "all", "name": "All of us", "kind": Kind.RESTRICTED, "emblem": "AU",
        "member_count": members, "last_topic_n": posts // TALK})  # fmt: skip
    put(Membership, members, lambda n: {
        "user_id": n, "group_id": 1, "standing": Standing.OWNER if n == 1 else Standing.MEMBER,
    })  # fmt: skip
    put(Topic, posts // TALK, lambda n: {
        "group_id": 1, "n": n, "kind": TopicKind.DISCUSSION, "title": f"Topic {n}", "author_id": n % members + 1,
        "last_no": TALK - 1, "reply_count": TALK - 1,
    })  # fmt: skip
    put(Post, posts, lambda n: {
        "topic_id": (n - 1) // TALK + 1, "group_id": 1, "no": (n - 1) % TALK, "place": (n - 1) % TALK,
        "author_id": n % members + 1, "body": "What do you do? " * 20, "html": "<p>What do you do?</p>", "renderer": 1,
    })  # fmt: skip


def moments() -> tuple[float, float]:
    """Now: by the clock, and in processor time of this process."""
    return perf_counter(), process_time()


def took(began: tuple[float, float]) -> str:
    """How long since then, in words."""
    return "{:.2f} s, {:.2f} s of processor".format(*(new - old for new, old in zip(moments(), began, strict=True)))


def memory() -> int:
    """What this process holds by itself and its part of what it shares (PSS), in MB."""
    rollup = Path("/proc/self/smaps_rollup").read_text()
    return int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))) // 1024


def announce() -> None:
    """An announcement to everybody, said with its time."""
    me, group = person(1), db.session.scalars(sa.select(Group)).one()
    began = moments()
    actions.start_topic(me, group, TopicKind.ANNOUNCEMENT, "We meet in May", "Bring your questions.")
    db.session.commit()
    spent = took(began)
    told = db.session.scalar(sa.select(sa.func.count()).where(Notice.kind == "announcement"))
    print(f"an announcement: {told:,} told in {spent}")


def sum_up() -> None:
    """The summaries of SUMMED people, said with their times."""
    db.session.execute(sa.update(Notice).values(mail_waits=False))
    step = POSTS // SUMMED
    rows = [
        {"user_id": n, "kind": "reply", "actor_id": 1, "post_id": (n * step + at * 7) % POSTS + 1, "needs": 3,
         "once": f"x{at}", "mail_waits": True}
        for n in range(2, SUMMED + 2) for at in range(TOLD)
    ]  # fmt: skip
    db.session.execute(sa.insert(Notice), rows)
    db.session.execute(sa.insert(Habit), [{"user_id": n, "digest_at": now()} for n in range(2, SUMMED + 2)])
    db.session.commit()
    with clock.at(now() + timedelta(minutes=1)):
        began = moments()
        send_digests()
        print(f"summaries: queued in {took(began)}")
        numbers = db.session.scalars(sa.select(Mail.id).where(Mail.template == "news")).all()
        db.session.remove()
        began, held = moments(), [memory()]
        written = 0
        for at, number in enumerate(numbers, 1):
            written += _written(number)
            held += [memory()] if at % (SUMMED // 5) == 0 else []
        print(f"summaries: {written:,} written in {took(began)}; MB at each fifth: {', '.join(map(str, held))}")


def _written(number: int) -> bool:
    letter = write(number)
    db.session.remove()
    return letter is not None


def measure(app: Flask) -> None:
    """All of it, on an empty database."""
    with app.app_context():
        schema.make(app)
        community()
        announce()
        sum_up()
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Asks which engine, and measures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--postgres", metavar="URL", default="")
    server = asked.parse_args().postgres
    with tempfile.TemporaryDirectory() as folder:
        url = schema.fresh_postgres(server, "guildhall_bench_fanout") if server else ""
        made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT")}
        measure(create_app(Path(folder), **made, **({"DATABASE_URL": url} if url else {})))


if __name__ == "__main__":
    main()
