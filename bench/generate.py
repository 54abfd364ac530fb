"""Fills an empty database with a community to measure on: `python -m bench.generate [--scale 10]`.

300 groups, 50 of them lively, 1,000 people, 5,000 topics and 100,000 posts of about 500 characters, from a fixed seed;
one topic has 10,000 posts. `--scale 10` has ten times the topics and posts. Rows go straight to the driver.
"""

import argparse
import json
import random
import secrets
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import check, columns, people, rows, schema, talk
from bench.files import Files
from bench.sink import Columns, Postgres, Sqlite, batches
from bench.words import Writer
from forum import create_app
from forum.jobs.tidying import tidy_index
from forum.kit import hot
from forum.kit.db import db

SEED = 2_026
OUT = Path(__file__).resolve().parent / "out"


def folder_of(scale: int, engine: str) -> Path:
    """The instance folder of a generated community."""
    return OUT / f"{engine}-{scale}"


def main() -> None:
    """Generates, says how fast, and recounts a sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=1, help="times 5,000 topics and 100,000 posts")
    parser.add_argument(
        "--postgres", metavar="URL", help="a server's address; its database guildhall_bench_SCALE is made anew"
    )
    args = parser.parse_args()
    generate(args.scale, args.postgres)


def generate(scale: int, server: str | None = None) -> Path:
    """The instance folder of a new community; one that was there is gone."""
    folder = folder_of(scale, "postgres" if server else "sqlite")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    (folder / "secrets.json").write_text(
        json.dumps({name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT")})
    )
    url = schema.fresh_postgres(server, f"guildhall_bench_{scale}") if server else ""
    if url:
        (folder / "config.py").write_text(f"DATABASE_URL = {url!r}\n")
    app = create_app(folder)
    with app.app_context():
        schema.make(app)
        where = db.engine.url
        db.engine.dispose()
    fill(Postgres(where) if url else Sqlite(str(where.database)), folder, scale)
    with app.app_context():
        tidy_index()  # as the site does, every minute
        check.recount(say)
        db.session.remove()
        hot.let_go()
        db.engine.dispose()
    return folder


def fill(sink: Any, folder: Path, scale: int) -> None:
    """Writes everything."""
    begun, chance = time.monotonic(), random.Random(SEED)
    at, writer = rows.Calendar(datetime.now(UTC).replace(microsecond=0)), Writer(chance)
    everyone, groups = people.people(chance), people.groups(chance)
    people.take_seats(chance, everyone, groups)
    topics, moments = talk.plan(chance, groups, scale)

    def put(table: str, names: Iterable[str], of: Iterable[Any]) -> None:
        sink.take(table, Columns(table, tuple(names), at(talk.YEARS)), of)

    put("user", columns.USER, rows.users(chance, at, everyone))
    files, edited = Files(chance, at, folder / "files"), []
    started, mine = time.monotonic(), everyone[people.READER - 1].seats
    for batch in batches(progress(talk.posts(chance, topics, moments), len(moments))):
        made = [rows.post(chance, at, post, writer) for post in batch]
        edited += [row[0] for row in made if row[12]]
        put("post", columns.POST, made)
        put("event", columns.EVENT, (event for post in batch for event in rows.events(at, post, mine)))
        for post, row in zip(batch, made, strict=True):
            files.attach(row, post.fate)
    say(f"{len(moments):,} posts, {len(moments) / (time.monotonic() - started):,.0f} a second")
    big = files.add_big(groups[0])
    rest(put, chance, at, writer, everyone, groups, topics, files, edited)
    sink.close()
    (folder / "facts.json").write_text(json.dumps(facts(groups, topics, everyone, big, scale)) + "\n")
    say(f"{folder.name} is made in {time.monotonic() - begun:.1f} s")


def rest(put: Any, chance: random.Random, at: rows.Calendar, writer: Writer, everyone: list[people.Person],
         groups: list[people.Group], topics: list[talk.Topic], files: Files, edited: list[int]) -> None:  # fmt: skip
    """Writes what stands around the posts."""
    put("group", columns.GROUP, rows.groups(groups, everyone, topics, files.last_n, files.shown, at, writer))
    put("subject", ("group_id", "name"), [(group.id, people.NAMES[group.id % 12].lower()) for group in groups])
    put("membership", columns.SEAT, rows.seats(at, everyone))
    put("topic", columns.TOPIC, rows.topics(chance, at, topics, writer))
    put(
        "topic_tag",
        ("topic_id", "group_id", "tag"),
        rows.tags(chance, topics, [name.lower() for name in people.NAMES[:60]]),
    )
    put("follow", ("user_id", "topic_id", "since"), rows.follows(topics, at))
    put("reading", columns.READING, rows.readings(chance, topics, everyone, at))
    put("session", ("user_id", "digest", "device", "created_at", "used_at"), rows.sessions(chance, at, everyone))
    put("revision", ("post_id", "number", "body", "written_at"), rows.revisions(edited, at, writer))
    put("document", columns.DOCUMENT, files.documents)
    put("version", columns.VERSION, files.versions)


def facts(
    groups: list[people.Group], topics: list[talk.Topic], everyone: list[people.Person], big: int, scale: int
) -> dict[str, Any]:
    """What run.py needs to know of the community."""
    mine = everyone[people.READER - 1].seats
    steady = [topic for topic in topics if topic.posts == talk.STEADY_REPLIES + 1]
    long = max(topics, key=lambda topic: topic.posts)
    return {
        "scale": scale, "posts": sum(topic.posts for topic in topics), "topics": len(topics), "group": groups[0].slug,
        "steady": [[topic.group.slug, topic.n] for topic in steady if topic.group.id in mine],
        "public": [[topic.group.slug, topic.n] for topic in steady if topic.group.public],
        "long": [long.group.slug, long.n, long.last_place], "big": [groups[0].slug, big],
        "mine": [groups[number - 1].slug for number in sorted(mine)],
        "open": [group.slug for group in groups if group.public],
    }  # fmt: skip


def progress(of: Iterable[Any], total: int) -> Iterator[Any]:
    """The same, with a bar that shows how far it is."""
    step = max(1, total // 50)
    for number, one in enumerate(of, 1):
        yield one
        if number % step == 0 and sys.stderr.isatty():
            done = number * 40 // total
            print(
                f"\r[{'#' * done}{' ' * (40 - done)}] {number:,} of {total:,} posts",
                end="",
                file=sys.stderr,
                flush=True,
            )
    if sys.stderr.isatty():
        print(file=sys.stderr)


def say(line: str) -> None:
    """One line about what goes on."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
