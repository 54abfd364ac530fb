"""A folder and a bucket keep bytes alike; where they can't be kept, nothing is half-kept, and that is said."""

import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from forum.kit.bucket import PART, Address, Bucket, Unreachable
from forum.kit.clock import now
from forum.kit.storage import Arrivals, copy_in
from forum.kit.store import Shelves, Store
from tests.bucket import KEY, SECRET, Seaweed

NOBODY = "0" * 40


def bucket_of(server: Seaweed, folder: Path, **other: str) -> Bucket:
    """The server's bucket, for someone who keeps what arrives in that folder."""
    said = {"bucket": server.bucket, "prefix": f"a/{folder.name}", "endpoint": server.endpoint, "region": "us-east-1"}
    return Bucket(folder, Address(**{**said, "key": KEY, "secret": SECRET, **other}))


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store with nothing in it."""
    if request.param == "folder":
        return Shelves(tmp_path)
    return bucket_of(request.getfixturevalue("seaweed"), tmp_path)


def keep(place: Store, content: bytes, key: str = "") -> str:
    place.prepare()
    return place.keep(copy_in(Arrivals(place.incoming, 2**30), io.BytesIO(content), "a.pdf"), key)


def exactly(stream: BinaryIO, count: int) -> bytes:
    """So many bytes of a stream, which may give fewer at a time."""
    found = b""
    while len(found) < count and (more := stream.read(count - len(found))):
        found += more
    return found


def test_what_is_kept_is_read_again_from_any_place_in_it(place: Store) -> None:
    content = os.urandom(200_000)
    key = keep(place, content)
    stream, size = place.open(key)
    with stream:
        assert (size, stream.read(9)) == (len(content), content[:9])
        assert stream.seek(150_000) == 150_000 and stream.read() == content[150_000:] and stream.read(1) == b""
        assert stream.seek(10) == 10 and exactly(stream, 100_000) == content[10:100_010] and stream.tell() == 100_010
    assert place.size(key) == len(content) and list(place.unfinished()) == []
    assert place.sha256(key) == place.sha256(keep(place, content))


def test_a_large_file_goes_in_parts(place: Store) -> None:
    content = os.urandom(2 * PART + 17)
    key = keep(place, content)
    with place.at_hand(key) as path:
        assert path.read_bytes() == content
    assert list(place.unfinished()) == []


def test_a_finished_file_is_kept_and_stays_where_it_is(place: Store) -> None:
    place.prepare()
    path = place.incoming / "finished"
    path.write_bytes(b"slides")
    key = place.add(path)
    assert path.read_bytes() == b"slides" and place.open(key)[0].read() == b"slides"


def test_it_lists_what_is_ours_with_size_and_age(place: Store, seaweed: Seaweed) -> None:
    key, picture = keep(place, b"slides"), keep(place, b"face", f"portraits/{'ab' * 12}.webp")
    if isinstance(place, Shelves):
        (place.folder / "making").mkdir()
        (place.folder / "making" / "quick.lock").touch()
    found = {stored.key: stored for stored in place.kept()}
    assert {name: stored.size for name, stored in found.items()} == {key: 6, picture: 4}
    assert all(abs(stored.at - now()) < timedelta(minutes=10) for stored in found.values())
    assert set(place.keys()) == {key, picture}


def test_what_is_not_there_is_said_to_be_missing_and_can_be_removed_again(place: Store) -> None:
    place.prepare()
    assert place.size(NOBODY) is None
    for ask in (place.open, place.sha256, lambda key: place.at_hand(key).__enter__()):
        with pytest.raises(FileNotFoundError):
            ask(NOBODY)
    key = keep(place, b"slides")
    for _ in range(2):
        place.remove(key)
    assert place.size(key) is None and list(place.keys()) == []


def test_a_folder_is_named_to_the_web_server_and_a_bucket_to_nobody(place: Store) -> None:
    assert place.beside("ab" * 20) == ("ab/" + "ab" * 20 if isinstance(place, Shelves) else "")


def test_another_prefix_is_another_store(seaweed: Seaweed, tmp_path: Path) -> None:
    mine, theirs = bucket_of(seaweed, tmp_path), bucket_of(seaweed, tmp_path, prefix="b")
    key = keep(mine, b"slides")
    assert theirs.size(key) is None and key not in set(theirs.keys())


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"key": "nobody"}, {"bucket": "no-such-bucket"}], ids=str)
def test_wrong_settings_are_a_failure_and_keep_nothing(wrong: dict[str, str], seaweed: Seaweed, tmp_path: Path) -> None:
    place = bucket_of(seaweed, tmp_path, **wrong)
    for ask in (place.check, lambda: list(place.kept()), lambda: keep(place, b"slides")):
        with pytest.raises(OSError, match="bucket"):
            ask()
    assert [path.read_bytes() for path in place.unfinished()] in ([], [b"slides"])


def test_a_server_that_is_gone_is_a_failure_until_it_is_back(mortal: Seaweed, tmp_path: Path) -> None:
    place = bucket_of(mortal, tmp_path)
    key = keep(place, b"slides")
    mortal.stop()
    asked: list[Any] = [lambda: keep(place, b"more"), lambda: place.open(key), lambda: place.size(key), place.check]
    for ask in asked:
        with pytest.raises(Unreachable):
            ask()
    place.remove(key)  # what can't be removed now is found later
    mortal.start()
    assert place.open(key)[0].read() == b"slides"


FORKS = """
import os, sys
from forum.kit.bucket import Address, Bucket
place = Bucket(sys.argv[1], Address(*sys.argv[2:]))
place.prepare()
(place.incoming / "finished").write_bytes(b"slides")
child = os.fork()
if not child:
    place.add(place.incoming / "finished")
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_nothing_is_opened_before_a_server_forks_its_workers(seaweed: Seaweed, tmp_path: Path) -> None:
    """The client's threads would not live through it, and the worker would wait for them for ever."""
    place = bucket_of(seaweed, tmp_path)
    command = [sys.executable, "-c", FORKS, str(tmp_path), *place.address]
    assert subprocess.run(command, timeout=120, check=False).returncode == 0
    assert len(list(place.keys())) == 1
