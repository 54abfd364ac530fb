"""The queue of the jobs: how one is asked for, and what it is kept in."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from forum.kit.db import safe_wal

log = logging.getLogger(__name__)

Job = Callable[[], None]
#: seconds between two entries of the same job, of one process: a reply took a fifteenth of its time to make one
PAUSE = 1.0


class Jobs:
    """The jobs of one app. Its queue is opened at first use, so in each process anew."""

    def __init__(self, app: Flask, jobs: Sequence[tuple[Job, Any]]) -> None:
        self.app, self.jobs = app, jobs
        self._queue: Huey | None = None
        self._tasks: dict[Job, Any] = {}
        self._opening, self._lock = threading.Lock(), threading.Lock()
        self._asked: dict[Job, float] = {}
        self._late: set[Job] = set()

    @property
    def queue(self) -> Huey:
        """The queue, with every job on it."""
        with self._opening:
            if self._queue is None:
                self._queue = queue_of(self.app)
                for job, times in self.jobs:
                    self._tasks[job] = self._queue.task(name=job.__name__)(self._inside(job))
                    self._queue.periodic_task(times, name=f"{job.__name__}_in_time")(self._inside(job))
            return self._queue

    def ask(self, job: Job) -> None:
        """Nothing; some worker does the job soon. A queue that can't be reached is no harm: the job comes by itself.

        What is asked for again within PAUSE is put there once more when that is over: a job looks for all there is.
        """
        with self._lock:
            if job in self._late:
                return
            pause = self._asked.get(job, -PAUSE) + PAUSE - time.monotonic()
            if pause > 0:
                self._late.add(job)
            else:
                self._asked[job] = time.monotonic()
        if pause > 0:
            late = threading.Timer(pause, self._ask_late, [job])
            late.daemon = True
            late.start()
        else:
            self._put(job)

    def _ask_late(self, job: Job) -> None:
        with self._lock:
            self._late.discard(job)  # before it is put there: who asks from now on may have come too late for it
            self._asked[job] = time.monotonic()
        self._put(job)

    def _put(self, job: Job) -> None:
        try:
            if self.queue:
                self._tasks[job]()
        except Exception:
            log.exception("%s waits until it comes by itself", job.__name__)

    def _inside(self, job: Job) -> Job:
        def run() -> None:
            with self.app.app_context():
                job()

        return run


def queue_of(app: Flask) -> Huey:
    """The queue of an app: in Redis where REDIS_URL says so, else in instance/jobs.sqlite. What is on it is signed."""
    signed = SignedSerializer(secret=app.config["SECRET_KEY"], salt="guildhall jobs")
    if app.config["REDIS_URL"]:
        return RedisHuey("guildhall", url=app.config["REDIS_URL"], serializer=signed, results=False)
    path = Path(app.instance_path) / "jobs.sqlite"
    journal = "wal" if safe_wal(sqlite3.sqlite_version_info) else "delete"
    return SqliteHuey(
        "guildhall", filename=str(path), journal_mode=journal, fsync=False, serializer=signed, results=False
    )
