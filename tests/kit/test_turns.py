"""Whose turn it is to write: fairly between processes, and never lost with one that dies."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from forum.kit import turns
from forum.kit.turns import Turn

HOLDS = """
import sys, time
from forum.kit.turns import Turn
turn = Turn(sys.argv[1])
turn.take(1)
print("ready", flush=True)
time.sleep(60)
"""


FORKS = """
import os, sys
from forum.kit.turns import turn_of
turn = turn_of(sys.argv[1])
assert turn.take(1)
child = os.fork()
if not child:
    mine = turn_of(sys.argv[1])
    os._exit(0 if mine is not turn and not mine.take(0.05) else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture
def place(tmp_path):
    return str(tmp_path / "forum.sqlite")


def test_who_waits_comes_before_who_had_it(place):
    """Two of these on one file are as two processes: each has files of its own open."""
    greedy, patient = Turn(place), Turn(place)
    order = []

    def wait():
        assert patient.take(5)
        order.append("patient")
        patient.give_back()

    assert greedy.take(5)
    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.2)
    assert order == []
    greedy.give_back()
    assert greedy.take(5)
    order.append("greedy")
    greedy.give_back()
    waiting.join()
    assert order == ["patient", "greedy"]


def test_threads_of_one_process_have_one_turn(place):
    turn = turns.turn_of(place)
    assert turns.turn_of(place) is turn
    assert turn.take(5)
    assert not turn.take(0.05)
    turn.give_back()
    assert turn.take(0.05)
    turn.give_back()


def test_who_waits_too_long_gives_up_and_is_in_nobodys_way(place):
    holder, other, third = Turn(place), Turn(place), Turn(place)
    assert holder.take(1)
    begun = time.monotonic()
    assert not other.take(0.1)
    assert 0.1 <= time.monotonic() - begun < 5
    assert not third.take(0.05)
    holder.give_back()
    assert third.take(0.05)
    third.give_back()
    assert other.take(0.05)
    other.give_back()


def test_the_turn_of_a_process_that_is_killed_is_free(place):
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, place], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"ready\n"
        assert not Turn(place).take(0.05)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert Turn(place).take(0.05)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_a_child_has_a_turn_of_its_own(place):
    """Else both could hold it at the same time: a lock belongs to the open file, which a child shares."""
    assert subprocess.run([sys.executable, "-c", FORKS, place], check=False, timeout=60).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_what_root_makes_belongs_to_whom_the_database_belongs_to(place):
    Path(place).touch()
    os.chown(place, 65_534, 65_534)
    turn = Turn(place)
    assert turn.take(1)
    turn.give_back()
    assert {Path(f"{place}{end}").stat().st_uid for end in ("-next", "-turn")} == {65_534}


def open_files(place):
    """What this process has open beside that database: `-next`, `-turn`."""
    names = [str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    return sorted(name.removeprefix(place) for name in names if name in (f"{place}-next", f"{place}-turn"))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells what is open")
def test_files_are_let_go_with_the_last_connection(place):
    one, two = (turns.sqlite.connect(place, isolation_level=None, factory=turns.Connection) for _ in range(2))
    one.close()
    del one
    two.begin()
    two.commit()
    assert open_files(place) == ["-next", "-turn"]
    two.close()
    del two
    gc.collect()
    assert open_files(place) == []


def test_a_database_in_memory_leaves_no_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    connection = turns.sqlite.connect(":memory:", isolation_level=None, factory=turns.Connection)
    connection.begin()
    connection.commit()
    connection.close()
    assert list(tmp_path.iterdir()) == []
