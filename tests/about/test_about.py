"""The pages about the site say what is so, and the signs for machines say nothing secret."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from forum.about import law
from forum.access import COLUMNS, TABLE
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Kind
from tests.conftest import Browser, make_app


@pytest.fixture
def visitor(empty_app):
    return Browser(empty_app)


def cells(page):
    """The rows of the tables of a page, each as its words."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_the_page_shows_every_cell_of_the_law(visitor):
    shown = {
        row[0].split(" ")[0]: row[1:]
        for row in cells(visitor.get("/about/access").text)
        if len(row) == len(COLUMNS) + 1
    }
    assert shown.pop("Person") == ["Open", "Open, with public reading", "Restricted", "Private", "Hidden"]
    assert shown == {
        who.value.capitalize(): [law.WORDS[levels[column]] for column in COLUMNS] for who, levels in TABLE.items()
    }


def test_each_kind_has_its_three_consequences(visitor):
    shown = {row[0]: row[1:] for row in cells(visitor.get("/about/access").text) if len(row) == 4}
    assert shown["Open"] == [
        "everyone",
        "any registered person, at once",
        "every registered person; everyone if its owner switches on public reading",
    ]
    assert shown["Restricted"] == ["everyone", "they ask; a facilitator decides", "members"]
    assert shown["Private"] == ["every registered person", "by invitation", "members"]
    assert shown["Hidden"] == ["members, and people holding an invitation", "by invitation", "members"]
    assert len(shown) == len(Kind) + 1


@pytest.mark.parametrize("place", ["access", "guidelines", "privacy", "accessibility", "help"])
def test_everyone_reads_the_pages_about_the_site(visitor, place):
    page = visitor.get(f"/about/{place}")
    assert page.status_code == 200
    assert page.text.count("<h1>") == 1


def test_the_privacy_page_says_the_limits_that_are_set(tmp_path, empty_app):
    app = make_app(
        tmp_path / "own",
        empty_app.config["DATABASE_URL"],
        SESSION_IDLE=5 * 86_400,
        SESSION_ABSOLUTE=77 * 86_400,
        INVITATION_DAYS=3,
    )
    page = Browser(app).get("/about/privacy").text
    assert "not used for 5 days" in page and "any after 77 days" in page and "nothing after 3 days" in page


def test_the_site_is_well_and_ready(visitor):
    assert visitor.get("/healthz").text == "ok\n"
    reply = visitor.get("/readyz")
    assert reply.status_code == 200
    parts = dict.fromkeys(("database", "storage", "disk", "mail", "digests"), "ok")
    assert {name: reply.json[name] for name in (*parts, "status")} == {**parts, "status": "ready"}
    assert reply.headers["Cache-Control"] == "no-store"


def test_storage_that_cannot_be_written_is_told(tmp_path, empty_app):
    app = make_app(tmp_path / "own", empty_app.config["DATABASE_URL"])
    app.config["FILES_DIR"] = "/proc/nowhere"
    reply = Browser(app).get("/readyz")
    assert (reply.status_code, reply.json["storage"]) == (503, "fails")
    assert "/proc" not in reply.text


def test_a_disk_with_too_little_room_is_told(visitor, empty_app):
    empty_app.config["MAX_UPLOAD"] = 10**18
    assert visitor.get("/readyz").json["disk"] == "low"


def test_a_database_that_is_gone_is_told(tmp_path):
    app = make_app(tmp_path / "own")
    reply = Browser(app).get("/readyz")
    assert reply.status_code == 503
    assert reply.json["database"] == "fails"


def test_a_database_that_can_only_be_read_is_told(tmp_path, empty_app):
    url, engine = empty_app.config["DATABASE_URL"], db.engine
    if engine.dialect.name == "postgresql":
        only_read = f"{url}?options=-cdefault_transaction_read_only%3Don"
    else:
        only_read = f"sqlite:///file:{engine.url.database}?mode=ro&uri=true"
    reply = Browser(make_app(tmp_path / "own", only_read)).get("/readyz")
    assert (reply.status_code, reply.json["database"]) == (503, "fails")


def test_asking_often_whether_the_site_is_ready_costs_next_to_nothing(visitor, watch):
    visitor.get("/readyz")
    with watch() as seen:
        assert visitor.get("/readyz").status_code == 200
    assert seen.statements == []


def test_security_txt_says_whom_to_tell_and_until_when(tmp_path, empty_app):
    app = make_app(tmp_path / "own", empty_app.config["DATABASE_URL"], CONTACT="host@example.org")
    text = Browser(app).get("/.well-known/security.txt").text
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"] == "mailto:host@example.org"
    assert now().strftime("%Y-%m-%d") < fields["Expires"][:10] < (now() + timedelta(days=365)).strftime("%Y-%m-%d")
    assert fields["Canonical"] == "http://localhost/.well-known/security.txt"


def test_search_engines_are_kept_from_people(visitor):
    assert "Disallow: /people\n" in visitor.get("/robots.txt").text


def test_every_mail_of_the_accounts_says_why_it_came(empty_app):
    folder = Path(empty_app.root_path) / "templates" / "mail"
    for name in ("confirm", "reset", "password-changed", "address-change", "address-changed", "already-registered"):
        facts = {
            "name": "Noor & Co",
            "url": "http://localhost/confirm/x?a=1&b=2",
            "address": "n@example.org",
            "site_name": "Guildhall",
            "base_url": "http://localhost",
        }
        texts = {
            part: empty_app.jinja_env.get_template(f"mail/{name}.{part}").render(facts)
            for part in ("subject", "text", "html")
        }
        assert (folder / f"{name}.subject").is_file()
        assert "Guildhall" in texts["subject"] and "\n" not in texts["subject"].strip()
        assert "You get this because" in texts["text"] and "You get this because" in texts["html"]
        if name != "confirm":  # goes to an address that nobody has proved: it repeats no words that somebody typed
            assert "Noor & Co" in texts["text"] and "Noor &amp; Co" in texts["html"]
