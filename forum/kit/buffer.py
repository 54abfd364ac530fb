"""A write-behind buffer: many small facts (last read, last used) written together, a moment later."""

import atexit
import contextlib
import logging
import os
import threading
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
log = logging.getLogger(__name__)


class Buffer(Generic[K, V]):
    """Gathers values by key and hands them to write, all at once, after delay seconds or when there are limit of them.

    merge(kept, new) decides between two values of one key; without it the newer stays. For many threads, and after a
    fork each process begins empty. With delay 0, as at first, put writes at once, in the caller's own thread.
    A write that fails is logged and tried again with the next; above ten times limit, new keys are let go.
    """

    _waiting: dict[K, V]
    _going: dict[K, V]
    _timer: threading.Timer | None

    def __init__(self, write: Callable[[dict[K, V]], None], merge: Callable[[V, V], V] | None = None,
                 delay: float = 0, limit: int = 500) -> None:  # fmt: skip
        self.write, self.merge, self.delay, self.limit = write, merge, delay, limit
        self.around: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext
        self._begin_empty()
        mine = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _call(mine, Buffer._begin_empty))
        atexit.register(lambda: _call(mine, Buffer.flush_now))

    def configure(self, delay: float, around: Callable[[], AbstractContextManager[object]] | None = None) -> None:
        """Sets the delay in seconds, and what must be open around a later write (such as app.app_context)."""
        self.delay = delay
        self.around = around or contextlib.nullcontext

    def put(self, key: K, value: V) -> None:
        """Keeps the value until it is written."""
        if self.delay <= 0:
            self.write({key: value})
            return
        with self._lock:
            self._keep(key, value)
            self._set_timer()

    def get(self, key: K) -> V | None:
        """What waits to be written under the key, if anything."""
        with self._lock:
            waiting = self._waiting.get(key)
            return self._going.get(key) if waiting is None else waiting

    def flush_now(self) -> None:
        """Writes all that waits, in this thread, inside around. One at a time."""
        with self._one_at_a_time:
            entries = self._take()
            if not entries:
                return
            try:
                with self.around():
                    self.write(entries)
            except Exception:  # whatever stopped it, the entries stay for the next time
                log.exception("%s entries could not be written; they wait for the next time", len(entries))
                self._put_back(entries)
            with self._lock:
                self._going = {}

    def _begin_empty(self) -> None:
        self._lock, self._one_at_a_time = threading.Lock(), threading.Lock()
        self._waiting = {}
        self._going = {}
        self._timer = None

    def _keep(self, key: K, value: V) -> None:
        if key in self._waiting:
            self._waiting[key] = self.merge(self._waiting[key], value) if self.merge else value
        elif len(self._waiting) < self.limit * 10:
            self._waiting[key] = value

    def _set_timer(self) -> None:
        """Starts the timer at the first entry, and a timer of no time when there are many."""
        full = len(self._waiting) >= self.limit
        if self._timer is not None and not (full and self._timer.interval > 0):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(0 if full else self.delay, self.flush_now)
        self._timer.daemon = True
        self._timer.start()

    def _take(self) -> dict[K, V]:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None
            self._going, self._waiting = self._waiting, {}
            return dict(self._going)

    def _put_back(self, entries: dict[K, V]) -> None:
        with self._lock:
            newer, self._waiting = self._waiting, entries
            for key, value in newer.items():
                self._keep(key, value)


def _call(reference: "weakref.ref[Buffer[K, V]]", method: Callable[[Buffer[K, V]], None]) -> None:
    buffer = reference()
    if buffer is not None:
        method(buffer)
