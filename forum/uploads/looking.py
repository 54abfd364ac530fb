"""Whether every row has its bytes, and all bytes have their row."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select

from forum.kit.clock import now
from forum.kit.db import db, insert_or
from forum.kit.store import INCOMING
from forum.models import Slide, Stray, Upload, User, Version
from forum.uploads.place import photo_key_of, store
from forum.uploads.slides import UNSEEN

log = logging.getLogger(__name__)

#: how long bytes that belong to nothing stay, from when that was seen first; they are looked at once more then
GRACE = timedelta(hours=48)


def live_versions() -> list[Version]:
    """Every version that has bytes, or should have."""
    return list(db.session.scalars(select(Version).where(Version.deleted_at.is_(None)).order_by(Version.id)))


def ours() -> bool:
    """Whether the place of our files is this site's alone. A site is known by its salt, which it can never change.

    A bucket that two sites were given holds much that no row of either names. Raises OSError.
    """
    salt = str(current_app.config["SECURITY_PASSWORD_SALT"])
    return store().belongs_to(hashlib.sha256(f"guildhall files {salt}".encode()).hexdigest()[:32])


def missing() -> list[Version]:
    """Versions whose bytes are not there, or are not as many as they were; not what came or went while we looked."""
    before = live_versions()
    sizes = {stored.key: stored.size for stored in store().kept()}
    wrong = [version.id for version in before if sizes.get(version.storage_key) != version.size]
    return [version for version in live_versions() if version.id in wrong]


def damaged() -> Iterator[tuple[Version, bool]]:
    """Every version, once its bytes were read, and whether they are others than those that came."""
    place = store()
    for version in live_versions():
        try:
            yield version, place.sha256(version.storage_key) != version.sha256
        except FileNotFoundError:
            yield version, False


def slides_without_pictures() -> list[Slide]:
    """Slides that name a picture whose bytes are not there."""
    drawn = list(db.session.scalars(select(Slide).where(Slide.large_key.is_not(None)).order_by(Slide.id)))
    there = {stored.key for stored in store().kept() if stored.size}
    return [slide for slide in drawn if not {slide.small_key, slide.large_key} <= there]


def orphans() -> dict[str, datetime]:
    """What is kept, or arrived, though no row names it, and since when it is there. Much of it is just on its way."""
    place = store()
    there = {stored.key: stored.at for stored in place.kept()}
    for path in place.unfinished():
        with suppress(FileNotFoundError):  # finished while we looked
            there[f"{INCOMING}/{path.name}"] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    taken = named()
    return {key: at for key, at in there.items() if key not in taken}


def named() -> set[str]:
    """The keys of all bytes that belong to something, also of those that come in pieces."""
    found = set(db.session.scalars(select(Version.storage_key).where(Version.deleted_at.is_(None))))
    for keys in db.session.execute(select(Slide.small_key, Slide.large_key)):
        found.update(key for key in keys if key)
    found.update(photo_key_of(key) for key in db.session.scalars(select(User.photo_key)) if key)
    found.update(f"{INCOMING}/{code}" for code in db.session.scalars(select(Upload.code)))
    return found


def sweep_strays() -> int:
    """How many were removed: of what belongs to nothing, what was seen two days ago and belongs to nothing still.

    What is seen for the first time is noted. None in a place that is another site's too. Does not commit.
    """
    if not ours():
        log.warning("The files are kept in a place of another site: nothing is cleared up there")
        return 0
    there, moment = orphans(), now()
    seen = {stray.key: stray.seen_at for stray in db.session.scalars(select(Stray))}
    ripe = {key for key, at in there.items() if seen.get(key, moment) < moment - GRACE and at < moment - GRACE}
    for key in there.keys() - seen.keys():
        new = insert_or(Stray).values(key=key, seen_at=moment)
        db.session.execute(new.on_conflict_do_nothing(index_elements=["key"]))
    gone = ripe - named()
    for key in gone:
        _remove(key)
    over = list((seen.keys() - there.keys()) | gone)
    db.session.execute(delete(Stray).where(Stray.key.in_(over)), execution_options=UNSEEN)
    return len(gone)


def _remove(key: str) -> None:
    place = store()
    if key.startswith(f"{INCOMING}/"):
        (place.folder / key).unlink(missing_ok=True)
    else:
        place.remove(key)
