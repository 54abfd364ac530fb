"""The servers that are measured: started, watched through /proc, ended by their numbers."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")
WORKERS, THREADS = 2, 4
START, END = 30, 25


@dataclass
class Server:
    """A running server: where it listens, and its processes."""

    port: int
    process: subprocess.Popen[bytes]

    def pids(self) -> list[int]:
        """Its master, its workers, and what they started."""
        return [self.process.pid, *descendants(self.process.pid)]

    def cpu(self) -> float:
        """CPU milliseconds that the processes which answer requests have used; the job consumer's are its own."""
        return sum(_used(pid) for pid in self.pids() if not _does_jobs(pid))

    def memory(self) -> dict[str, float]:
        """RSS and PSS of all its processes together, in MiB; a page shared by two counts half for each in PSS."""
        found = {"rss": 0.0, "pss": 0.0}
        for pid in self.pids():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    name = line.split(":")[0].lower()
                    if name in found:
                        found[name] += int(line.split()[1]) / 1024
        return found


def _does_jobs(pid: int) -> bool:
    """Whether it is the job consumer."""
    with contextlib.suppress(OSError):
        return b"worker\0--with-parent" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _used(pid: int) -> float:
    """User and system time of a process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(fields[at]) for at in (11, 12)) * 1000 / TICKS


def descendants(pid: int) -> list[int]:
    """Every process below one."""
    children: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                children += [int(child) for child in (task / "children").read_text().split()]
    return [one for child in children for one in (child, *descendants(child))]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running(
    command: list[str], port: int, ready: str, log: Path, environment: Mapping[str, str], seconds: float = START
) -> Iterator[Server]:
    """A server that answers in so many seconds; it is ended with the block, with all that it started."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out)
    server = Server(port, process)
    try:
        wait_for(server, ready, log, seconds)
        yield server
    finally:
        stop(server)


def wait_for(server: Server, path: str, log: Path, seconds: float) -> None:
    """Returns when the server answers. Raises RuntimeError with its log when it does not, in so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HERE, server.port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return
        time.sleep(0.05)
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-3000:]}")


def stop(server: Server) -> None:
    """Ends the server and what it started, politely, then firmly."""
    pids = server.pids()
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids if number == signal.SIGKILL else pids[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.process.wait(END)


def site(instance: Path, port: int, settings: Mapping[str, str]) -> contextlib.AbstractContextManager[Server]:
    """The site as `guildhall serve` runs it: gunicorn with threads, and the job consumer beside it."""
    shape = ["--port", str(port), "--workers", str(WORKERS), "--threads", str(THREADS)]
    command = [sys.executable, "-m", "forum.cli", "serve", "--instance", str(instance), *shape]
    return running(command, port, "/about/access", instance / "server.log", settings)


def bare(database: Path, key: str, log: Path) -> contextlib.AbstractContextManager[Server]:
    """The bare page, served in the same way."""
    port = free_port()
    shape = [
        "--workers",
        str(WORKERS),
        "--threads",
        str(THREADS),
        "--worker-class",
        "gthread",
        "--log-level",
        "warning",
    ]
    command = [sys.executable, "-m", "gunicorn", *shape, "--bind", f"{HERE}:{port}", "bench.bare:app"]
    return running(command, port, "/", log, {"BARE_DATABASE": str(database), "BARE_KEY": key})
