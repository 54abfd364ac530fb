"""The house around the code: what a host and a newcomer find, and what must never be in the repository."""

import ast
import configparser
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest

from forum.config import SETTINGS

ROOT = Path(__file__).parent.parent
PROMISED = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "setup.cfg",
    "pyproject.toml",
    "ruff.toml",
    "constraints.txt",
    "wsgi.py",
    "bin/up",
    "bin/test",
    ".ci/run",
    "instance/README.md",
    "instance/.gitignore",
    "deploy/guildhall.service",
    "deploy/nginx.conf",
    "deploy/compose.yaml",
    "docs/architecture.md",
    "docs/facilitators.md",
    "forum/README.md",
]
# Written in two parts, so that this file may be read by its own test.
FOREIGN = [
    "/wo" + "rk/",
    "/tmp/ba" + "sh",
    "/ro" + "ot/",
    "py" + "pi.org",
    "python" + "hosted.org",
    "py" + "env",
    "file:/" + "//",
]
PIN = re.compile(r"([a-z0-9.-]+)==[\w.+!]+")
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


def git(*args: str) -> str:
    """What git says about this code."""
    return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def tracked() -> list[Path]:
    """Every file of the repository that is there; without git every text beside the code."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        found = [ROOT / name for name in PROMISED] + list((ROOT / "forum").rglob("*.py"))
        return [path for path in found if path.is_file()]
    return [path for name in git("ls-files", "-z").split("\0") if name and (path := ROOT / name).is_file()]


def canonical(name: str) -> str:
    """A package's name as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> set[str]:
    """The packages that constraints.txt pins."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return {canonical(found[1]) for line in lines if (found := PIN.fullmatch(line))}


def requirements() -> list[str]:
    """What setup.cfg asks for, with its extras."""
    house = configparser.ConfigParser()
    house.read(ROOT / "setup.cfg")
    lists = [house["options"]["install_requires"], *house["options.extras_require"].values()]
    return [line for text in lists for line in text.splitlines() if line.strip()]


def needed(name: str, seen: set[str]) -> set[str]:
    """A package and all it brings along on this machine, by the notes of what is installed."""
    name = canonical(name)
    if name in seen:
        return seen
    try:
        brought = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return seen
    seen.add(name)
    for line in brought:
        if "extra ==" not in line:
            needed(re.match(r"[\w.-]+", line)[0], seen)  # type: ignore[index]
    return seen


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_file_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("name", ["bin/up", "bin/test"])
def test_the_two_commands_are_plain_python_that_anybody_can_start(name: str) -> None:
    path = ROOT / name
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/usr/bin/env python3\n")
    ast.parse(path.read_text(), feature_version=(3, 6))


def test_the_two_commands_use_the_standard_library_only() -> None:
    imported = set()
    for path in (ROOT / "bin/up", ROOT / "bin/test", ROOT / "bin/_house.py"):
        for node in ast.walk(ast.parse(path.read_text(), feature_version=(3, 6))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    assert imported - {"_house"} <= set(sys.stdlib_module_names)


def test_the_full_run_parses() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert subprocess.run(["bash", "-n", str(ROOT / ".ci/run")], check=False).returncode == 0


def test_the_readme_names_both_commands_on_its_first_screen() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:25])
    assert "bin/up --demo" in first_screen
    assert "bin/test" in first_screen
    assert "docs/pictures/topic.png" in first_screen


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_readme_says_every_setting_as_the_code_does(name: str) -> None:
    row = f"| `{name}` | {shown(SETTINGS[name].default)} | {SETTINGS[name].meaning} |"
    assert row in (ROOT / "README.md").read_text().splitlines()


def shown(default: object) -> str:
    """A default as the README writes it."""
    return "" if default == "" else f"`{default!r}`"


def test_the_readme_knows_no_setting_that_is_gone() -> None:
    between = (ROOT / "README.md").read_text().split("<!-- settings")[1].split("<!-- end of settings")[0]
    assert set(re.findall(r"^\| `([A-Z0-9_]+)` \|", between, re.MULTILINE)) == set(SETTINGS)


@pytest.mark.parametrize(
    "page", [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name
)
def test_no_page_of_ours_links_to_nothing(page: Path) -> None:
    gone = [link for link in LINK.findall(page.read_text()) if not (page.parent / unquote(link)).exists()]
    assert gone == []


def test_every_requirement_is_pinned_with_all_it_brings_along() -> None:
    asked = [re.match(r"[\w.-]+", line)[0] for line in requirements()]  # type: ignore[index]
    assert {canonical(name) for name in asked} <= pins()
    brought: set[str] = set()
    for name in asked:
        needed(name, brought)
    assert len(brought) > len(asked)
    assert brought <= pins()


def test_constraints_hold_exact_versions_and_nothing_of_one_machine() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not PIN.fullmatch(line)] == []
    assert lines == sorted(lines, key=lambda line: line.split("==")[0])


def test_the_build_backend_is_pinned() -> None:
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert [line for line in backend if "==" not in line] == []


def test_what_runs_is_what_is_pinned() -> None:
    wrong = []
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        name, _, version = line.partition("==")
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if version and installed != version:
            wrong.append(f"{name} {installed}, pinned {version}")
    assert wrong == []


def test_nothing_of_anybodys_machine_is_in_the_repository() -> None:
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore").lower()
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FOREIGN if word in text]
    assert found == []


def test_what_belongs_to_one_site_stays_out_of_git() -> None:
    kept = {str(path.relative_to(ROOT)) for path in tracked() if path.parent == ROOT / "instance"}
    assert kept == {"instance/README.md", "instance/.gitignore"}
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/instance/*", ".venv/"} <= set(ignored)
