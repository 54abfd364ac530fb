"""Counts instructions a page takes, and the bare page: `python -m bench.instructions [--scale 10] [--only home]`.

Both are served as in bench.run, under valgrind's callgrind, and asked one after the other over one connection. The
counts don't change with what else the machine does, nor from day to day: they tell a change of one in a hundred, where
times on a shared machine can't tell one in five. They aren't time: what waits for memory takes longer than they say.
"""

import argparse
import http.client
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import load
from bench.generate import OUT, say
from bench.load import Page
from bench.run import PORT, Run, copy_of
from bench.servers import HERE, Server, free_port, running

#: pages asked for before it counts, so that all is remembered that will be; and counted
WARM, COUNTED = 40, 40
#: seconds a worker has to start
START = 600
#: of the pages that have many addresses, so many are asked for in turn
ADDRESSES = 8


def main() -> None:
    """Counts, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--only", help="pages whose names hold this")
    parser.add_argument("--port", type=int, default=PORT)
    args = parser.parse_args()
    args.postgres = None
    instance, plain = copy_of(args, "sqlite")
    with ExitStack() as open_things:
        run = Counted(args, instance, plain, open_things)
        say("Both are served")
        bare = counted(run.bare, run.bare_page)
        print(f"{'page':22}{'thousands':>10}{'x bare':>8}\n{'bare':22}{bare:10.0f}{1:8.2f}")
        for page in run.pages:
            if page.status == 200 and not page.name.startswith("download"):  # which waits for disks, not for us
                said(page.name, counted(run.site, page), bare)
        if not args.only or args.only in "reply":
            said("reply", replied(run.site, run), bare)


def said(name: str, took: float, bare: float) -> None:
    """A line of the table."""
    print(f"{name:22}{took:10.0f}{took / bare:8.2f}", flush=True)


def watched(log: Path, port: int, ready: str, settings: Mapping[str, str], *instance: str) -> Any:
    """A worker under callgrind."""
    under = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts_of(port)}"]
    return running(
        [*under, sys.executable, "-m", "bench.alone", str(port), *instance], port, ready, log, settings, START
    )


def counts_of(port: int) -> Path:
    """Where the counts of the worker at that port go; each dump's name has a number behind it."""
    return OUT / "run" / f"counts-{port}"


class Counted(Run):
    """A run whose servers are single workers under callgrind."""

    @staticmethod
    def site_server(instance: Path, port: int, settings: Mapping[str, str]) -> Any:
        """The site."""
        return watched(instance / "site.log", port, "/about/access", settings, str(instance))

    @staticmethod
    def bare_server(database: Path, key: str, log: Path) -> Any:
        """The bare page."""
        return watched(log, free_port(), "/", {"BARE_DATABASE": str(database), "BARE_KEY": key})


def counted(server: Server, page: Page) -> float:
    """Thousands of instructions, ours and not the system's, that a server takes for one such page."""
    connection = http.client.HTTPConnection(HERE, server.port, timeout=120)
    ask(connection, page.paths[:ADDRESSES], page.headers, WARM)
    dumped(server)
    ask(connection, page.paths[:ADDRESSES], page.headers, COUNTED)
    took = dumped(server)
    connection.close()
    return took / COUNTED / 1000


def replied(server: Server, run: Counted) -> float:
    """The same for a reply."""
    path, cookie = run.replies_path, run.reader["Cookie"]
    load.replies(server, path, cookie, 1, WARM)
    dumped(server)
    load.replies(server, path, cookie, 1, COUNTED)
    return dumped(server) / COUNTED / 1000


def ask(connection: http.client.HTTPConnection, paths: list[str], headers: Mapping[str, str], number: int) -> None:
    """Asks for so many pages. Raises RuntimeError at one that is not there."""
    for at in range(number):
        connection.request("GET", paths[at % len(paths)], headers=dict(headers))
        reply = connection.getresponse()
        reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{paths[at % len(paths)]} answers {reply.status}")


def dumped(server: Server) -> int:
    """How many instructions it has taken since this was asked last."""
    command = ["callgrind_control", "--dump", str(server.process.pid)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    file = counts_of(server.port)
    newest = max(file.parent.glob(f"{file.name}.*"), key=lambda dump: int(dump.suffix[1:]))
    return int(next(line for line in newest.read_text().splitlines() if line.startswith("totals:")).split()[1])


if __name__ == "__main__":
    if not shutil.which("valgrind"):
        sys.exit("This needs valgrind: apt install valgrind")
    main()
