"""`guildhall doctor`: looks at everything a site needs, changes nothing, and says what is wrong."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from forum import previews, uploads
from forum.cli import letters, schema
from forum.cli.finding import Finding
from forum.cli.options import of_an_instance
from forum.kit import clamd
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.when import filesize
from forum.models import Scan, Version

DISK_MARGIN = 1024**3
OLDEST_POSTGRES = 14


@of_an_instance
@click.command()
@click.option("--quick", is_flag=True, help="Leave out reading every file to compare its SHA-256.")
@with_appcontext
def doctor(quick: bool) -> None:
    """Look at secrets, database, mail, files and disk. Leaves with 1 when something is wrong."""
    wrong = 0
    for finding in findings(quick):
        wrong += finding.wrong
        click.echo(f"{'WRONG' if finding.wrong else 'good':<7}{finding.what:<11}{finding.says}")
    if wrong:
        raise click.ClickException(f"{wrong} of these need{'s' if wrong == 1 else ''} you.")


def findings(quick: bool = False) -> Iterator[Finding]:
    """Everything that was looked at, in the order in which to mend it."""
    folder = Path(current_app.instance_path)
    yield secrets_of(folder)
    yield address()
    yield from database()
    migrations = form()
    yield migrations
    yield from letters.findings()
    if not migrations.wrong:
        yield from files(quick)
        yield viruses()
    yield slides()
    yield from disk(folder, Path(current_app.config["FILES_DIR"]))


def secrets_of(folder: Path) -> Finding:
    """Whether others on this machine can read the secrets."""
    place = folder / "secrets.json"
    return private("secrets", place) if place.exists() else Finding("secrets", "come from config.py or the environment")


def private(what: str, place: Path) -> Finding:
    """Whether others on this machine can read a file."""
    mode = stat.S_IMODE(place.stat().st_mode)
    told = ", others can read it: chmod 600" if mode & 0o077 else ""
    return Finding(what, f"{place} has mode {mode:04o}{told}", bool(told))


def address() -> Finding:
    """Where people find the site, and whether it can tell them apart."""
    base, proxies = current_app.config["BASE_URL"], current_app.config["TRUSTED_PROXIES"]
    alike = base.startswith("https://") and not proxies
    told = ", but TRUSTED_PROXIES is 0: everybody seems to come from one address" if alike else ""
    return Finding("address", f"{base}{told}", alike)


def database() -> Iterator[Finding]:
    """Which database it is, and whether it is whole."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            server = connection.dialect.server_version_info or (0,)
            old = int(server[0]) < OLDEST_POSTGRES
            shown = ".".join(map(str, server)) + (f", older than {OLDEST_POSTGRES}" if old else "")
            yield Finding("database", f"PostgreSQL {shown}", old)
            return
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar()
        journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
        slow = "" if journal == "wal" else ": slower, since this SQLite has the WAL-reset bug"
        yield Finding("database", f"SQLite {version}, journal {journal}{slow}")
        yield private("database", Path(str(db.engine.url.database)))
        check = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        torn = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        yield Finding(
            "database",
            "is whole" if check == "ok" and not torn else f"is damaged: {torn or check}",
            check != "ok" or bool(torn),
        )


def form() -> Finding:
    """Whether every migration has run."""
    try:
        schema.require_newest()
    except click.ClickException as error:
        return Finding("migrations", error.message, wrong=True)
    return Finding("migrations", f"at {schema.newest()}, the newest")


def files(quick: bool) -> Iterator[Finding]:
    """Rows without their bytes or with others, and bytes without a row."""
    yield Finding("files", f"kept in {uploads.store().name}")
    try:
        yield from bytes_of_rows(quick)
    except OSError as error:
        yield Finding("files", f"can't be looked at: {error}", wrong=True)


def named(version: Version) -> str:
    """A version as people find it."""
    return f"{version.name} (document {version.document.n} of {version.document.group.slug})"


def bytes_of_rows(quick: bool) -> Iterator[Finding]:
    """What is missing, damaged, or belongs to nothing. Raises OSError."""
    if not uploads.ours():
        yield Finding("files", "another site keeps its files there too: give each its own prefix", wrong=True)
    for version in (gone := uploads.missing()):
        yield Finding("files", f"missing or cut short: {named(version)}", wrong=True)
    torn = [] if quick else [version for version, wrong in uploads.damaged() if wrong and version not in gone]
    for version in torn:
        yield Finding("files", f"damaged: {named(version)}", wrong=True)
    old = [key for key, at in uploads.orphans().items() if at < now() - uploads.GRACE]
    for key in old:
        yield Finding("files", f"belongs to nothing: {key} (goes by itself two days after it was noted)", wrong=True)
    for slide in (blank := uploads.slides_without_pictures()):
        yield Finding("files", f"a picture of slide {slide.number} is missing (version {slide.version_id})", wrong=True)
    if not (gone or torn or old or blank):
        yield Finding("files", "every document has its bytes" + (", unread" if quick else ""))


def viruses() -> Finding:
    """Whether files are checked for viruses, and what waits for that."""
    url, counts = current_app.config["CLAMD_URL"], uploads.counts()
    waiting, stalled = counts.get(Scan.WAITING, 0), counts.get(Scan.STALLED, 0)
    if not url:
        return Finding("viruses", "no scanner is set: files are not checked")
    try:
        clamd.check(url)
    except OSError as error:
        return Finding("viruses", f"{error}; {waiting + stalled} files wait", wrong=True)
    could_not = f", {stalled} could not be checked: is clamd's StreamMaxLength below MAX_UPLOAD?" if stalled else ""
    return Finding("viruses", f"checked by {url}, {waiting} files wait{could_not}", bool(stalled))


def slides() -> Finding:
    """Whether Office files can be made into slides."""
    program, missing = previews.office.found(), ", ".join(previews.office.lacks())
    if program is None:
        return Finding("slides", "no LibreOffice: decks show their words only, other Office files nothing")
    return Finding("slides", f"made by {program}" + (f", which lacks the package {missing}" if missing else ""))


def disk(*folders: Path) -> Iterator[Finding]:
    """How much room there is, where the site writes."""
    for folder in folders:
        if not folder.is_dir():
            yield Finding("disk", f"{folder} is not there", wrong=True)
            continue
        free = shutil.disk_usage(folder).free
        yield Finding("disk", f"{filesize(free)} free for {folder}", free < DISK_MARGIN)
