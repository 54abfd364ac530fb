"""Uploads have limits, told in plain words; what is over them is not kept, and hardly read."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from forum import uploads
from forum.kit import storage
from forum.models import Document
from tests.library.conftest import PDF, address, bytes_kept, left_over, upload


@pytest.fixture
def small(app: Flask) -> Iterator[Flask]:
    """The same app with small limits."""
    app.config.update(MAX_UPLOAD=4_000, MAX_FILES=2, MAX_REQUEST=20_000, MAX_CONTENT_LENGTH=20_000)
    yield app


def test_a_file_above_the_limit_is_refused_at_the_field(small: Flask, community: Any, as_: Any) -> None:
    kept = bytes_kept()
    reply = upload(
        as_(community.maya), "performance", (PDF + b"x" * 4_000, "deck.pdf"), (b"small", "note.txt"), title="My words"
    )
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    assert "deck.pdf: This file has 8 KB. A file can be up to 4 KB." in page
    assert 'value="My words"' in page and "Note" in page and 'name="kept"' in page
    assert len(bytes_kept()) == len(kept) + 1 and left_over() == []


def test_more_files_than_allowed_are_refused_and_the_first_ones_kept(small: Flask, community: Any, as_: Any) -> None:
    reply = upload(as_(community.maya), "performance", (b"1", "a.txt"), (b"2", "b.txt"), (b"3", "c.txt"))
    assert reply.status_code == 422
    assert "c.txt: At most 2 files can be added at a time." in reply.get_data(as_text=True)


def test_a_request_larger_than_all_files_together_is_not_read(small: Flask, community: Any, as_: Any) -> None:
    reply = upload(as_(community.maya), "performance", (b"x" * 40_000, "deck.pdf"))
    assert reply.status_code == 413 and left_over() == []
    assert "A file can be up to 4 KB, and 2 files at a time." in reply.get_data(as_text=True)


def test_reading_on_after_a_refusal_has_an_end(
    small: Flask, community: Any, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.config.update(MAX_FILES=20)
    monkeypatch.setattr(storage, "GRACE", 10_000)
    reply = upload(as_(community.maya), "performance", (b"x" * 60_000, "deck.pdf"))
    assert reply.status_code == 413 and "20 at a time" in reply.get_data(as_text=True)
    assert left_over() == []


def test_other_requests_are_small(community: Any, as_: Any, shelve: Callable[..., Document]) -> None:
    where, long = address(shelve("performance", "maya", "a.pdf"), "/edit"), {"title": "x" * 1_100_000}
    assert as_(community.maya).post(where, data=long).status_code == 413
    assert as_(community.dan).post(where, data=long).status_code == 403


class Watched(io.BytesIO):
    """A body that tells whether somebody began to read it."""

    touched = False

    def read(self, *args: Any) -> bytes:
        self.touched = True
        return super().read(*args)

    readinto = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("who", "slug", "status"), [("sam", "performance", 403), ("ceri", "case-review", 403), ("omar", "case-review", 404)]
)
def test_a_body_is_not_read_for_someone_who_may_not_upload(
    who: str, slug: str, status: int, community: Any, as_: Any
) -> None:
    body = Watched(b"--x\r\n" + b"a" * 100_000)
    reply = as_(getattr(community, who)).post(
        f"/groups/{slug}/library/new",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        content_length=100_005,
    )
    assert reply.status_code == status and not body.touched


def test_an_upload_that_is_cut_off_leaves_nothing(community: Any, as_: Any) -> None:
    kept = bytes_kept()
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
    reply = as_(community.maya).post(
        "/groups/performance/library/new", data=head + PDF, content_type="multipart/form-data; boundary=x"
    )
    assert reply.status_code in (400, 422)
    assert bytes_kept() == kept and left_over() == []


def test_a_full_disk_is_said_and_nothing_half_is_kept(community: Any, as_: Any, app: Flask) -> None:
    kept, folder = bytes_kept(), uploads.store().incoming
    folder.rename(folder.with_name("away"))
    folder.write_bytes(b"in the way")
    reply = upload(as_(community.maya), "performance", (PDF, "a.pdf"))
    assert reply.status_code == 503 and int(reply.headers["Retry-After"]) > 0
    assert "try again" in reply.get_data(as_text=True) and bytes_kept() == kept
