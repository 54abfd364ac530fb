"""The site served: gunicorn in this process, and the job consumer in a process beside it."""

import contextlib
import errno
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from forum import create_app

#: seconds that requests have to end after SIGTERM; then seconds for a job that runs
REQUESTS_END, JOBS_END = 20, 8
IN_USE = "Port {port} on {host} is in use: stop what runs there, or choose another with --port."


def bound(host: str, port: int) -> socket.socket:
    """A socket of that address. Raises ClickException when it can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        used = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = IN_USE.format(port=port, host=host) if used else f"Can't listen on {host}, port {port}: {error}"
        raise click.ClickException(why) from error
    return listener


class Beside:
    """The job consumer, kept running in a process of its own for as long as the site is served."""

    def __init__(self, instance: Path) -> None:
        self.command = [
            sys.executable,
            "-m",
            "forum.cli",
            "worker",
            "--with-parent",
            str(os.getpid()),
            "--instance",
            str(instance),
        ]
        self.stopping = threading.Event()
        self.pid: int | None = None

    def start(self) -> None:
        """Starts it, and starts it again whenever it ends."""
        threading.Thread(target=self._keep, name="jobs", daemon=True).start()

    def _keep(self) -> None:
        while not self.stopping.is_set():
            # not Popen: the pipe it waits on is inherited by a worker that gunicorn forks meanwhile, and never closes
            self.pid = os.posix_spawn(self.command[0], self.command, os.environ, setsid=True)
            while alive(self.pid) and not self.stopping.wait(0.5):
                pass  # not waitpid without end: gunicorn takes leave of every child too, and may be first
            self.stopping.wait(5)

    def stop(self) -> None:
        """Lets the job that runs come to its end, for JOBS_END seconds."""
        self.stopping.set()
        if self.pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        end = time.monotonic() + JOBS_END
        while time.monotonic() < end and alive(self.pid):
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether a child of ours still runs; one that ended is taken leave of."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


class Site(BaseApplication):  # type: ignore[misc]
    """Our site as gunicorn runs it: each worker makes an app of its own."""

    def __init__(self, instance: Path, settings: dict[str, Any]) -> None:
        self.instance, self.settings = instance, settings
        super().__init__()

    def load_config(self) -> None:
        """Hands our settings to gunicorn, which asks for them so."""
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The app of one worker."""
        return create_app(self.instance)


#: when Python's collector looks for circles: at so many more objects made than let go, and how seldom at older ones.
#: With its own 700 it looked several times a page, which took up to a tenth of the page's time (bench/README.md)
COLLECT = 20_000, 20, 20


def keep_shared() -> None:
    """From now on the collector leaves alone what is there: memory stays shared with the processes that are forked."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def serve(listener: socket.socket, instance: Path, workers: int, threads: int, ready: Callable[[], None]) -> None:
    """Serves until SIGTERM or Ctrl+C, then leaves the process. Calls ready once connections are taken."""
    beside = Beside(instance)

    def begin(_server: object) -> None:
        if sys.stdin.isatty():
            signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        beside.start()
        keep_shared()
        ready()

    settings = {
        "bind": f"fd://{listener.fileno()}", "workers": workers, "threads": threads, "worker_class": "gthread",
        "graceful_timeout": REQUESTS_END, "timeout": 120, "preload_app": False, "control_socket_disable": True,
        "secure_scheme_headers": {}, "loglevel": "warning", "proc_name": "guildhall",
        "when_ready": begin, "post_worker_init": lambda _worker: keep_shared(),
        "on_exit": lambda _server: beside.stop(),
    }  # fmt: skip
    Site(instance, settings).run()
