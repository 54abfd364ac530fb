"""A real nginx in front of a site, with the locations of deploy/nginx.conf as they stand there."""

import os
import re
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.bucket import free_ports

SAMPLE = Path(__file__).parents[1] / "deploy" / "nginx.conf"
#: where the site hands files over
PLACE = "/-/files/"
WHOLE = """
daemon off; master_process on; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen 127.0.0.1:{port}; client_max_body_size 510m; {locations} location /plain/ {{ alias {files}/; }} }}
}}
"""


def nginx() -> str:
    """The program. Skips a test where it is missing, and fails it in the full run."""
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found:
        return found
    missing = "no nginx on this machine: apt-get install nginx-light"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def written(folder: Path, port: int, site: int, files: str) -> str:
    """The settings of an nginx of our own: the sample's locations, with this site's address and folder in them."""
    locations = "\n".join(re.findall(r"^    location .*?^    }$", SAMPLE.read_text(), re.DOTALL | re.MULTILINE))
    locations = locations.replace("127.0.0.1:8000", f"127.0.0.1:{site}").replace(
        "/opt/guildhall/site/instance/files", files
    )
    user = "user root;" if os.getuid() == 0 else ""
    return WHOLE.format(folder=folder, port=port, files=files, locations=locations, user=user)


@pytest.fixture
def front(app: Flask, tmp_path: Path) -> Iterator[str]:
    """The address of nginx, before a site that serves over HTTP and leaves the bytes to it."""
    program, port, folder = nginx(), free_ports(1)[0], tmp_path / "nginx"
    folder.mkdir()
    app.config.update(X_ACCEL=PLACE)
    served = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    (folder / "conf").write_text(written(folder, port, served.server_port, app.config["FILES_DIR"]))
    running = subprocess.Popen(
        [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "conf")]
    )
    wait_for(f"http://127.0.0.1:{port}/healthz", running)
    yield f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait()
    served.shutdown()


def wait_for(address: str, running: subprocess.Popen[bytes]) -> None:
    """Returns once somebody answers there."""
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.1)
