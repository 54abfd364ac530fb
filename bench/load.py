"""Load on a server: wrk for pages, a bounded client of our own for replies; and what a page brings with it."""

import gzip
import http.client
import json
import re
import secrets
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from bench.servers import HERE, Server

#: tells the sum of a run as JSON, and goes through the addresses in turn
SCRIPT = """
local paths, at = {}, 0
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
request = function() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests": %d, "bytes": %d, "p50": %.3f, "p99": %.3f, "seconds": %.4f, "bad": %d}\\n',
    summary.requests, summary.bytes, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


#: seconds for a page of which none came in the usual time
SLOW = 10


@dataclass
class Page:
    """What is asked for: addresses in turn, with headers; its answer should have this status."""

    name: str
    paths: Sequence[str]
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    note: str = ""


@dataclass
class Sample:
    """One measurement: CPU and p50 in milliseconds a request, requests a second."""

    cpu: float
    rate: float
    p50: float
    p99: float


def wrk(server: Server, page: Page, connections: int, seconds: float, folder: Path) -> Sample:
    """A run of wrk against a server. Raises RuntimeError when an answer was an error."""
    script, paths = folder / "wrk.lua", folder / "paths.txt"
    script.write_text(SCRIPT)
    paths.write_text("\n".join(page.paths) + "\n")
    environment = {"BENCH_PATHS": str(paths)}
    headers = [part for name, value in page.headers.items() for part in ("-H", f"{name}: {value}")]
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "-s",
        str(script),
        *headers,
        f"http://{HERE}:{server.port}/",
    ]
    before = server.cpu()
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=60)
    used = server.cpu() - before
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    if not found["requests"] and seconds < SLOW:  # none came in time: give it more
        return wrk(server, page, connections, SLOW, folder)
    if found["bad"] or not found["requests"]:
        raise RuntimeError(f"{page.name}: {found['bad']} of {found['requests']} answers were errors")
    return Sample(used / found["requests"], found["requests"] / found["seconds"], found["p50"], found["p99"])


@dataclass
class Answer:
    """One answer: its status, its headers in small letters, its bytes as they came and unpacked."""

    status: int
    headers: dict[str, str]
    sent: bytes

    @property
    def text(self) -> str:
        """The page."""
        body = gzip.decompress(self.sent) if self.headers.get("content-encoding") == "gzip" else self.sent
        return body.decode()


def get(server: Server, path: str, headers: dict[str, str]) -> Answer:
    """One answer of the server."""
    connection = http.client.HTTPConnection(HERE, server.port, timeout=120)
    connection.request("GET", path, headers=headers)
    reply = connection.getresponse()
    found = Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
    connection.close()
    return found


LIST = "We tried this in our team, and **three things** helped.\n\n- {}\n- Write it on one page\n- Read it aloud\n\n"
TEXT = LIST + "The first week was slow, but then people began to use it in their meetings and to bring questions. " * 3


def replies(server: Server, path: str, cookie: str, people: int, number: int) -> Sample:
    """Posts that many replies by so many browsers at once, each waiting for its answer."""
    headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    times: list[float] = []

    def browse() -> None:
        connection = http.client.HTTPConnection(HERE, server.port, timeout=120)
        for _ in range(number // people):
            key = secrets.token_hex(8)
            begun = time.perf_counter()
            connection.request("POST", path, urlencode({"key": key, "body": TEXT.format(key)}), headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status != 303:
                raise RuntimeError(f"A reply was answered by {reply.status}")
            times.append((time.perf_counter() - begun) * 1000)
        connection.close()

    before, begun = server.cpu(), time.perf_counter()
    threads = [threading.Thread(target=browse) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, used = time.perf_counter() - begun, server.cpu() - before
    if len(times) != number // people * people:
        raise RuntimeError("Not every reply was posted")
    return Sample(used / len(times), len(times) / seconds, median(times), sorted(times)[int(len(times) * 0.99) - 1])


def shown(page: str) -> int:
    """How many posts stand on a page."""
    return len(re.findall(r'<article [^>]*id="post-\d+"', page))
