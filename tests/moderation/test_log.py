"""The log: who did what, when and from where; for owners and administrators, and as a table to take along."""

import ast
import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.sheets import harmless, line
from forum.models import AuditEntry, Group
from forum.moderation.words import ACTIONS
from tests.groups.conftest import words

HOUSE = Path(__file__).parents[2] / "forum"
LOG = "/groups/performance/manage/log"


def entry(group: Group | None, action: str, **facts: object) -> AuditEntry:
    row = AuditEntry(action=action, group_id=group.id if group else None, **{"details": {}, **facts})
    db.session.add(row)
    db.session.commit()
    return row


def table(reply) -> list[dict[str, str]]:
    """The rows of a page's table, by their headings."""
    text = reply.get_data(as_text=True)
    heads = re.findall(r'<th scope="col">([^<]+)</th>', text)
    rows = re.findall(r"<tr>(<td>.*?)</tr>", text)
    return [
        dict(zip(heads, (re.sub(r"<[^>]+>", "", cell) for cell in row.split("<td>")[1:]), strict=True)) for row in rows
    ]


def test_an_owner_reads_who_did_what_from_which_network(community, as_):
    ruth = as_(community.ruth)
    done = ruth.post("/groups/performance/topics/1/closure", environ_overrides={"REMOTE_ADDR": "192.0.2.77"})
    assert done.status_code == 303
    first = table(ruth.get(LOG))[0]
    assert (first["Who"], first["What"], first["Details"]) == ("Ruth Castellan", "Locked a topic", "topic: 1")
    assert first["From"] == "192.0.2.…"


def test_the_log_is_found_by_person_action_and_day(community, as_):
    ruth, group = as_(community.ruth), community.group("performance")
    entry(group, "topic.pinned", actor_id=community.priya.id, at=now() - timedelta(days=3_000), details={"topic": 4})
    entry(group, "member.removed", actor_id=community.ruth.id, subject_id=community.maya.id)
    found = table(ruth.get(f"{LOG}?who=maya&action=member.removed"))
    assert [row["What"] for row in found] == ["Removed Maya Okafor"]
    day = (now() - timedelta(days=3_000)).date()
    found = table(ruth.get(f"{LOG}?since={day - timedelta(days=2)}&until={day + timedelta(days=2)}"))
    assert [(row["Who"], row["What"]) for row in found] == [("Priya Raman", "Pinned a topic")]
    assert not table(ruth.get(f"{LOG}?who=nobody-of-this-name"))


@pytest.mark.parametrize(
    ("sought", "says"),
    [
        ("since=yesterday", "Write a date, like 2026-03-02"),
        ("since=2026-03-02&until=2026-03-01", "The last day is before the first one"),
        ("action=world.ended", "Choose one from the list"),
        ("who=" + "x" * 81, "Person must be 80 characters or fewer"),
    ],
)
def test_a_wrong_search_says_so_at_its_field_and_keeps_what_was_typed(community, as_, sought, says):
    reply = as_(community.ruth).get(f"{LOG}?{sought}")
    assert reply.status_code == 422 and says in words(reply)
    assert "action" in sought or sought.split("=")[1].split("&")[0] in reply.get_data(as_text=True)


def test_pages_follow_each_other_without_gaps_also_within_one_moment(community, as_):
    group, moment = community.group("performance"), now() + timedelta(hours=1)
    for number in range(120):
        db.session.add(AuditEntry(action="topic.pinned", group_id=group.id, details={"topic": number}, at=moment))
    db.session.commit()
    ruth, address, seen = as_(community.ruth), f"{LOG}?action=topic.pinned", []
    while address:
        reply = ruth.get(address)
        seen += [row["Details"] for row in table(reply)]
        older = re.search(r'href="([^"]+)" rel="next"', reply.get_data(as_text=True))
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen[:120] == [f"topic: {number}" for number in reversed(range(120))]
    assert len(seen) == len(table(ruth.get(f"{LOG}?action=topic.pinned"))) + 70 + (len(seen) - 120)


def test_the_pages_name_no_number_of_a_row(community, as_):
    group = community.group("performance")
    for number in range(60):
        db.session.add(AuditEntry(action="topic.pinned", group_id=group.id, details={"topic": number}))
    db.session.commit()
    older = re.search(r'before=([^"&]+)', as_(community.ruth).get(LOG).get_data(as_text=True))
    assert older
    micro, shown = older[1].split("-")
    assert len(micro) == 16 and int(shown) < 60


def test_the_file_is_harmless_to_a_spreadsheet_and_taking_it_is_in_the_log(community, as_):
    group, ruth = community.group("performance"), as_(community.ruth)
    nasty = '=HYPERLINK("http://x.example")'
    entry(group, "document.hidden", actor_id=community.priya.id, details={"reason": '+1, a "quote"\r\nand a line'})
    community.priya.name = nasty
    db.session.commit()
    reply = ruth.post(f"{LOG}/export", data={"take-password": community.password, "take-action": "document.hidden"})
    assert reply.status_code == 200 and reply.mimetype == "text/csv"
    assert 'filename="log-performance.csv"' in reply.headers["Content-Disposition"]
    assert reply.headers["Cache-Control"] == "private, no-store"
    text = reply.get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert text.startswith("\ufeffWhen,Who") and text.count("\r\n") == len(rows) + 1
    assert rows[0]["Who"] == f"'{nasty}" and rows[0]["Action"] == "document.hidden"
    assert rows[0]["Details"] == 'reason: +1, a "quote"\\x0d\\x0aand a line'
    assert table(ruth.get(LOG))[0]["What"] == "Exported the log"


def test_the_whole_log_is_in_the_file(community, as_):
    group = community.group("performance")
    db.session.add_all(AuditEntry(action="topic.pinned", group_id=group.id, details={"topic": n}) for n in range(1_100))
    db.session.commit()
    reply = as_(community.ruth).post(f"{LOG}/export", data={"take-password": community.password})
    assert sum("topic.pinned" in row for row in reply.get_data(as_text=True).split("\r\n")) >= 1_100


def test_nobody_takes_the_log_along_without_the_password(community, as_):
    before = len(list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "log.exported"))))
    reply = as_(community.ruth).post(f"{LOG}/export", data={"take-password": "not her password at all"})
    assert reply.status_code == 422 and "This is not your password" in words(reply)
    assert len(list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "log.exported")))) == before


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "  =1", "\n=1"])
def test_no_cell_begins_a_formula(cell):
    assert harmless(cell).startswith("'") and not re.search(r"[\x00-\x1f]", harmless(cell))
    assert next(csv.reader([line([cell, "b"])]))[1] == "b"


def test_an_admin_reads_of_groups_only_what_admins_may(community, as_):
    group = community.group("reorganisation")
    entry(group, "member.joined", actor_id=community.priya.id)
    entry(group, "topic.hidden", actor_id=community.priya.id, details={"topic": 1})
    entry(group, "role.changed", subject_id=community.priya.id, details={"before": "member", "after": "facilitator"})
    entry(group, "role.changed", subject_id=community.maya.id, details={"before": "member", "after": "owner"})
    entry(group, "group.kind changed", details={"kind": ["private", "hidden"]})
    entry(None, "account.suspended", subject_id=community.vic.id, details={"reason": "x"}, address="192.0.2.7")
    grace = as_(community.grace)
    seen = [(row["What"], row["Group"]) for row in table(grace.get("/admin/log?since=" + str(now().date())))]
    assert ("Changed who finds, joins and reads", group.name) in seen
    assert ("Changed the role of Maya Okafor", group.name) in seen
    assert ("Changed the role of Priya Raman", group.name) not in seen
    assert ("Joined", group.name) not in seen and ("Hid a topic", group.name) not in seen
    assert "192.0.2.7" in words(grace.get("/admin/log?action=account.suspended"))


def test_someone_who_leaves_is_in_the_log_of_every_group_they_go_from(community, as_):
    assert as_(community.dan).post("/groups/policy/departure").status_code == 303
    left = select(Group.slug).join(AuditEntry, AuditEntry.group_id == Group.id)
    there = set(
        db.session.scalars(left.where(AuditEntry.action == "member.left", AuditEntry.actor_id == community.dan.id))
    )
    assert {"policy", "performance"} <= there


def named(given: ast.expr) -> set[str]:
    """The actions that an argument may name."""
    if isinstance(given, ast.IfExp):
        return named(given.body) | named(given.orelse)
    if isinstance(given, ast.JoinedStr):
        return {"request.accepted", "request.declined"} if "request." in ast.unparse(given) else set()
    return {given.value} if isinstance(given, ast.Constant) else set()


def logged_in(path: Path) -> set[str]:
    """What one file writes into the log: by name, or through functions of its own that pass the name on."""
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    calls = [(f, node) for f in functions for node in ast.walk(f) if isinstance(node, ast.Call)]
    ways, found = {"activity.log": 0}, set()
    for _ in range(4):
        for around, call in calls:
            at = ways.get(ast.unparse(call.func))
            given = call.args[at] if at is not None and at < len(call.args) else None
            taken = [each.arg for each in around.args.args]
            if isinstance(given, ast.Name) and given.id in taken:
                ways[around.name] = taken.index(given.id)
            elif given is not None:
                found |= named(given)
    return found


def test_every_action_has_its_words_and_every_word_its_action():
    written = {action for path in HOUSE.rglob("*.py") for action in logged_in(path)}
    assert written - set(ACTIONS) == set(), "actions without words: forum/moderation/words.py"
    said = {
        node.value
        for path in HOUSE.rglob("*.py")
        if path.name != "words.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unsaid = {action for action in ACTIONS if action.removesuffix(" away") not in said} - written
    assert unsaid == set(), "words without an action"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2101-01-01"])
@pytest.mark.parametrize("field", ["since", "until"])
def test_a_day_on_which_nothing_can_have_been_done_is_refused_at_its_field(community, as_, field, day):
    reply = as_(community.tom).get("/groups/policy/manage/log", query_string={field: day})
    assert reply.status_code == 422 and "Choose a day in the years 2000 to 2100" in reply.get_data(as_text=True)
