"""Measures the site against the bare page: `python -m bench.run [--scale 10] [--postgres URL] [--save | --compare]`.

Both are served by gunicorn with two workers of four threads, on loopback, and measured in turns. The community of
`bench.generate` is copied first, so that a run leaves it as it was. README.md says how to read the table.
"""

import argparse
import json
import os
import shutil
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from bench import browsers, load, report, schema, statements
from bench.generate import OUT, folder_of, generate, say
from bench.load import Page, Sample
from bench.people import JOINER, READER
from bench.servers import Server, bare, site
from forum import create_app
from forum.kit.db import db
from forum.models import Group, Topic

PORT, SIZE = 8117, 20
CONNECTIONS = (1, 8)
#: settings of a run: pages of 20 posts, and nobody is asked to slow down
SETTINGS = {"FLASK_POSTS_PER_PAGE": str(SIZE), "FLASK_RATELIMIT_ENABLED": "false"}
#: a word of few posts, two words of many, one that stands in nearly every post
SEARCHES = {"rare word": "quarovaley", "two words": "caseload supervision", "common word": "team"}
KEY = "the bare page signs with this: it holds nothing of worth"


def main() -> None:
    """Measures, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--postgres", metavar="URL", help="measure on this server's guildhall_bench_SCALE")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many")
    parser.add_argument("--seconds", type=int, default=1, help="of each measurement")
    parser.add_argument("--only", help="pages whose names hold this")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--save", action="store_true", help="keep the figures in baseline.json")
    parser.add_argument("--compare", action="store_true", help="show what changed since baseline.json")
    args = parser.parse_args()
    engine = "postgres" if args.postgres else "sqlite"
    found = measure(args, engine)
    print(report.table(found))
    if args.compare:
        print(report.changes(found, f"{engine}-{args.scale}"))
    if args.save:
        report.save(found, f"{engine}-{args.scale}")


def measure(args: argparse.Namespace, engine: str) -> dict[str, Any]:
    """All figures of a run."""
    instance, plain = copy_of(args, engine)
    with ExitStack() as open_things:
        return Run(args, instance, plain, open_things).figures()


def copy_of(args: argparse.Namespace, engine: str) -> tuple[Path, Path]:
    """A copy of the community to measure, and where the one is that the bare page reads; made if they are not there."""
    made = folder_of(args.scale, engine)
    if not (made / "facts.json").exists():
        generate(args.scale, args.postgres)
    plain = folder_of(args.scale, "sqlite")
    if not (plain / "facts.json").exists():
        generate(args.scale)
    os.environ.update(SETTINGS, FLASK_BASE_URL=f"http://127.0.0.1:{args.port}")
    instance = OUT / "run"
    shutil.rmtree(instance, ignore_errors=True)
    browsers.copied(made, instance)
    if args.postgres:
        name = f"guildhall_bench_{args.scale}"
        url = schema.fresh_postgres(args.postgres, f"{name}_run", template=name)
        (instance / "config.py").write_text(f"DATABASE_URL = {url!r}\n")
    return instance, plain


class Run:
    """The servers of one run, the pages that are measured, and what was found."""

    #: what serves the site, and the bare page
    site_server, bare_server = staticmethod(site), staticmethod(bare)

    def __init__(self, args: argparse.Namespace, instance: Path, plain: Path, open_things: ExitStack) -> None:
        self.args, self.instance = args, instance
        self.facts = json.loads((instance / "facts.json").read_text())
        self.app = create_app(instance)
        cookie = {name: browsers.sign_in(self.app, number) for name, number in (("reader", READER), ("joiner", JOINER))}
        self.visitor = {"Sec-Fetch-Site": "same-origin"}  # as browsers say
        self.reader = {**self.visitor, "Cookie": cookie["reader"]}
        self.joiner = {**self.visitor, "Cookie": cookie["joiner"]}
        self.site = open_things.enter_context(self.site_server(instance, args.port, {}))
        self.bare_page, self.bare = self._bare(plain, open_things)
        self.pages = [page for page in self._pages() if not args.only or args.only in page.name]
        self.samples: dict[tuple[str, int], list[Sample]] = defaultdict(list)

    def _bare(self, plain: Path, open_things: ExitStack) -> tuple[Page, Server]:
        """The bare page reads a copy of the same posts, always on SQLite."""
        database = self.instance / "forum.sqlite"
        if not database.exists():
            shutil.copy(plain / "forum.sqlite", database)
            app = create_app(plain)
            database = plain / "forum.sqlite"
        else:
            app = self.app
        cookie = browsers.sign_in(app, READER) if app is not self.app else self.reader["Cookie"]
        server = open_things.enter_context(self.bare_server(database, KEY, self.instance / "bare.log"))
        paths = [f"/{slug}/{n}/2" for slug, n in self.facts["steady"]]
        return Page("bare", paths, {"Cookie": browsers.bare_cookie(KEY, cookie, app)}), server

    def _pages(self) -> list[Page]:
        """What is measured."""
        slug, n, last = self.facts["long"]
        far = self._far(slug)
        steady = [f"/groups/{slug}/topics/{n}?page=2" for slug, n in self.facts["steady"]]
        groups = [f"/groups/{slug}" for slug in self.facts["mine"]]
        end = f"/groups/{slug}/topics/{n}?page={-(-last // SIZE)}"
        public = [f"/groups/{slug}/topics/{n}?page=2" for slug, n in self.facts["public"]]
        big, number = self.facts["big"]
        gz = {"Accept-Encoding": "gzip"}
        return [
            Page("home", ["/"], self.reader),
            Page("home, 40 groups", ["/"], self.joiner),
            Page("group", groups, self.reader),
            Page("list of topics", [f"/groups/{slug}"], self.reader),
            *([Page("list, 100th page", [far], self.reader)] if far else []),
            *(Page(f"search, {name}", [f"/search?q={quote(words)}"], self.reader) for name, words in SEARCHES.items()),
            Page("topic", steady, self.reader),
            Page("topic, last of long", [end], self.reader),
            Page("topic, unchanged", [end], self.reader, 304),
            Page("topic, gzip", steady, {**self.reader, **gz}),
            Page("visitor: home", ["/"], self.visitor),
            Page("visitor: group", [f"/groups/{slug}" for slug in self.facts["open"]], self.visitor),
            Page("visitor: topic", public, self.visitor),
            Page("download 5 MB", [f"/groups/{big}/library/{number}/download"], self.reader),
        ]

    def _far(self, slug: str) -> str:
        """The address of the 100th page of a group's topics; none where there are fewer."""
        per_page = self.app.config["TOPICS_PER_PAGE"]
        listed = (
            sa.select(Topic.last_post_at, Topic.n)
            .join(Group, Group.id == Topic.group_id)
            .order_by(Topic.last_post_at.desc(), Topic.id.desc())
        )
        shown = listed.where(Group.slug == slug, Topic.deleted_at.is_(None), Topic.hidden_at.is_(None), ~Topic.pinned)
        with self.app.app_context():
            last = db.session.execute(shown.offset(per_page * 99 - 1).limit(1)).first()
        return f"/groups/{slug}?before={int(last[0].timestamp() * 1_000_000 + 0.5)}-{last[1]}" if last else ""

    @property
    def replies_path(self) -> str:
        """Where replies are posted to."""
        slug, n = self.facts["steady"][0]
        return f"/groups/{slug}/topics/{n}/replies"

    def figures(self) -> dict[str, Any]:
        """The medians, page by page."""
        rest = self.site.memory()
        facts = {page.name: self.look(page) for page in self.pages}
        facts["bare"] = self.look(self.bare_page, self.bare)
        for number in range(self.args.rounds):
            for connections in CONNECTIONS:
                self.round(connections)
            say(f"Round {number + 1} of {self.args.rounds}")
        after = self.site.memory()
        return report.figures(self.samples, facts, {"at rest": rest, "after": after}, self.facts)

    def look(self, page: Page, server: Server | None = None) -> dict[str, Any]:
        """What a page weighs and asks of the database. Raises RuntimeError when it is not what it should be."""
        server = server or self.site
        for path in page.paths:  # each once, so that what is read for the first time is not measured
            found = load.get(server, path, page.headers)
        if page.status == 304:
            found = self.known(server, page)
        if found.status != page.status:
            raise RuntimeError(f"{page.name}: {page.paths[-1]} answers {found.status}, not {page.status}")
        packed = load.get(server, page.paths[-1], {**page.headers, "Accept-Encoding": "gzip"})
        asked = statements.of(self.app, page) if server is self.site else []
        text = "" if page.name.startswith("download") else found.text
        return {"bytes": len(found.sent), "gzip": len(packed.sent), "posts": load.shown(text), "statements": len(asked)}

    def known(self, server: Server, page: Page) -> Any:
        """The answer to a reader who has the page as it is now: what they read meanwhile changes their rail."""
        fresh = {name: value for name, value in page.headers.items() if name != "If-None-Match"}
        page.headers = {**fresh, "If-None-Match": load.get(server, page.paths[0], fresh).headers.get("etag", "")}
        return load.get(server, page.paths[0], page.headers)

    def round(self, connections: int) -> None:
        """Each page once, the bare one before each third."""
        for at, page in enumerate(self.pages):
            if at % 3 == 0:
                self.take(self.bare, self.bare_page, connections)
            self.take(self.site, page, connections)
        if not self.pages:  # replies alone are compared with it too
            self.take(self.bare, self.bare_page, connections)
        if not self.args.only or self.args.only in "reply":
            number = 120 if connections == 1 else 240
            found = load.replies(self.site, self.replies_path, self.reader["Cookie"], connections, number)
            self.samples["reply", connections].append(found)

    def take(self, server: Server, page: Page, connections: int) -> None:
        """One measurement."""
        if page.status == 304 and self.known(server, page).status != 304:
            raise RuntimeError(f"{page.name} is sent anew")
        self.samples[page.name, connections].append(
            load.wrk(server, page, connections, self.args.seconds, self.instance)
        )


if __name__ == "__main__":
    sys.exit(main())
