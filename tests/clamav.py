"""A real clamd, with one signature of our own: it takes files that say so for infected."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from forum.kit import clamd

#: what our signature finds
VIRUS = b"a virus, as the tests know it"
NAME = "Guildhall.Tests"


class Clamd:
    """A scanner on a socket of its own."""

    def __init__(self, program: str) -> None:
        self.program, self.folder = program, Path(tempfile.mkdtemp(prefix="clamd-"))
        self.url = f"unix:{self.folder}/socket"
        (self.folder / "ours.ndb").write_text(f"{NAME}:0:*:{VIRUS.hex()}\n")
        settings = {"LocalSocket": f"{self.folder}/socket", "DatabaseDirectory": self.folder, "Foreground": "yes"}
        settings |= {"PidFile": f"{self.folder}/pid", "TemporaryDirectory": self.folder, "StreamMaxLength": "1M"}
        (self.folder / "conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        said = (self.folder / "log").open("ab")
        command = [self.program, f"--config-file={self.folder / 'conf'}"]
        self.running = subprocess.Popen(command, stdout=said, stderr=said)
        until = time.monotonic() + 120
        while True:
            try:
                return clamd.check(self.url)
            except OSError:
                alive = self.running.poll() is None and time.monotonic() < until
                assert alive, (self.folder / "log").read_text()
                time.sleep(0.1)

    def stop(self) -> None:
        """Ends it."""
        if self.running is not None:
            self.running.send_signal(signal.SIGCONT)
            self.running.kill()
            self.running.wait()
            (self.folder / "socket").unlink(missing_ok=True)

    def pause(self) -> None:
        """Takes connections from now on, and says nothing."""
        assert self.running
        self.running.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Answers again."""
        assert self.running
        self.running.send_signal(signal.SIGCONT)


@pytest.fixture
def scanner() -> Iterator[Clamd]:
    """A scanner that runs. Skips a test where there is none, and fails it in the full run."""
    program = shutil.which("clamd") or shutil.which("/usr/sbin/clamd")
    missing = "no clamd on this machine: apt-get install --no-install-recommends clamav-daemon"
    if not program and os.environ.get("CI") != "true":
        pytest.skip(missing)
    assert program, missing
    made = Clamd(program)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(made.folder)
