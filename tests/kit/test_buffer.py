"""Small facts are gathered, and none is lost."""

import contextlib
import os
import subprocess
import sys
import threading
import time

from forum.kit.buffer import Buffer


class Book:
    """What was written, batch by batch."""

    def __init__(self) -> None:
        self.batches: list[dict[str, int]] = []
        self.written = threading.Event()
        self.broken = False

    def write(self, entries: dict[str, int]) -> None:
        if self.broken:
            raise OSError("disk full")
        self.batches.append(entries)
        self.written.set()


def test_without_delay_each_value_is_written_at_once():
    book = Book()
    Buffer(book.write).put("a", 1)
    assert book.batches == [{"a": 1}]


def test_values_of_one_key_are_merged_and_written_together():
    book = Book()
    buffer = Buffer(book.write, merge=max, delay=60)
    for key, value in (("a", 3), ("b", 1), ("a", 2)):
        buffer.put(key, value)
    assert book.batches == []
    assert buffer.get("a") == 3
    buffer.flush_now()
    assert book.batches == [{"a": 3, "b": 1}]
    assert buffer.get("a") is None


def test_the_delay_passes_and_all_is_written_inside_around():
    book, opened = Book(), []

    @contextlib.contextmanager
    def around():
        opened.append(threading.current_thread())
        yield

    buffer = Buffer(book.write)
    buffer.configure(delay=0.05, around=around)
    buffer.put("a", 1)
    assert book.written.wait(5)
    assert book.batches == [{"a": 1}]
    assert opened[0] is not threading.current_thread()
    book.written.clear()
    buffer.put("a", 2)
    assert book.written.wait(5)


def test_many_entries_are_written_before_the_delay():
    book = Book()
    buffer = Buffer(book.write, delay=600, limit=3)
    for key in "abc":
        buffer.put(key, 1)
    assert book.written.wait(5)


def test_a_failed_write_is_tried_again_and_newer_values_win(caplog):
    book = Book()
    buffer = Buffer(book.write, delay=600)
    buffer.put("a", 1)
    buffer.put("b", 1)
    book.broken = True
    buffer.flush_now()
    assert "could not be written" in caplog.text
    book.broken = False
    buffer.put("a", 2)
    buffer.flush_now()
    assert book.batches == [{"a": 2, "b": 1}]


def test_there_is_a_bound():
    buffer = Buffer(Book().write, delay=600, limit=1)
    buffer.write = lambda entries: time.sleep(0.2)
    for number in range(100):
        buffer.put(str(number), number)
    assert len(buffer._waiting) <= 10


def test_threads_lose_nothing():
    total: dict[str, int] = {}
    buffer = Buffer(lambda entries: total.update({k: total.get(k, 0) + v for k, v in entries.items()}),
                    merge=lambda kept, new: kept + new, delay=0.001, limit=50)  # fmt: skip
    people = [threading.Thread(target=lambda: [buffer.put(str(n % 7), 1) for n in range(500)]) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    buffer.flush_now()
    assert sum(total.values()) == 2000


def test_what_waits_is_written_at_exit():
    script = "from forum.kit.buffer import Buffer; b = Buffer(print, delay=600); b.put('a', 1)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'a': 1}"


def test_a_forked_process_begins_empty_and_writes_its_own():
    book = Book()
    buffer = Buffer(book.write, delay=600)
    buffer.put("parent", 1)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        buffer.put("child", 1)
        buffer.flush_now()
        os.write(writing, repr(book.batches).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100).decode() == "[{'child': 1}]"
    os.close(reading)
    os.close(writing)
    buffer.flush_now()
    assert book.batches == [{"parent": 1}]
