"""The files of a site move between a folder and a bucket: each is checked, none is lost, and a stop costs nothing."""

import signal
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from forum import jobs, uploads
from forum.cli import schema
from forum.cli.doctor import findings
from forum.cli.storage import NOTES
from forum.kit import clock
from forum.kit.db import db
from forum.models import Version
from tests.bucket import Seaweed
from tests.test_cli import shell  # noqa: F401 a fixture
from tests.test_uploads import put


@pytest.fixture
def bucket(app: Flask, seaweed: Seaweed) -> str:
    """The address of an empty bucket, which the site has the keys to."""
    said = seaweed.settings()
    url = said.pop("STORAGE_URL")
    settings = Path(app.instance_path) / "config.py"
    settings.write_text(settings.read_text() if settings.exists() else "")
    with settings.open("a") as file:
        file.writelines(f"{name} = {value!r}\n" for name, value in said.items())
    app.config.update(said)
    return url


def in_bucket(app: Flask, url: str) -> Any:
    """What is kept there now."""
    return uploads.store_at(url, app.config)


def test_a_site_moves_into_a_bucket_and_back(app: Flask, shell: Any, bucket: str) -> None:  # noqa: F811
    keys = set(uploads.store().keys())
    told = shell.run("storage", "move", bucket)
    assert told.exit_code == 0, told.output
    assert f'STORAGE_URL = "{bucket}"' in told.stdout and f"{len(keys)} files are in {bucket}" in told.stdout
    assert set(in_bucket(app, bucket).keys()) == keys == set(uploads.store().keys())
    assert not (Path(app.instance_path) / NOTES).exists()
    app.config["STORAGE_URL"] = bucket
    assert uploads.missing() == [] and not any(wrong for _version, wrong in uploads.damaged())
    folder = uploads.store_at("", app.config)
    for key in keys:
        folder.remove(key)
    told = shell.run("storage", "move", "files", FLASK_STORAGE_URL=bucket)
    assert told.exit_code == 0 and set(folder.keys()) == keys
    app.config["STORAGE_URL"] = ""
    assert uploads.missing() == []


def test_a_move_that_was_killed_carries_on(app: Flask, shell: Any, bucket: str) -> None:  # noqa: F811
    keys, notes = set(uploads.store().keys()), Path(app.instance_path) / NOTES
    running = shell.start("storage", "move", bucket)
    while running.poll() is None and not (notes.exists() and len(notes.read_text().splitlines()) > 3):
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    noted = set(notes.read_text().splitlines()[1:]) if notes.exists() else set()
    before = {stored.key: stored.at for stored in in_bucket(app, bucket).kept()}
    assert noted <= before.keys()
    time.sleep(1.1)  # the bucket tells its times in whole seconds
    assert shell.run("storage", "move", bucket).exit_code == 0
    after = {stored.key: stored.at for stored in in_bucket(app, bucket).kept()}
    assert after.keys() == keys and all(after[key] == before[key] for key in noted)


def test_what_is_missing_or_damaged_is_said_and_all_else_is_copied(app: Flask, shell: Any, bucket: str) -> None:  # noqa: F811
    lost, torn = db.session.scalars(sa.select(Version).order_by(Version.id).limit(2)).all()
    uploads.store().remove(lost.storage_key)
    put(torn.storage_key, b"?" * torn.size)
    told = shell.run("storage", "move", bucket)
    assert told.exit_code == 1 and "2 files could not be copied" in told.output
    assert f"{lost.storage_key} is missing" in told.stdout and f"{torn.storage_key} is damaged" in told.stdout
    there = set(in_bucket(app, bucket).keys())
    assert there == set(uploads.store().keys()) - {torn.storage_key} and "STORAGE_URL =" not in told.stdout


def test_a_move_to_nowhere_is_refused(shell: Any, bucket: str) -> None:  # noqa: F811
    for where, said in (("files", "there already"), ("ftp://x", "s3://bucket"), ("s3://no-such-bucket", "bucket")):
        told = shell.run("storage", "move", where)
        assert told.exit_code and said in told.output and "Traceback" not in told.output


@pytest.fixture
def patient(shell: Any, app: Flask) -> Flask:  # noqa: F811
    """The site under the doctor's eyes."""
    schema.init_app(app)
    return app


@pytest.mark.usefixtures("patient", "kept_in")
def test_the_doctor_finds_what_is_missing_damaged_and_left_over() -> None:
    def wrong(quick: bool = False) -> list[str]:
        return [finding.says for finding in findings(quick) if finding.wrong]

    assert wrong() == []
    lost, torn = db.session.scalars(sa.select(Version).order_by(Version.id).limit(2)).all()
    uploads.store().remove(lost.storage_key)
    put(torn.storage_key, b"?" * torn.size)
    put("ab" * 20, b"left by a crash")
    assert [words.split(":")[0] for words in wrong()] == ["missing or cut short", "damaged"]
    assert len(wrong(quick=True)) == 1
    later = clock.now() + uploads.GRACE * 1.1
    with clock.at(later):
        assert any("ab" * 20 in words for words in wrong())
        jobs.sweep_strays()
        assert any("ab" * 20 in words for words in wrong()), "it was seen for the first time"
    with clock.at(later + uploads.GRACE * 1.1):
        jobs.sweep_strays()
        assert not any("ab" * 20 in words for words in wrong())


@pytest.mark.usefixtures("patient")
def test_the_doctor_finds_a_bucket_that_is_away(app: Flask, mortal: Seaweed) -> None:
    app.config.update(mortal.settings())
    mortal.stop()
    assert any(finding.wrong and "can't be looked at" in finding.says for finding in findings())
