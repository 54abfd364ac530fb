"""A real server of S3 for the tests: SeaweedFS, started once a run on ports of its own, and ended with it."""

import json
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum import uploads
from forum.kit.storage import Arrivals, copy_in

WEED = Path(sys.executable).with_name("weed")
KEY, SECRET = "tests-only", "tests-only-secret-0123456789"
PORTS = ("master.port", "volume.port", "filer.port", "s3.port")
PATIENCE = 60


class Seaweed:
    """A server with one bucket."""

    bucket = "guildhall"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        numbers = free_ports(2 * len(PORTS))
        self.ports = dict(zip([*PORTS, *(f"{name}.grpc" for name in PORTS)], numbers, strict=True))
        self.endpoint = f"http://127.0.0.1:{self.ports['s3.port']}"
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and waits until it takes and gives bytes."""
        self.folder.mkdir(exist_ok=True)
        names = self.folder / "s3.json"
        ours = {"credentials": [{"accessKey": KEY, "secretKey": SECRET}], "name": "tests", "actions": ["Admin"]}
        names.write_text(json.dumps({"identities": [ours]}))
        options = [f"-{name}={number}" for name, number in self.ports.items()]
        options += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-volume.max=20"]
        options += ["-master.volumeSizeLimitMB=64", "-filer", "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        options += ["-s3.autoCreateBucket=false", f"-s3.config={names}", f"-dir={self.folder}"]
        log = (self.folder / "log").open("ab")
        self.running = subprocess.Popen([str(WEED), "server", *options], stdout=log, stderr=log, cwd=self.folder)
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.running.poll() is None and time.monotonic() < until, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)

    def _answers(self) -> bool:
        """Whether a bucket can be made, and a file kept in it."""
        place = f"http://127.0.0.1:{self.ports['filer.port']}/buckets/{self.bucket}/"
        try:
            for where, content in ((place, b""), (f"{place}ready", b"1")):
                urllib.request.urlopen(urllib.request.Request(where, content, method="PUT"), timeout=5).close()
            with socket.create_connection(("127.0.0.1", self.ports["s3.port"]), timeout=5):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        """Ends it at once, as a power cut does."""
        if self.running is not None:
            self.running.kill()
            self.running.wait()
        for number in self.ports.values():  # it puts sockets there, whatever it is told
            for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{number}.sock"):
                left.unlink(missing_ok=True)

    def settings(self, **other: str) -> dict[str, str]:
        """What a site is told to keep its files here, below a prefix of its own."""
        return {
            "STORAGE_URL": f"s3://{self.bucket}/{secrets.token_hex(6)}", "S3_ENDPOINT": self.endpoint,
            "S3_ACCESS_KEY": KEY, "S3_SECRET_KEY": SECRET, **other,
        }  # fmt: skip


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as held:
        found = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in found]


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """The server of this run."""
    server = Seaweed(tmp_path_factory.mktemp("seaweed"))
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Seaweed]:
    """A server of one test, which may kill it."""
    server = Seaweed(tmp_path / "seaweed")
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def kept_in(request: pytest.FixtureRequest, app: Flask) -> str:
    """The test runs twice: with the files of the site in a folder, and in a bucket."""
    if request.param == "bucket":
        move_to(app, request.getfixturevalue("seaweed").settings())
    return str(request.param)


def move_to(app: Flask, settings: dict[str, Any]) -> None:
    """From now on the site keeps its files in a bucket; those that it has are there, and nowhere else."""
    folder = uploads.store()
    app.config.update(settings)
    bucket = uploads.store()
    for key in list(folder.keys()):
        with folder.open(key)[0] as stream:
            bucket.keep(copy_in(Arrivals(bucket.incoming, 2**30), stream, key), key)
        folder.remove(key)
