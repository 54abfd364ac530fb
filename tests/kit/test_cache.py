"""What was asked lately is remembered, and no more than that."""

import threading

import pytest

from forum.kit.cache import Lru


def test_the_entry_unused_for_longest_goes_first():
    kept: Lru[str, int] = Lru(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c"), len(kept)) == (1, None, 3, 2)


def test_entries_grow_old():
    time = [0.0]
    kept: Lru[str, int] = Lru(10, ttl=5, clock=lambda: time[0])
    kept.put("a", 1)
    time[0] = 4.9
    assert kept.get("a") == 1
    time[0] = 5
    assert kept.get("a") is None
    assert len(kept) == 0


def test_things_are_made_once_until_dropped():
    made: list[int] = []
    kept: Lru[str, int] = Lru(10)

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept.get_or_make("a", make) for _ in range(3)] == [1, 1, 1]
    kept.drop("a")
    kept.drop("never there")
    assert kept.get_or_make("a", make) == 2
    kept.clear()
    assert kept.get("a") is None


def test_a_memory_holds_at_least_one():
    with pytest.raises(ValueError, match="at least 1"):
        Lru(0)


def test_many_threads_never_exceed_the_bound():
    kept: Lru[int, int] = Lru(50)

    def work(start: int) -> None:
        for number in range(start, start + 2000):
            kept.put(number % 300, number)
            kept.get((number * 7) % 300)

    threads = [threading.Thread(target=work, args=(n * 31,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 50


def test_many_are_asked_for_at_once_and_only_what_is_missing_is_made():
    kept, asked = Lru(10), []

    def make(missing):
        asked.append(missing)
        return {name: name * 2 for name in (*missing, 7)}

    kept.put(("key", 1), 100)
    keys = {name: ("key", name) for name in (0, 1, 2)}
    assert kept.all_or_make(keys, make) == {0: 0, 1: 100, 2: 4}
    assert kept.all_or_make(keys, make) == {0: 0, 1: 100, 2: 4}, "what is 0 is kept too"
    assert asked == [[0, 2]]
    assert kept.all_or_make({7: ("key", 7)}, make) == {7: 14}, "what was not asked for had no key to be kept under"


def test_more_than_was_missing_may_be_made_and_the_newest_stays():
    kept = Lru(10)
    kept.put("one", 1)
    made = kept.all_or_make({1: "one", 2: "two"}, lambda _missing: {1: 10, 2: 20})
    assert made == {1: 10, 2: 20}
    assert (kept.get("one"), kept.get("two")) == (10, 20)


def test_what_cannot_be_made_is_left_out():
    assert Lru(10).all_or_make({1: "one"}, lambda _missing: {}) == {}
