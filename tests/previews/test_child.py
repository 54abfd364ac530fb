"""Programs that look at files are held tight, and what they say is not believed."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from forum.previews.child import MEGABYTE, Broke, Limits, Stopped, facts_of, lines_of
from forum.previews.keeping import Odd, lines, picture, whole, words_of
from tests.kit import samples
from tests.previews.test_turns import running, wait_for

TIGHT = Limits(cpu=2, memory=300 * MEGABYTE, output=MEGABYTE, silence=5, total=6)


def run(program: str, folder: Path, limits: Limits = TIGHT) -> list[bytes]:
    """The lines of a program in Python."""
    return list(lines_of([sys.executable, "-I", "-c", program], folder, limits, lambda: None))


def test_it_gets_none_of_the_secrets_of_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_SECRET_KEY", "not for others")
    said = b"\n".join(run("import os; print(os.environ, os.getcwd())", tmp_path)).decode()
    assert "not for others" not in said and str(tmp_path) in said


def test_it_has_no_network(tmp_path: Path) -> None:
    names = run(
        "import os; print(*os.listdir('/sys/class/net')) if 0 else print(open('/proc/net/dev').read())", tmp_path
    )
    others = [line for line in names if b":" in line and b"lo:" not in line]
    if others and os.geteuid() != 0:
        pytest.skip("this system does not let us cut the network off")
    assert others == []


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("x = bytes(10**9)", Broke),
        ("open('x', 'wb').write(bytes(5 * 10**6))", Broke),
        ("while True: pass", Stopped),
        ("import time; time.sleep(60)", Stopped),
        ("print('x' * 5 * 10**6); import time; time.sleep(1)", Broke),
        ("import os; os.kill(os.getpid(), 11)", Broke),
        ("import resource; resource.setrlimit(resource.RLIMIT_AS, (10**10, 10**10))", Broke),
    ],
    ids=["memory", "a large file", "busy", "idle", "talk without end", "a crash", "its own limits"],
)
def test_it_may_use_so_much_and_no_more(program: str, error: type[Exception], tmp_path: Path) -> None:
    if program.startswith("import resource") and os.geteuid() == 0:
        pytest.skip("root may lift limits")
    began = time.monotonic()
    with pytest.raises(error):
        run(program, tmp_path)
    assert time.monotonic() - began < 15


def test_what_it_started_goes_with_it(tmp_path: Path) -> None:
    mark = f"sleeper-{os.getpid()}-{time.monotonic_ns()}"
    start = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(90) # {mark}'], stdout=-3)"
    run(start, tmp_path)
    wait_for(lambda: not running(mark), 5)


@pytest.mark.parametrize("said", ["[1]", "{", "null"])
def test_a_line_that_is_no_object_ends_it(said: str, tmp_path: Path) -> None:
    with pytest.raises(Broke):
        list(facts_of([sys.executable, "-c", f"print('{said}')"], tmp_path, TIGHT, lambda: None))


@pytest.mark.parametrize("value", [0, 501, "1", 1.0, True, None, "../1", [1]])
def test_a_number_is_a_number_within_bounds(value: Any) -> None:
    with pytest.raises(Odd):
        whole(value, 1, 500)


def webp(width: int, height: int, **options: Any) -> bytes:
    """A picture as a worker makes it."""
    return samples.picture("WEBP", (width, height), **options)


@pytest.mark.parametrize(
    "content",
    [
        webp(800, 450), webp(1600, 900) + b"<script>", webp(1600, 900, lossless=True), webp(1600, 900, exif=b"Exif\0\0words"),
        samples.picture("PNG", (1600, 900)), b"", b"RIFF", webp(1600, 900)[:100],
    ],
    ids=["another size", "more behind it", "another form", "words in it", "another type", "nothing", "a head", "half"],
)  # fmt: skip
def test_only_a_plain_picture_of_the_right_size_is_kept(content: bytes, tmp_path: Path) -> None:
    place = tmp_path / "1-large.webp"
    place.write_bytes(webp(1600, 900))
    assert picture(place, (1600, 900)) and not place.exists()
    place.write_bytes(content)
    with pytest.raises(Odd):
        picture(place, (1600, 900))


def test_a_link_to_another_file_is_no_picture(tmp_path: Path) -> None:
    secret, place = tmp_path / "secret", tmp_path / "1-small.webp"
    secret.write_bytes(webp(640, 360))
    place.symlink_to(secret)
    with pytest.raises(Odd):
        picture(place)


def test_words_come_without_what_cannot_be_seen() -> None:
    said = {"title": "One\u202e\x00 two\n", "text": "·  First\n\n7\n\u200bplain\tline", "notes": 7}
    assert words_of(said, 7) == {"title": "One two", "text": "• First\nplain line"}
    long = words_of({"title": "many words " * 40}, 1)
    assert len(long["title"]) <= 141 and long["text"].startswith("many words many")
    assert lines("e\u0301") == "é"
