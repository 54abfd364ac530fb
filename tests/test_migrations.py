"""Migrations make exactly what the models say, on SQLite and on PostgreSQL; each is whole or not there."""

import os
import socket
import subprocess
import sys
import uuid
import warnings
from contextlib import contextmanager

import click
import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from forum.cli import schema, snapshots
from forum.kit.db import db
from forum.models import AuditEntry, search
from tests.conftest import make_app

POSTGRES = os.environ.get("DATABASE_URL") or "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def postgres_listens():
    url = sa.make_url(POSTGRES)
    try:
        socket.create_connection((url.host or "127.0.0.1", url.port or 5432), timeout=2).close()
    except OSError:
        return False
    return True


@contextmanager
def postgres_database():
    """The address of an empty PostgreSQL database of this test's own."""
    name = f"guildhall_migrations_{uuid.uuid4().hex[:10]}"
    server = (
        sa.make_url(POSTGRES).set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    )
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def opened(folder, url):
    app = make_app(folder, url)
    schema.init_app(app)
    return app


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A site whose database is empty, inside its application context, on each engine."""
    if request.param == "sqlite":
        app = opened(tmp_path, f"sqlite:///{tmp_path}/forum.sqlite")
        with app.app_context():
            yield app
            db.engine.dispose()
        return
    if not postgres_listens():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no PostgreSQL answers at {POSTGRES}")
        pytest.skip(f"no PostgreSQL answers at {POSTGRES}")
    with postgres_database() as url:
        app = opened(tmp_path, url)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def site(empty):
    """A site whose database is up to date."""
    schema.upgrade(lambda line: None)
    return empty


def differences():
    """What Alembic would still change. Indexes on expressions are beyond it: see `indexes`."""
    options = {
        "compare_type": True,
        "include_object": lambda _thing, _name, kind, *_: kind != "index",
        "include_name": search.has_model,
    }
    with db.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)


def indexes():
    """What the database itself says of its indexes."""
    statement = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        found = {name: " ".join(sql.split()) for name, sql in connection.exec_driver_sql(statement)}
    return {name: sql for name, sql in found.items() if "alembic_version" not in sql}


def keepers():
    """What the database itself says of the search's index, and of what keeps it."""
    statements = {
        "sqlite": ["SELECT name, sql FROM sqlite_master WHERE name GLOB '*_words_*' OR name GLOB '*_index'"],
        "postgresql": [
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname ~ '_words$'",
            "SELECT proname || '()', pg_get_functiondef(oid) FROM pg_proc WHERE proname ~ '(^words_of|^with_pairs|^pairs_sought|_words)$'",
            "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns WHERE table_name ~ '_index$'",
            """SELECT 'token ' || maptokentype, string_agg(dictname, ' ') FROM pg_ts_config_map JOIN pg_ts_config c ON c.oid = mapcfg
            JOIN pg_ts_dict d ON d.oid = mapdict WHERE cfgname = 'guildhall' GROUP BY 1""",
        ],
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        return {name: sql for statement in statements for name, sql in connection.exec_driver_sql(statement)}


def revisions():
    """The numbers of all migrations, newest first."""
    return [script.revision for script in ScriptDirectory.from_config(schema.config()).walk_revisions()]


def tables():
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_migrating_makes_what_the_models_say(site):
    assert differences() == []
    assert schema.pending() == []
    schema.require_newest()


def test_migrating_makes_every_index(site):
    migrated = indexes()
    command.downgrade(schema.config(), "base")
    db.create_all()
    assert migrated == indexes()


def test_migrating_keeps_the_search_as_the_models_say(site):
    migrated = keepers()
    command.downgrade(schema.config(), "base")
    db.create_all()
    assert migrated == keepers()
    assert len(migrated) > 15


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_what_was_in_the_search_is_found_by_phrases_and_left_as_it_was(site):
    command.downgrade(schema.config(), "0009")
    entry = f"setweight(words_of('A team'), 'A') || words_of('Group of things') || array_to_tsvector(ARRAY['{search.SIGN}3'])"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO post_index SELECT 7, {entry}")
        before = connection.exec_driver_sql("SELECT words::text FROM post_index").scalar_one()
    schema.upgrade(lambda line: None)
    with db.engine.begin() as connection:
        for phrases, there in (("team groups", True), ("of things|a team group", True), ("things of", False)):
            found = connection.execute(
                sa.text("SELECT words @@ pairs_sought(:said) FROM post_index"), {"said": phrases}
            )
            assert found.scalar_one() is there, phrases
    command.downgrade(schema.config(), "0009")
    with db.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT words::text FROM post_index").scalar_one() == before


def test_every_migration_can_be_undone(site):
    command.downgrade(schema.config(), "base")
    assert tables() == set()
    schema.upgrade(lambda line: None)
    assert differences() == []


def test_migrating_says_what_it_does_and_then_nothing(empty):
    said, steps = [], len(revisions())
    schema.upgrade(said.append)
    assert len(said) == steps and said[0].startswith("Migrating the database to 0001")
    schema.upgrade(said.append)
    assert len(said) == steps


def test_the_log_only_grows(site):
    db.session.add(AuditEntry(action="user.created"))
    db.session.commit()
    for change in (sa.update(AuditEntry).values(action="x"), sa.delete(AuditEntry)):
        with pytest.raises(sa.exc.DBAPIError, match="the log only grows"):
            db.session.execute(change)
        db.session.rollback()
    assert db.session.scalar(sa.select(AuditEntry.action)) == "user.created"


def test_a_database_of_a_newer_version_is_refused(site):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for ask in (schema.require_newest, lambda: schema.upgrade(lambda line: None)):
        with pytest.raises(click.ClickException, match="newer Guildhall: it is at revision 9999"):
            ask()


def test_a_database_that_is_behind_is_refused_until_it_is_migrated(site):
    command.downgrade(schema.config(), "-1")
    with pytest.raises(click.ClickException, match="run `guildhall up`"):
        schema.require_newest()


def test_a_database_of_something_else_is_left_alone(empty):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
    with pytest.raises(click.ClickException, match="not made by Guildhall: it holds tables"):
        schema.upgrade(lambda line: None)
    assert tables() == {"recipes"}


def test_a_migration_that_fails_leaves_nothing_behind(empty):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE version (id INTEGER PRIMARY KEY)")  # in the way of one of ours
    before = tables()
    with pytest.raises(sa.exc.DBAPIError):
        schema.upgrade(lambda line: None)
    assert tables() == before
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE version")
    schema.upgrade(lambda line: None)
    assert differences() == []


UP = """
import sys
from forum import create_app
from forum.cli import schema
app = create_app(sys.argv[1])
schema.init_app(app)
with app.app_context():
    schema.upgrade(lambda line: None)
"""


def test_several_that_start_at_once_migrate_once(empty):
    names = ("SECRET_KEY", "SECURITY_PASSWORD_SALT", "DATABASE_URL")
    environment = {**os.environ, **{f"FLASK_{name}": empty.config[name] for name in names}}
    started = [subprocess.Popen([sys.executable, "-c", UP, empty.instance_path], env=environment) for _ in range(3)]
    assert [one.wait(timeout=120) for one in started] == [0, 0, 0]
    assert differences() == []


def test_a_copy_is_kept_before_an_existing_sqlite_database_is_migrated(tmp_path):
    app = opened(tmp_path, f"sqlite:///{tmp_path}/forum.sqlite")
    with app.app_context():
        said = []
        schema.upgrade(said.append)
        assert not (tmp_path / "snapshots").exists(), "there was nothing to keep"
        db.session.add(AuditEntry(action="user.created"))
        db.session.commit()
        command.downgrade(schema.config(), "-1")
        schema.upgrade(said.append)
        (kept,) = (tmp_path / "snapshots").iterdir()
        assert said[-2] == f"Kept a copy of the database as it was: {kept}"
        assert kept.name.endswith(f"-{revisions()[1]}.sqlite") and kept.stat().st_mode & 0o777 == 0o600
        copy = sa.create_engine(f"sqlite:///{kept}")
        with copy.connect() as connection:
            assert connection.exec_driver_sql("SELECT action FROM audit_entry").scalar() == "user.created"
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        copy.dispose()
        db.engine.dispose()


def test_the_last_three_copies_are_kept(tmp_path):
    app = opened(tmp_path, f"sqlite:///{tmp_path}/forum.sqlite")
    with app.app_context():
        schema.upgrade(lambda line: None)
        kept = [snapshots.take(f"{number:04}") for number in range(5)]
        assert sorted((tmp_path / "snapshots").iterdir()) == kept[2:]
        db.engine.dispose()
