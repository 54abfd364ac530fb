"""How long until slides are there, and what making them takes: `python -m bench.slides deck.pptx talk.pdf …`.

A site of its own, removed afterwards; a worker makes the slides of one file after another, as it does for people.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from bench.memory import prepare
from forum import create_app, uploads
from forum.kit.db import db
from forum.models import Group, Preview, PreviewState, Slide, User

UNFINISHED = (PreviewState.WAITING, PreviewState.WORKING)
WORK = """
import sys
from forum import create_app, previews
with create_app(sys.argv[1]).app_context():
    previews.work()
"""


def add(place: Path) -> int:
    """The version of a file that waits for its slides."""
    group, user = db.session.scalars(select(Group)).one(), db.session.scalars(select(User)).one()
    document = uploads.add_file(user, group, place, place.name, title=place.stem)
    db.session.commit()
    newest = select(func.max(Preview.version_id)).where(Preview.group_id == document.group_id)
    return int(db.session.scalar(newest) or 0)


def seen(version: int) -> tuple[PreviewState, int, int]:
    """How it stands: state, slides with words, slides with pictures."""
    db.session.rollback()
    state, done = db.session.execute(select(Preview.state, Preview.done).where(Preview.version_id == version)).one()
    words = db.session.scalar(select(func.count()).where(Slide.version_id == version))
    return state, words or 0, done


def measure(folder: Path, place: Path) -> str:
    """Seconds from the start of a worker to the first words, the first picture and the last one."""
    version, began = add(place), time.monotonic()
    worker = subprocess.Popen([sys.executable, "-c", WORK, str(folder)])
    first: dict[str, float] = {}
    while True:
        state, words, done = seen(version)
        for what, there in (("words", words), ("picture", done), ("all", state not in UNFINISHED)):
            if there:
                first.setdefault(what, time.monotonic() - began)
        if state not in UNFINISHED:
            break
        time.sleep(0.05)
    worker.wait()
    times = "  ".join(f"{first.get(what, 0):6.1f}" for what in ("words", "picture", "all"))
    return f"{place.name[:40]:<40}  {done:>5}  {times}  {state}"


def main() -> None:
    """Prints a line for each file, and the most memory that one program took."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="+", type=Path)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prepare(folder)
        print(f"{'file':<40}  pages   words  picture  all (s)")
        with create_app(folder).app_context():
            for place in arguments.parse_args().files:
                print(measure(folder, place), flush=True)
            db.session.remove()
            db.engine.dispose()
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"The largest program took {most:.0f} MB.")


if __name__ == "__main__":
    main()
