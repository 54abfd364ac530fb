"""A program at work on a file that may be hostile: limited, watched, and gone at the end with all that it started."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from forum.kit import confined

WORKERS = Path(__file__).with_name("workers")
CONFINED = str(confined.__file__)
MEGABYTE = 1024**2
#: how the system stops what uses too much processor time
TOO_MUCH = (signal.SIGXCPU, signal.SIGKILL)
#: bytes of one line, and seconds between two looks at the clock
LONGEST_LINE, LOOK = 512 * 1024, 1.0


class Limits(NamedTuple):
    """What one program may use: processor seconds, bytes of memory and of one file, and seconds of waiting for it."""

    cpu: int
    memory: int
    output: int
    #: seconds without a word, and in all
    silence: float
    total: float


class Stopped(Exception):
    """The program took too long, or used more than it may."""


class Broke(Exception):
    """The program ended before it was done."""


def worker(name: str, *arguments: object) -> list[str]:
    """The command of one of our own programs, which import nothing of the house."""
    return [sys.executable, "-I", str(WORKERS / f"{name}.py"), *map(str, arguments)]


def facts_of(command: list[str], folder: Path, limits: Limits, beat: Callable[[], None]) -> Generator[dict[str, Any]]:
    """The lines of JSON that a program says, as they come. `beat` is called every second meanwhile.

    Raises Stopped, Broke; and what `beat` raises. The program and all that it started are gone afterwards.
    """
    for line in lines_of(command, folder, limits, beat):
        try:
            said = json.loads(line)
        except ValueError as error:
            raise Broke("it said what is no JSON") from error
        if not isinstance(said, dict):
            raise Broke("it said what is no object")
        yield said


def lines_of(command: list[str], folder: Path, limits: Limits, beat: Callable[[], None]) -> Iterator[bytes]:
    """The lines that a program writes. Raises Stopped, Broke."""
    bounds = map(str, (os.getpid(), limits.cpu, limits.memory, limits.output))
    running = subprocess.Popen(  # noqa: S603 (our own words; the file's name is ours too)
        [sys.executable, "-I", CONFINED, *bounds, *command], cwd=folder, env=surroundings(folder),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield from _read(running, limits, beat)
        ended = running.wait(timeout=limits.silence)
    except subprocess.TimeoutExpired as error:
        raise Stopped("it did not end") from error
    finally:
        _end(running)
    if -ended in TOO_MUCH:
        raise Stopped(f"it was stopped by signal {-ended}")
    if ended:
        raise Broke(f"it left with {ended}")


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a program: none of the site's secrets, no proxy, and no place but its own folder."""
    home = str(folder)
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), "http://127.0.0.1:9")
    return {"PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", **nowhere}


def _read(running: Any, limits: Limits, beat: Callable[[], None]) -> Iterator[bytes]:
    """Whole lines, until the program closes its end."""
    began = heard = time.monotonic()
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(running.stdout, selectors.EVENT_READ)
        while True:
            if selector.select(LOOK):
                block = os.read(running.stdout.fileno(), 65_536)
                heard = time.monotonic()
                if not block:
                    return
                *lines, rest = (rest + block).split(b"\n")
                yield from lines
            beat()
            if len(rest) > LONGEST_LINE:
                raise Broke("it said too much")
            if time.monotonic() - heard > limits.silence or time.monotonic() - began > limits.total:
                raise Stopped("it took too long")


def _end(running: Any) -> None:
    """Kills the program with all that it started, and takes leave of it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    running.stdout.close()
