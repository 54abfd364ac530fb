"""A client that others wrote meets our server: what it knows of tus 1.0 is enough to send a file here."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from forum import uploads
from forum.kit.db import db
from forum.models import Document, User, Version
from tests.conftest import drop_database, make_database, sign_in
from tests.e2e.site import Site

CONTENT = b"%PDF-1.4\n" + bytes(range(256)) * 4_000


@pytest.fixture(scope="module")
def site(template: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with the demo community."""
    folder = tmp_path_factory.mktemp("tuspy") / "instance"
    name = f"{template.name}_tuspy" if template.name else ""
    shutil.copytree(template.folder, folder)
    running = Site(folder, make_database(name, template.name) if name else "", {})
    yield running
    running.stop()
    if name:
        drop_database(name)


def cookie(app: Flask, handle: str) -> str:
    """What the browser of somebody who is signed in says."""
    browser = sign_in(app, db.session.scalars(select(User).where(User.handle == handle)).one())
    kept = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert kept
    return f"{kept.key}={kept.value}"


@pytest.fixture
def client(site: Site) -> Iterator[TusClient]:
    """tuspy in Maya's name, sending to Performance Management."""
    with site.inside():
        headers = {"Cookie": cookie(site.app, "maya"), "Origin": site.address}
        yield TusClient(f"{site.address}/groups/performance/uploads", headers=headers)
        db.session.remove()


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A file of a megabyte."""
    path = tmp_path / "May deck.pdf"
    path.write_bytes(CONTENT)
    return path


def newest() -> Any:
    """The newest draft, with the bytes of its version."""
    db.session.rollback()
    version = db.session.scalars(select(Version).order_by(Version.id.desc())).first()
    assert version
    document = db.session.scalars(select(Document).where(Document.id == version.document_id)).one()
    return document.title, document.posted_at, uploads.stream_of(version.storage_key).read()


@pytest.mark.parametrize("checked", [False, True])
def test_it_sends_a_file_in_pieces(client: TusClient, deck: Path, checked: bool) -> None:
    said = {"filename": deck.name}
    sending = client.uploader(str(deck), chunk_size=300_000, metadata=said, upload_checksum=checked)
    sending.upload()
    assert newest() == ("May deck", None, CONTENT)


def test_it_carries_on_where_it_was_cut_off(client: TusClient, deck: Path) -> None:
    first = client.uploader(str(deck), chunk_size=300_000, metadata={"filename": deck.name})
    first.upload_chunk()
    again = client.uploader(str(deck), chunk_size=300_000, url=first.url)
    assert again.offset == 300_000
    again.upload()
    assert newest() == ("May deck", None, CONTENT)


def test_it_learns_that_a_file_is_refused(client: TusClient, deck: Path) -> None:
    with pytest.raises(TusCommunicationError) as refusal:
        client.uploader(str(deck), chunk_size=300_000, metadata={"filename": "setup.exe"}).upload()
    assert refusal.value.status_code == 415
