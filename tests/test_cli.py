"""The command line: starts a site anywhere, looks after accounts, and says in one line what is wrong."""

import gc
import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from forum import demo, uploads
from forum.cli import guildhall, instance, schema, server
from forum.cli.doctor import findings
from forum.kit import clock
from forum.kit.db import db
from forum.members.accounts import fits
from forum.models import Mail, MailState, PushDevice, Session, Slide, User, Version
from forum.previews import office
from tests.conftest import sign_in

ADDRESSES = "http://127.0.0.1:{}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Shell:
    """A command line on one instance folder: in this process, and where a command runs on in one of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nothing_set = dict.fromkeys(name for name in os.environ if name.startswith(("FLASK_", "GUILDHALL_")))

    def run(self, *words, typed="", **settings):
        """A command that ended: its exit_code, what it said (stdout), what it complained of (stderr)."""
        mask = os.umask(0o022)
        try:
            environment = {**self.nothing_set, **settings}
            return CliRunner().invoke(guildhall, ["--instance", str(self.folder), *words], input=typed, env=environment)
        finally:
            os.umask(mask)

    def start(self, *words):
        """A command that runs on."""
        kept = {name: value for name, value in os.environ.items() if name not in self.nothing_set}
        command = [sys.executable, "-m", "forum.cli", "--instance", str(self.folder), *words]
        return subprocess.Popen(command, env=kept, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def bare(tmp_path):
    """A place where there is no site yet."""
    return Shell(tmp_path / "site")


def say_migrated(app):
    """Notes the newest revision in a database that the models made."""
    schema.init_app(app)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{schema.newest()}')")


@pytest.fixture
def shell(app):
    """The command line of the demo community's site, migrated."""
    say_migrated(app)
    secrets = Path(app.instance_path) / "secrets.json"
    secrets.write_text(json.dumps({name: app.config[name] for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT")}))
    secrets.chmod(0o600)
    for file in secrets.parent.glob("forum.sqlite*"):
        file.chmod(0o600)
    db.session.remove()
    return Shell(Path(app.instance_path))


def person(handle):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(User).where(User.handle == handle)).one()


def commands(group, *above):
    """Every command of ours with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*above, name), command
        if isinstance(command, click.Group) and name != "db":
            yield from commands(command, *above, name)


ALL = dict(commands(guildhall))


def test_every_promised_command_is_there():
    promised = "up serve worker demo doctor db routes shell user,create user,promote user,suspend user,restore user,password group,list"
    assert {tuple(words.split(",")) for words in promised.split()} <= set(ALL)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_and_every_option_has_help(words):
    command = ALL[words]
    assert command.get_short_help_str()
    own = [] if words[0] in {"db", "routes", "shell"} else command.params
    assert [option.name for option in own if isinstance(option, click.Option) and not option.help] == []
    assert CliRunner().invoke(guildhall, [*words, "--help"]).exit_code == 0


def test_help_needs_no_site(bare):
    told = bare.run("user", "create", "--help")
    assert told.exit_code == 0 and "--password-stdin" in told.stdout and "--instance" in told.stdout
    assert not bare.folder.exists()


def wait_for(process, port, seconds=60):
    """The first answer of a site that starts."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            return urllib.request.urlopen(ADDRESSES.format(port) + "/healthz", timeout=5).status
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"no answer: {process.stderr.read() if process.poll() is not None else 'still starting'}")


def children(process):
    """The numbers of the processes that a process started."""
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in told.stdout.split()]


def running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.communicate(timeout=40)
    finally:
        process.kill()


def workers_of(site):
    """The processes beside a site that do its jobs."""
    return [pid for pid in children(site) if "--with-parent" in command_of(pid)]


def command_of(pid):
    """How a process was called; nothing for one that has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


def until(found, seconds=40):
    """What is found, once it is there."""
    end = time.monotonic() + seconds
    while not (there := found()) and time.monotonic() < end:
        time.sleep(0.1)
    return there


def test_one_command_makes_a_site_with_people_and_serves_it(bare):
    port = free_port()
    site = bare.start("up", "--demo", "--port", str(port))
    try:
        assert wait_for(site, port) == 200
        assert until(lambda: len(children(site)) == 3), "two that answer, and one that does the jobs"
        started = children(site)
        assert len(workers_of(site)) == 1
        told = bare.run("demo", "--json")
        assert told.exit_code == 0 and len(json.loads(told.stdout)["people"]) == 16
    finally:
        _out, said = stop(site)
    assert f"Guildhall is at http://127.0.0.1:{port}" in said and f"mail is written to {bare.folder / 'mail'}" in said
    assert demo.PASSWORD in said and "ruth@example.org" in said and "Migrating the database to 0001" in said
    assert site.returncode == 0
    assert not any(running(pid) for pid in started), "everything that was started has ended"
    assert stat.S_IMODE((bare.folder / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((bare.folder / "forum.sqlite").stat().st_mode) == 0o600
    assert "config.py" in (bare.folder / "README.md").read_text()


def test_a_later_start_changes_nothing_and_its_worker_ends_with_it(bare):
    instance.make(bare.folder, lambda line: None)
    assert bare.run("db", "upgrade").exit_code == 0
    secrets, port = (bare.folder / "secrets.json").read_text(), free_port()
    site = bare.start("up", "--port", str(port))
    try:
        wait_for(site, port)
        assert len(until(lambda: workers_of(site))) == 1
        started = children(site)
        site.kill()
        _out, said = site.communicate()
        assert until(lambda: not any(running(pid) for pid in started)), "nobody is left behind"
    finally:
        site.kill()
    assert "Migrating" not in said
    assert (bare.folder / "secrets.json").read_text() == secrets


def test_the_worker_is_started_again_when_it_dies(bare):
    port = free_port()
    site = bare.start("up", "--port", str(port))
    try:
        wait_for(site, port)
        for _ in range(2):
            (first,) = until(lambda: workers_of(site))
            os.kill(first, signal.SIGKILL)
            assert until(lambda: not set(workers_of(site)) & {first})  # noqa: B023 called at once
            assert until(lambda: workers_of(site)), "another takes its place"
    finally:
        stop(site)


def refused(told, *words):
    """Asserts that a command failed, and said why in one line."""
    lines = [line for line in told.stderr.splitlines() if line.strip()]
    assert told.exit_code != 0 and isinstance(told.exception, SystemExit), told.exception
    assert lines[-1].startswith("Error: ") and all(word in lines[-1] for word in words), told.stderr


def test_a_port_in_use_is_said(bare):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused(bare.run("up", "--port", port), f"Port {port}", "in use", "--port")
    assert not bare.folder.exists()


def test_a_setting_that_is_none_of_ours_is_said(bare):
    refused(bare.run("up", "--port", str(free_port()), FLASK_SIET_NAME="x"), "SIET_NAME", "no setting")


def test_a_site_without_secrets_is_not_served(bare):
    bare.folder.mkdir()
    refused(bare.run("serve", "--port", str(free_port())), "SECRET_KEY", "bin/up")


def test_a_database_that_is_not_migrated_is_not_served(bare):
    instance.make(bare.folder, lambda line: None)
    refused(bare.run("serve", "--port", str(free_port())), "guildhall up")


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "can't be used"),
        ("nonsense", "DATABASE_URL"),
        ("oracle+cx_oracle://nobody@127.0.0.1/none", "missing"),
    ],
)
def test_a_database_that_is_not_there_is_said(bare, url, word):
    refused(bare.run("up", "--port", str(free_port()), FLASK_DATABASE_URL=url), word)


def test_a_file_that_is_no_database_is_said(bare):
    instance.make(bare.folder, lambda line: None)
    (bare.folder / "forum.sqlite").write_text("This is my shopping list. " * 100)
    refused(bare.run("up", "--port", str(free_port())), "The database can't be used")


def test_a_database_of_other_people_is_no_demo(bare):
    instance.make(bare.folder, lambda line: None)
    assert bare.run("db", "upgrade").exit_code == 0
    assert bare.run("user", "create", "noor@example.com", "--name", "Noor", "--generate-password").exit_code == 0
    refused(bare.run("demo"), "not the demo community's")


@pytest.mark.parametrize("words", [
    ("user", "create", "ruth@example.org", "--name", "Ruth", "--generate-password"), ("user", "promote", "ruth"),
    ("user", "password", "ruth", "--generate-password"), ("group", "list"), ("demo",), ("worker",),
])  # fmt: skip
def test_before_the_first_start_every_command_says_what_to_run_first(bare, words):
    instance.make(bare.folder, lambda line: None)
    refused(bare.run(*words), "This site has no database yet: run `guildhall up`")
    assert bare.run(*words).stdout == ""


def test_whatever_a_command_makes_is_for_the_site_s_own_user(bare):
    bare.folder.mkdir()
    instance.make(bare.folder, lambda line: None)
    assert bare.run("db", "upgrade").exit_code == 0
    made = [bare.folder / "forum.sqlite", bare.folder / "files"]
    assert [stat.S_IMODE(place.stat().st_mode) & 0o077 for place in made] == [0, 0]


def test_a_copy_is_kept_before_a_database_is_brought_up_to_date_by_hand(bare):
    instance.make(bare.folder, lambda line: None)
    assert "Kept a copy" not in bare.run("db", "upgrade").stderr, "there was nothing to keep"
    assert bare.run("db", "downgrade").exit_code == 0
    told = bare.run("db", "upgrade")
    (kept,) = (bare.folder / "snapshots").iterdir()
    assert told.exit_code == 0 and f"Kept a copy of the database as it was: {kept}" in told.stderr
    again = bare.run("db", "upgrade")
    assert again.exit_code == 0 and "Kept a copy" not in again.stderr and "The database is at" in again.stderr


def test_what_a_crash_left_half_made_is_not_kept(bare):
    instance.make(bare.folder, lambda line: None)
    first = (bare.folder / "secrets.json").read_text()
    instance.make(bare.folder, lambda line: None)
    assert (bare.folder / "secrets.json").read_text() == first
    assert len(json.loads(first)["SECRET_KEY"]) >= 32
    assert sorted(path.name for path in bare.folder.iterdir()) == [".gitignore", "README.md", "secrets.json"]


# accounts


def test_an_account_is_made_with_a_piped_password(shell):
    told = shell.run(
        "user", "create", "noor@example.com", "--name", "Noor Haddad", "--password-stdin", typed="seven quiet otters\n"
    )
    assert told.exit_code == 0 and "Noor Haddad can sign in as noor@example.com" in told.stdout
    noor = person("noor-haddad")
    assert noor.confirmed_at and fits(noor, "seven quiet otters") and not noor.admin


def test_an_account_is_made_with_a_password_of_the_machines(shell):
    told = shell.run(
        "user", "create", "noor@example.com", "--name", "Noor", "--admin", "--handle", "Noor-H", "--generate-password"
    )
    assert told.exit_code == 0
    noor = person("noor-h")
    assert noor.admin and fits(noor, re.search(r"Password: (\S+)", told.stdout)[1])


@pytest.mark.parametrize(
    ("words", "typed", "why"),
    [
        (["noor@example.com", "--name", "Noor", "--password-stdin"], "short\n", "12"),
        (["noor", "--name", "Noor", "--generate-password"], "", "email address"),
        (["maya@example.org", "--name", "Noor", "--generate-password"], "", "maya@example.org"),
        (["noor@example.com", "--name", "Noor", "--handle", "maya", "--generate-password"], "", "handle"),
        (["noor@example.com", "--name", "\u202enoor", "--generate-password"], "", ""),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_one_line(shell, words, typed, why):
    refused(shell.run("user", "create", *words, typed=typed), why)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 16


def test_nobody_there_to_type_a_password_is_no_accident(shell):
    told = shell.run("user", "create", "noor@example.com", "--name", "Noor")
    assert told.exit_code == 1 and isinstance(told.exception, SystemExit)


def test_a_person_becomes_administrator(shell):
    assert shell.run("user", "promote", "ruth@example.org").exit_code == 0
    assert person("ruth").admin


def test_a_suspended_person_is_signed_out_and_may_be_let_in_again(shell, as_):
    as_(person("ruth"))
    assert shell.run("user", "suspend", "ruth", "--reason", "asked for it").exit_code == 0
    ruth = person("ruth")
    assert not ruth.active and ruth.suspended_why == "asked for it"
    assert db.session.scalar(sa.select(Session.ended_at).where(Session.user_id == ruth.id)) is not None
    assert shell.run("user", "restore", "ruth").exit_code == 0
    assert person("ruth").active


def test_a_person_gets_a_new_password(shell):
    assert (
        shell.run("user", "password", "maya@example.org", "--password-stdin", typed="seven quiet otters\n").exit_code
        == 0
    )
    assert fits(person("maya"), "seven quiet otters")


@pytest.mark.parametrize("command", ["promote", "suspend", "restore", "password"])
def test_an_unknown_person_is_said(shell, command):
    refused(shell.run("user", command, "nobody@example.org"), "nobody@example.org")


def test_groups_are_listed_with_their_owners(shell):
    lines = shell.run("group", "list").stdout.splitlines()
    assert len(lines) == 8
    assert [re.split(r"\s{2,}", line) for line in lines if line.startswith("performance")] == [
        ["performance", "restricted", "6", "Ruth Castellan"]
    ]


# doctor


def wrong():
    return [finding.says for finding in findings() if finding.wrong]


def test_a_healthy_site_is_found_healthy(shell):
    told = shell.run("doctor")
    assert told.exit_code == 0, told.stdout
    assert "WRONG" not in told.stdout and "the newest" in told.stdout and "instance/mail" in told.stdout


@pytest.fixture
def patient(shell, app):
    """The site under the doctor's eyes, in this process."""
    schema.init_app(app)
    assert wrong() == []
    return app


def test_secrets_that_others_can_read_are_found(patient, shell):
    (Path(patient.instance_path) / "secrets.json").chmod(0o644)
    assert len(wrong()) == 1 and "chmod 600" in wrong()[0]
    told = shell.run("doctor")
    assert told.exit_code == 1 and told.stderr.strip() == "Error: 1 of these needs you."


def test_a_database_that_others_can_read_is_found(patient, shell):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite alone is a file")
    (shell.folder / "forum.sqlite").chmod(0o644)
    assert any("forum.sqlite has mode 0644" in line for line in wrong())


def test_a_site_that_takes_everybody_for_one_is_found(patient, app):
    app.config.update(BASE_URL="https://forum.example.org", TRUSTED_PROXIES=0)
    assert any("TRUSTED_PROXIES" in line for line in wrong())
    app.config["TRUSTED_PROXIES"] = 1
    assert wrong() == []


def test_a_missing_migration_is_found(patient):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert len(wrong()) == 1 and "guildhall up" in wrong()[0]


def test_letters_that_were_given_up_or_are_late_are_found(patient):
    moment = clock.now() - timedelta(hours=2)
    common = {"template": "confirm", "address": "new@example.org", "facts": {}}
    db.session.add(Mail(once="1", state=MailState.DEAD, error="550 no such mailbox", attempts=3, **common))
    db.session.add(Mail(once="2", due_at=moment, **common))
    db.session.add(Mail(once="3", created_at=moment, due_at=clock.now() + timedelta(hours=1), attempts=5, **common))
    db.session.commit()
    late, refused, dead = wrong()
    assert "taken by nobody" in late and "worker" in late
    assert f"tried since {moment:%Y-%m-%d %H:%M} UTC" in refused and "mail server" in refused
    assert "1 given up" in dead and "guildhall outbox list" in dead


def test_lost_and_forgotten_files_are_found(patient):
    version = db.session.scalars(sa.select(Version).order_by(Version.id)).first()
    place = uploads.store().path(version.storage_key)
    place.write_bytes(place.read_bytes()[:10])
    stray = place.with_name(place.name[:2] + "f" * (len(place.name) - 2))
    stray.write_bytes(b"left by a crash")
    assert len(wrong()) == 1 and version.name in wrong()[0], "the stray one may be on its way in"
    old = time.time() - 49 * 3600
    os.utime(stray, (old, old))
    assert [stray.name in says for says in wrong()] == [False, True]


def test_a_lost_picture_of_a_slide_is_found(patient):
    slide = db.session.scalars(sa.select(Slide).order_by(Slide.id)).first()
    uploads.store().remove(slide.large_key)
    assert len(wrong()) == 1 and f"slide {slide.number} " in wrong()[0]


def test_the_doctor_says_whether_slides_can_be_made(patient, monkeypatch):
    monkeypatch.setattr(office, "PLACES", ())
    monkeypatch.setenv("PATH", "/nowhere")
    assert any("no LibreOffice" in finding.says for finding in findings())


def test_a_damaged_database_is_found(patient):
    if db.engine.dialect.name != "sqlite":
        return
    db.session.remove()
    with sqlite3.connect(db.engine.url.database) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("UPDATE post SET author_id = 9999 WHERE id = 1")
    assert len(wrong()) == 1 and "damaged" in wrong()[0]


def test_the_flask_commands_know_our_site(shell):
    assert "members.profile" in shell.run("routes").stdout or "/people/" in shell.run("routes").stdout
    assert shell.run("shell", typed="print(app.config['SITE_NAME'])\n").stdout.count("Guildhall") >= 1
    assert shell.run("db", "current").exit_code == 0


def test_the_folder_that_is_made_explains_itself_like_the_one_in_the_repository():
    assert (Path(__file__).parents[1] / "instance" / "README.md").read_text() == instance.README


def test_doctor_says_whether_browsers_can_be_told(patient, app):
    def said():
        return next((one.says, one.wrong) for one in findings(quick=True) if one.what == "push")

    assert said() == ("0 browsers show notifications", False)
    user = db.session.scalars(sa.select(User).limit(1)).one()
    sign_in(app, user)
    session = db.session.scalars(sa.select(Session).order_by(Session.id.desc()).limit(1)).one()
    keys = {"endpoint": "x", "digest": "x", "p256dh": "x", "auth": "x"}
    db.session.add(PushDevice(user_id=user.id, session_id=session.id, **keys))
    db.session.commit()
    assert said() == ("1 browser shows notifications", False)
    app.config["BASE_URL"] = "http://forum.example.org"
    assert said()[1] and "https" in said()[0]
    app.config["WEB_PUSH"] = False
    assert said() == ("WEB_PUSH is off: browsers show no notifications", False)


def test_a_server_seldom_looks_for_circles(app):
    client, looked, before = app.test_client(), [], gc.get_threshold()

    def note(phase, facts):
        looked.append((phase, facts))

    client.get("/about/access")
    gc.callbacks.append(note)
    try:
        for _ in range(200):
            client.get("/about/access")
        usual = len(looked)
        server.keep_shared()
        looked.clear()
        for _ in range(200):
            client.get("/about/access")
    finally:
        gc.callbacks.remove(note)
        gc.unfreeze()
        gc.set_threshold(*before)
    assert usual, "without it there are some"
    assert len(looked) <= usual / 4
