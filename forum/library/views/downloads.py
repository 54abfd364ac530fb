"""Bytes leave here, and nowhere else: the rule is asked for every request before anything is said of the file."""

import logging
import operator
from typing import Any

from flask import Response, current_app, request
from sqlalchemy import Row, update
from werkzeug.exceptions import NotFound, ServiceUnavailable

from forum.access import fetch, viewer
from forum.kit import giving
from forum.kit.buffer import Buffer
from forum.kit.db import db
from forum.kit.filenames import content_disposition
from forum.library import queries
from forum.library.blueprint import bp
from forum.library.views.receiving import note, tell_first
from forum.models import Document
from forum.uploads import opens_inline, store

log = logging.getLogger(__name__)
#: a file is a document of nobody: no script, no form, no frame, nothing of ours
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


@bp.get("/<int:n>/download")
def download(slug: str, n: int) -> Response:
    """The newest version of a file."""
    return sent(found(slug, n, None))


@bp.get("/<int:n>/versions/<int:v>/download")
def download_version(slug: str, n: int, v: int) -> Response:
    """One version of a file."""
    return sent(found(slug, n, v))


def found(slug: str, n: int, v: int | None) -> Row[Any]:
    """The version that was asked for, in one statement with the rule. Refuses as every page of the file does."""
    version: Row[Any] | None = queries.bytes_of(viewer(), slug, n, v)
    if version is None:
        fetch(Document, viewer(), slug, n=n)
        raise NotFound
    tell_first(viewer(), version, slug, n)
    return version


def sent(version: Row[Any]) -> Response:
    """The bytes: whole, a range, or the word that they are unchanged."""
    inline = request.args.get("inline") == "1" and opens_inline(version.extension)
    facts = (version.media_type, version.sha256, version.created_at)
    reply = given(version, version.storage_key, *facts, accel=current_app.config["X_ACCEL"])
    reply.headers["Content-Disposition"] = content_disposition(version.name, inline)
    reply.headers["Content-Security-Policy"] = POLICY
    reply.headers["Cache-Control"] = "private, no-store"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if begins(reply):
        counted.put(version.document_id, 1)
        note(viewer(), version.document_id, version)
    return reply


def given(version: Row[Any], key: str, *facts: Any, **how: Any) -> Response:
    """The bytes of a key of this version, which should be there. Raises ServiceUnavailable."""
    try:
        return giving.answer(store(), key, *facts, **how)
    except OSError as error:
        log.error("The bytes of version %s can't be read: %s", version.id, type(error).__name__)
        raise ServiceUnavailable(
            "We can’t read this file at the moment. The people who run this site can see why.", retry_after=60
        ) from error


def begins(reply: Response) -> bool:
    """Whether somebody takes the file now: not a question about it, and not a later part of it."""
    first = "X-Accel-Redirect" not in reply.headers or request.range is None or request.range.ranges[0][0] == 0
    part = reply.headers.get("Content-Range", "bytes 0-")
    return request.method == "GET" and reply.status_code in (200, 206) and first and part.startswith("bytes 0-")


def _write_counts(entries: dict[int, int]) -> None:
    for document_id, times in entries.items():
        grown = Document.download_count + times
        db.session.execute(update(Document).where(Document.id == document_id).values(download_count=grown))
    db.session.commit()


counted: Buffer[int, int] = Buffer(_write_counts, merge=operator.add)
