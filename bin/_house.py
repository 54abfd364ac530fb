"""What bin/up and bin/test share: an environment with every pinned version in it. Standard library only.

Written so that an old Python still reads it, and says that it is too old.
"""

import collections
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
EVERY = 10  # packages between two lines of progress
STAMP = "guildhall.stamp"  # in the environment: what is complete in it
MADE = "guildhall.made"  # in the environment: we made it, so we may empty it
UNFINISHED = "guildhall.unfinished"  # in the environment: it is being made; found at a start, the making was killed

NO_VENV = """This Python ({python}) can't make an environment: its module `{missing}` is missing.
  Debian, Ubuntu:  apt install python3-venv
  Alpine:          apk add python3 py3-pip
  Fedora, SUSE:    install python3-pip
Then run the same command again."""
TOO_OLD = """Guildhall needs Python {oldest} or newer; this is {version} ({python}).
Install a newer one and start with it, for example: python3.13 {command}"""
HALF_MADE = """{venv} is half-made, and emptying it is not for us to decide.
Remove it, or leave out GUILDHALL_VENV and VIRTUAL_ENV: then .venv beside the code is used."""
NO_PACKAGES = """pip said:
{said}
The packages could not be installed. Is the network there? Then run the same command again."""


def environment(*extras):
    """The Python of an environment that holds the site and these extras; made or completed where needed."""
    if sys.version_info < OLDEST:
        stop(
            TOO_OLD.format(
                oldest=dotted(OLDEST),
                version=dotted(sys.version_info[:3]),
                python=sys.executable,
                command=sys.argv[0],
            )
        )
    venv = place()
    also = os.environ.get("GUILDHALL_EXTRAS", "").replace(",", " ").split()
    wanted = {"site", *extras, *also}
    if not wanted <= complete_in(venv):
        with one_at_a_time():
            if not wanted <= complete_in(venv):
                make(venv, wanted | complete_in(venv))
    return python_of(venv)


def place():
    """Where the environment is: GUILDHALL_VENV, else the active one, else .venv beside the code."""
    named = os.environ.get("GUILDHALL_VENV") or os.environ.get("VIRTUAL_ENV")
    return pathlib.Path(named).absolute() if named else ROOT / ".venv"


def python_of(venv):
    """The environment's Python."""
    return venv / "bin" / "python"


def complete_in(venv):
    """What is installed to its end in venv: "site" and extras. Nothing once the pins or the Python have changed."""
    try:
        stamp = json.loads((venv / STAMP).read_text())
        return set(stamp["complete"]) if stamp["of"] == fingerprint(venv) else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def fingerprint(venv):
    """One word for all that decides what is installed: the pins, the place of the code, the very Python."""
    digest = hashlib.sha256("{}\n{}\n".format(ROOT, python_of(venv).resolve(strict=True)).encode())
    for name in ("setup.cfg", "pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def one_at_a_time():
    """Nothing; while it lasts no other bin/up or bin/test of this code installs anything."""
    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another bin/up or bin/test to finish installing")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def make(venv, wanted):
    """Nothing; afterwards venv holds all that is wanted, and its stamp says so."""
    began = time.monotonic()
    if not usable(venv):
        create(venv)
    (venv / UNFINISHED).touch()
    (venv / STAMP).unlink(missing_ok=True)
    install(venv, sorted(wanted - {"site"}))
    (venv / STAMP).write_text(json.dumps({"of": fingerprint(venv), "complete": sorted(wanted)}))
    (venv / UNFINISHED).unlink()
    say("Installed in {:.0f} s".format(time.monotonic() - began))


def usable(venv):
    """Whether pip can install into venv, and nobody was killed while doing so."""
    if (venv / UNFINISHED).exists() or not python_of(venv).exists():
        return False
    ask = [str(python_of(venv)), "-m", "pip", "--version"]
    asked = subprocess.run(ask, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return asked.returncode == 0


def create(venv):
    """Nothing; venv is new and has pip. What an interrupted start of ours left there goes first."""
    for missing in ("venv", "ensurepip"):
        if importlib.util.find_spec(missing) is None:
            stop(NO_VENV.format(python=sys.executable, missing=missing))
    ours = venv == ROOT / ".venv" or (venv / MADE).exists() or not venv.exists() or not any(venv.iterdir())
    if not ours:
        stop(HALF_MADE.format(venv=venv))
    say("Making {} with Python {}".format(venv, dotted(sys.version_info[:3])))
    venv.mkdir(parents=True, exist_ok=True)
    for mark in (UNFINISHED, MADE):
        (venv / mark).touch()
    for left in venv.iterdir():
        if left.name not in (UNFINISHED, MADE):
            shutil.rmtree(str(left)) if left.is_dir() and not left.is_symlink() else left.unlink()
    made = subprocess.run([sys.executable, "-m", "venv", str(venv)], stdout=subprocess.PIPE, check=False)
    if made.returncode:
        stop(made.stdout.decode(errors="replace") + NO_VENV.format(python=sys.executable, missing="ensurepip"))


def install(venv, extras):
    """Nothing; pip has installed the site, editable, with these extras. Says what it fetches while it does."""
    site = ".[{}]".format(",".join(extras)) if extras else "."
    command = [str(python_of(venv)), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "-c", "constraints.txt", "-e", site]
    say("Installing the pinned packages")
    piped = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    pip = subprocess.Popen(command, cwd=str(ROOT), errors="replace", **piped)
    said = collections.deque(maxlen=25)
    with pip:
        watch(pip.stdout, said)
    if pip.returncode:
        (venv / UNFINISHED).unlink()
        stop(NO_PACKAGES.format(said="".join(said)))


def watch(lines, said):
    """Nothing; keeps pip's last lines in said, and tells what it is at in plain ones."""
    fetched = 0
    for line in lines:
        said.append(line)
        words = line.split()
        if line.startswith("Collecting "):
            fetched += 1
            if fetched % EVERY == 0:
                say("  {} packages found, now {}".format(fetched, re.match(r"[\w.-]+", words[1]).group()))
        if line.startswith("Installing collected packages:"):
            say("  putting {} packages in place".format(len(words) - 3))


def dotted(numbers):
    """A version as people write it."""
    return ".".join(str(number) for number in numbers)


def say(line):
    """Nothing; one line of progress, beside what the command itself prints."""
    print(line, file=sys.stderr, flush=True)


def stop(why):
    """Never returns: says why, and leaves with 1."""
    say(why)
    sys.exit(1)
