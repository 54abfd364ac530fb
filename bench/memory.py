"""How much a worker grows while one large file goes up and comes down: `python -m bench.memory --megabytes 500`.

Serves an instance of its own on the loopback with gunicorn, and removes it afterwards. Linux: it reads /proc.
"""

import argparse
import http.client
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from forum import create_app
from forum.kit import ids
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Group, Kind, Membership, Session, Standing, User

HOUSE = Path(__file__).resolve().parent.parent
MEGABYTE = 1024 * 1024
BLOCK = secrets.token_bytes(MEGABYTE)
BOUNDARY = "guildhall-bench"


def prepare(folder: Path) -> str:
    """An instance with one member of one group; returns the cookie of their browser."""
    app = create_app(folder, SECRET_KEY=secrets.token_hex(32), SECURITY_PASSWORD_SALT=secrets.token_hex(32))
    settings = {name: app.config[name] for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT")}
    (folder / "config.py").write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()))
    token = ids.token()
    with app.app_context():
        db.create_all()
        user = User(
            handle="bench",
            handle_skeleton="bench",
            email="bench@example.org",
            name="Bench",
            fs_uniquifier="bench",
            active=True,
            confirmed_at=now(),
        )
        group = Group(slug="bench", name="Bench", kind=Kind.RESTRICTED, emblem="BE")
        db.session.add_all([user, group])
        db.session.flush()
        db.session.add(Membership(user_id=user.id, group_id=group.id, standing=Standing.MEMBER))
        db.session.add(Session(user_id=user.id, digest=ids.digest(token), device="bench"))
        db.session.commit()
    return cookie(app, {"sid": token, "_user_id": "bench", "_fresh": True})


def cookie(app: Flask, content: dict[str, object]) -> str:
    """The session cookie with this content."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(content)}"


def body(megabytes: int) -> tuple[int, Iterator[bytes]]:
    """A form with one PDF of that size: its length, and its blocks."""

    def part(name: str) -> str:
        return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'

    file = f'{part("files")}; filename="large.pdf"\r\nContent-Type: application/pdf'
    head = f"{part('audience')}\r\n\r\nmembers\r\n{file}\r\n\r\n%PDF-1.4\n".encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()

    def blocks() -> Iterator[bytes]:
        yield head
        for _ in range(megabytes - 1):
            yield BLOCK
        yield tail

    return len(head) + (megabytes - 1) * MEGABYTE + len(tail), blocks()


def up(port: int, browser: str, megabytes: int) -> str:
    """Sends the file; returns the address of its page."""
    length, blocks = body(megabytes)
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    headers = {
        "Cookie": browser,
        "Origin": f"http://127.0.0.1:{port}",
        "Content-Type": kind,
        "Content-Length": str(length),
    }
    link.request("POST", "/groups/bench/library/new", blocks, headers)
    reply = link.getresponse()
    page = reply.read().decode()
    if reply.status != 303:
        raise SystemExit(f"The upload was answered {reply.status}: {page[:500]}")
    return reply.headers["Location"]


def down(port: int, browser: str, where: str) -> int:
    """Takes the file; returns how many bytes came."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    link.request("GET", f"{where}/download", headers={"Cookie": browser})
    reply, count = link.getresponse(), 0
    while block := reply.read(MEGABYTE):
        count += len(block)
    return count


def workers(parent: int) -> list[int]:
    """The processes that a process has started."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def memory(pid: int, line: str) -> float:
    """A figure of a process's memory (VmRSS now, VmHWM at most), in MB."""
    found = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith(line))
    return int(found.split()[1]) / 1024


def measured(pid: int, name: str, act: Callable[[], object]) -> object:
    """Does something, prints how much the worker grew at most meanwhile, and returns what came of it."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    before, start = memory(pid, "VmRSS"), time.monotonic()
    result = act()
    grown, seconds = memory(pid, "VmHWM") - before, time.monotonic() - start
    print(f"{name:<10} {before:7.1f} MB before   {grown:+6.1f} MB at most meanwhile   {seconds:5.1f} s")
    return result


def main() -> None:
    """Prints the growth for a file going up, coming down, and both again."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=int, default=500, help="size of the file (MB, 2 to 500)")
    asked.add_argument("--port", type=int, default=8114, help="a free port of the loopback")
    said = asked.parse_args()
    if not 2 <= said.megabytes <= 500:
        asked.error("--megabytes must be between 2 and 500")
    folder = Path(tempfile.mkdtemp(prefix="guildhall-bench-"))
    browser = prepare(folder)
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "wsgi:app",
        "-k",
        "gthread",
        "-w",
        "1",
        "--threads",
        "4",
        "-b",
        f"127.0.0.1:{said.port}",
        "--timeout",
        "300",
        "--log-level",
        "warning",
    ]
    server = subprocess.Popen(command, cwd=HOUSE, env={**os.environ, "GUILDHALL_INSTANCE": str(folder)})
    try:
        run(server.pid, said.port, browser, said.megabytes)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def run(server: int, port: int, browser: str, megabytes: int) -> None:
    """Waits until the site answers, warms it with a small file, and measures."""
    for _ in range(100):
        try:
            down(port, browser, up(port, browser, 2))
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    (worker,) = workers(server)
    for turn in ("first", "second"):
        where = str(measured(worker, f"{turn} up", lambda: up(port, browser, megabytes)))
        count = measured(worker, f"{turn} down", lambda at=where: down(port, browser, at))
        if not isinstance(count, int) or count < (megabytes - 1) * MEGABYTE:
            raise SystemExit(f"Only {count} bytes came back")


if __name__ == "__main__":
    main()
