"""Slides to look at: made of files by a worker, in programs that can do no harm. Pages show them; the rule decides."""

import contextlib
import fcntl
import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import current_app
from sqlalchemy import update

from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Preview, PreviewState, Version
from forum.previews import claims, office
from forum.previews.child import Broke, Stopped
from forum.previews.claims import QUICK, SLOW, Claim, lay_down
from forum.previews.keeping import Odd
from forum.previews.making import Unmakeable, make

__all__ = ["QUICK", "SLOW", "lay_down", "office", "retry_with_office", "work"]

log = logging.getLogger(__name__)
LONG = "Making slides of this file took too long. It can be downloaded."
BROKEN = "Something went wrong each time we tried to make slides of this file. It can be downloaded."


def work(*lanes: str) -> int:
    """How many files of these lanes (of all, if none is named) were looked at. Call it with nothing uncommitted.

    In each lane one works at a time. Whoever comes second leaves at once: the first sees what it came for.
    """
    return sum(work_in(lane) for lane in lanes or (QUICK, SLOW))


def work_in(lane: str) -> int:
    """How many files of one lane were looked at."""
    done = 0
    while claims.due(lane):
        with alone(lane) as folder:
            if folder is None:
                return done
            for preview_id in claims.due(lane):
                claim = claims.take(preview_id)
                if claim is not None:
                    attempt(claim, folder)
                    done += 1
    return done


@contextlib.contextmanager
def alone(lane: str) -> Iterator[Path | None]:
    """A folder to work in; None while somebody else on this machine works in that lane for this site."""
    making = Path(current_app.config["FILES_DIR"]) / "making"
    making.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = making / lane
    with (making / f"{lane}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        yield folder


def attempt(claim: Claim, lane: Path) -> None:
    """One try: however it ends, nothing is left of it but slides and a word on how it went."""
    with tempfile.TemporaryDirectory(dir=lane) as folder:
        try:
            make(claim, Path(folder))
        except claims.Lost:
            log.info("version %s: its slides are not ours to make any more", claim.version_id)
        except Unmakeable as error:
            fail(claim, str(error))
        except Stopped as error:
            again(claim, LONG, error)
        except (Broke, Odd) as error:
            again(claim, BROKEN, error)
        except OSError as error:
            db.session.rollback()
            log.warning("version %s: its slides can't be kept: %s", claim.version_id, error)
            claims.give_back(claim)
        except Exception as error:
            # whatever is wrong with one file keeps no other waiting
            log.exception("version %s: what is that?", claim.version_id)
            again(claim, BROKEN, error)
        finally:
            db.session.rollback()
            claims.over(claim)


def fail(claim: Claim, reason: str) -> None:
    """There will be no slides of it."""
    db.session.rollback()
    claims.end(claim, **claims.FAILED, reason=reason)


def again(claim: Claim, reason: str, error: Exception) -> None:
    """Another try, later; or the end of it."""
    db.session.rollback()
    log.warning("version %s: no slides at try %s: %s", claim.version_id, claim.number, error)
    claims.put_off(claim, reason)


def retry_with_office() -> None:
    """What was made without LibreOffice waits again once it is there. Does not commit."""
    finished = Preview.state.in_((PreviewState.READY, PreviewState.FAILED))
    for kind in office.FILTERS:
        if office.makes(kind):
            of_kind = Preview.version_id.in_(db.select(Version.id).where(Version.kind == kind))
            again = update(Preview).where(finished, Preview.renderer == 0, of_kind, Preview.tries < claims.MOST_TRIES)
            db.session.execute(again.values(state=PreviewState.WAITING, due_at=now(), done=0, pages=0))
