"""Guard 4: the floors, and the few places where a thing may be done."""

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent / "forum"
FLOORS = {
    "kit": 0, "config": 0, "models": 1, "who": 2, "asking": 2, "rule": 2, "meetings": 2, "talk": 2, "rows": 2, "verbs": 2, "access": 2,
    "sight": 2, "activity": 3, "bookmarks": 3, "outbox": 3, "uploads": 3, "receipts": 3, "once": 3, "counts": 3,
    "index": 3, "spam": 3, "mutes": 3, "held": 3, "moves": 3, "vocabulary": 3, "drafts": 3, "quoting": 3, "notices": 3, "hearing": 3,
    "members": 4, "groups": 4, "discussions": 4, "library": 4, "pages": 4, "about": 4, "previews": 4, "search": 4,
    "tags": 4, "feeds": 4, "inbox": 4,
    "moderation": 5, "workshops": 5, "mailin": 5, "jobs": 6, "demo": 6, "__init__": 7, "cli": 8, "migrations": 9,
}  # fmt: skip
#: the second floor is a staircase: each may import those before it
STAIRS = ("who", "asking", "rule", "meetings", "talk", "rows", "verbs", "access", "sight")
FILES = sorted(HOUSE.rglob("*.py"))
ROOMS = ("members", "groups", "discussions", "library", "about", "search", "tags", "pages")


def below(there: str, here: str) -> bool:
    """Whether both are steps of the second floor, and there comes before here."""
    return there in STAIRS and here in STAIRS and STAIRS.index(there) < STAIRS.index(here)


def part(path: Path) -> str:
    """The part of the house that a file belongs to."""
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> list[tuple[str, ast.AST]]:
    """What a file imports from the house."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "forum":
            names = [node.module] if node.module != "forum" else [f"forum.{alias.name}" for alias in node.names]
            found += [
                (name.split(".")[1] if name.split(".")[1] in FLOORS else "__init__", node) for name in names if name
            ]
        if isinstance(node, ast.Import):
            found += [(alias.name.split(".")[1], node) for alias in node.names if alias.name.startswith("forum.")]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_go_down(path: Path) -> None:
    here = part(path)
    assert here in FLOORS, f"{here} has no floor"
    for there, _ in imported(ast.parse(path.read_text())):
        assert here == there or FLOORS[there] < FLOORS[here] or below(there, here), f"{here} imports {there}"


@pytest.mark.parametrize(
    "path", [p for p in FILES if part(p) != "migrations"], ids=lambda path: str(path.relative_to(HOUSE))
)
def test_no_import_hides_in_a_function(path: Path) -> None:
    source = path.read_text()
    assert "TYPE_CHECKING" not in source
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [node.lineno for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not inner, f"imports at {inner}"


@pytest.mark.parametrize("path", sorted((HOUSE / "previews" / "workers").glob("*.py")), ids=lambda path: path.name)
def test_what_looks_at_hostile_files_imports_nothing_of_the_house(path: Path) -> None:
    assert imported(ast.parse(path.read_text())) == []
    assert not any(name in path.read_text() for name in ("flask", "sqlalchemy", "huey"))


def found(pattern: str, *, but: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> list[str]:
    """Where a pattern stands in the code, leaving out the places named."""
    hits = []
    for path in FILES:
        name = str(path.relative_to(HOUSE))
        if (
            part(path) == "migrations"
            or any(word in name for word in but)
            or (only and not any(word in name for word in only))
        ):
            continue
        hits += [f"{name}:{n}" for n, line in enumerate(path.read_text().splitlines(), 1) if re.search(pattern, line)]
    return hits


def test_only_views_jobs_and_commands_commit() -> None:
    assert not found(
        r"\.commit\(\)",
        but=(
            "views",
            "jobs/",
            "cli",
            "demo/",
            "outbox/",
            "previews/",
            "mailin/",
            "kit/turns.py",
            "members/session.py",
            "discussions/visiting.py",
            "discussions/reading.py",
            "workshops/seeing.py",
        ),
    )


def test_only_the_outbox_speaks_smtp() -> None:
    assert not found(r"smtplib", but=("outbox/", "kit/smtp.py"))


def test_the_current_user_is_asked_for_in_one_place() -> None:
    assert not found(r"\bcurrent_user\b", but=("access.py", "members/accounts"))


def test_actions_and_queries_know_no_request() -> None:
    assert not found(
        r"\b(request|session)\.(form|args|files|headers|cookies)|from flask import .*\b(request|session)\b|viewer\(",
        only=("actions", "queries"),
    )


def test_views_load_rows_through_the_rule() -> None:
    assert not found(r"db\.session\.get(_one)?\(|get_or_404|first_or_404|one_or_404|filter_by\(id=", only=("views",))


def test_standing_is_worded_once() -> None:
    """Nothing outside the rule, the groups and the people's own pages asks for memberships."""
    assert not found(
        r"\bMembership\b",
        but=(
            "models/",
            "access.py",
            "who.py",
            "asking.py",
            "rule.py",
            "rows.py",
            "counts.py",
            "groups/",
            "members/",
            "demo/",
        ),
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    source = path.read_text()
    limit = 300 if path.name == "access.py" else 1_000 if part(path) == "migrations" else 200
    assert len(source.splitlines()) <= limit
    if part(path) != "migrations":
        for function in ast.walk(ast.parse(source)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (function.end_lineno or 0) - function.lineno < 40, function.name


def test_templates_hold_no_script_style_or_raw_text() -> None:
    for path in HOUSE.glob("templates/**/*.html"):
        if "mail" in path.parts:
            continue  # mail readers know nothing but inline style
        text = path.read_text()
        assert not re.search(r'\sstyle="|\son[a-z]+="|<script>|<style|javascript:', text), path.name
        assert "macros" in path.parts or not re.search(r"\|\s*safe\b", text), path.name
