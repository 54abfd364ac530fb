"""A small memory of what was asked lately."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
N = TypeVar("N", bound=Hashable)


class Lru(Generic[K, V]):
    """Keeps the entries used most lately, at most max_entries, each for at most ttl seconds. For many threads."""

    def __init__(self, max_entries: int, ttl: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        if max_entries < 1:
            raise ValueError("max_entries must be at least 1")
        self.max_entries, self.ttl, self.clock = max_entries, ttl, clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """What is kept under the key and still fresh, else None."""
        with self._lock:
            return self._fresh(key)

    def _fresh(self, key: K) -> V | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if self.ttl is not None and self.clock() - entry[0] >= self.ttl:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, key: K, value: V) -> None:
        """Keeps the value; lets go of the entry unused for longest when there are too many."""
        with self._lock:
            self._entries[key] = (self.clock(), value)
            self._entries.move_to_end(key)
            while len(self._entries) > self.max_entries:
                self._entries.popitem(last=False)

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """What is kept, else what make gives, kept from now on. Two threads may make it at the same time."""
        with self._lock:
            kept = self._fresh(key)
        if kept is None:
            kept = make()
            self.put(key, kept)
        return kept

    def all_or_make(self, keys: Mapping[N, K], make: Callable[[list[N]], Mapping[N, V]]) -> dict[N, V]:
        """What is kept for each of these names, by their keys. `make` gives what isn't, at once, and it is kept.

        It may give more than it is asked for; of that, what has a key here is kept and given too.
        """
        found: dict[N, V] = {}
        with self._lock:
            oldest = float("-inf") if self.ttl is None else self.clock() - self.ttl
            for name, key in keys.items():  # not _fresh: this is run through for each group and row of a page
                entry = self._entries.get(key)
                if entry is not None and entry[0] > oldest:
                    self._entries.move_to_end(key)
                    found[name] = entry[1]
        if len(found) == len(keys):
            return found
        for name, value in make([name for name in keys if name not in found]).items():
            if name in keys:
                self.put(keys[name], value)
                found[name] = value
        return {name: found[name] for name in keys if name in found}

    def drop(self, key: K) -> None:
        """Forgets the key, if it is there."""
        with self._lock:
            self._entries.pop(key, None)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)
