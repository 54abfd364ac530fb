"""`guildhall storage move`: the files of a site, from its folder into a bucket of S3, or back."""

from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app

from forum import config, uploads
from forum.cli.options import of_an_instance
from forum.cli.schema import with_database
from forum.kit.storage import Arrivals, copy_in
from forum.kit.store import INCOMING, Store

#: in the instance folder, while a move is not done: where to, and each key that is there and was checked
NOTES = "storage-move.txt"
#: what the folder of the site is called on the command line
FOLDER = "files"


class Differs(Exception):
    """The bytes are not those that came once, or not those that were copied."""


class Notes:
    """What was copied and checked already, kept on the disk line by line."""

    def __init__(self, place: Path, target: str) -> None:
        self.place = place
        lines = place.read_text().splitlines() if place.is_file() else []
        if lines[:1] != [target]:
            lines = [target]
            place.write_text(f"{target}\n")
        self.keys = set(lines[1:])

    def add(self, key: str) -> None:
        """Notes that a key is there."""
        with self.place.open("a") as file:
            file.write(f"{key}\n")
        self.keys.add(key)


@click.group()
def storage() -> None:
    """Where the files of the site are kept."""


@of_an_instance
@storage.command()
@click.argument("to", metavar="TO")
@with_database
def move(to: str) -> None:
    """Copy every file TO a bucket (s3://bucket/prefix), or TO `files`, the folder of this site.

    Each is read again there, and its SHA-256 compared. Nothing is taken away where it is now. Stopped, it carries on
    where it was when it is run again. The site may go on meanwhile.
    """
    url, settings = "" if to == FOLDER else to, current_app.config
    config.check_forms({**settings, "STORAGE_URL": url})
    source, target = uploads.store(), uploads.store_at(url, settings)
    if source.name == target.name:
        raise click.UsageError("The files are kept there already.")
    target.check()
    notes = Notes(Path(current_app.instance_path) / NOTES, target.name)
    wrong: dict[str, str] = {}
    while left := [key for key in wanted() if key not in notes.keys | wrong.keys()]:
        with click.progressbar(left, label=f"Copying to {target.name}", show_pos=True) as bar:
            wrong |= dict(copied(bar, source, target, notes))
    end(notes, target, url, wrong)


def wanted() -> list[str]:
    """The keys of all files, slides and portraits."""
    return sorted(key for key in uploads.named() if not key.startswith(f"{INCOMING}/"))


def copied(keys: Iterator[str], source: Store, target: Store, notes: Notes) -> Iterator[tuple[str, str]]:
    """The keys that could not be copied, each with why; the others are noted. Raises OSError for a store that fails."""
    digests = {version.storage_key: version.sha256 for version in uploads.live_versions()}
    for key in keys:
        try:
            copy(source, target, key, digests.get(key, ""))
        except FileNotFoundError:
            yield key, "is missing"
        except Differs as error:
            yield key, str(error)
        else:
            notes.add(key)


def copy(source: Store, target: Store, key: str, digest: str) -> None:
    """Puts the bytes of a key into the target, and reads them there. Raises Differs, OSError."""
    stream = source.open(key)[0]
    with stream, copy_in(Arrivals(target.incoming, 2**62), stream, key) as incoming:
        if incoming.trouble:
            raise OSError(f"no room in {target.incoming}")
        found = incoming.sha256
        if digest and found != digest:
            raise Differs("is damaged")
        target.keep(incoming, key)
    if target.sha256(key) != found:
        target.remove(key)
        raise Differs("came out different")


def end(notes: Notes, target: Store, url: str, wrong: dict[str, str]) -> None:
    """Says how it went and what to do now. Raises ClickException when something is missing."""
    for key, why in sorted(wrong.items()):
        click.echo(f"{key} {why}")
    if wrong:
        raise click.ClickException(
            f"{len(wrong)} files could not be copied. See guildhall doctor, then run this again."
        )
    count = len(notes.keys)
    notes.place.unlink()
    click.echo(f"{count} files are in {target.name}, and each was checked.")
    click.echo(f'Now set  STORAGE_URL = "{url}"  in config.py and start the site anew.')
    click.echo("Files that were added since: stop the site, run this once more, then start it.")
