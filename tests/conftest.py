"""The tests' world: the demo community, loaded once and copied for each test, and people who use it over HTTP.

Runs on SQLite, or on the PostgreSQL that DATABASE_URL names.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, before_render_template, template_rendered
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from forum import create_app, demo
from forum.kit import ids, turns
from forum.kit.db import db
from forum.kit.signals import statement_run
from forum.models import Document, Group, Session, Topic, User
from tests import sketches

#: fixtures that only some tests need
pytest_plugins = ["tests.browser", "tests.bucket", "tests.clamav", "tests.front"]

#: milliseconds: the collector stops a process that had hundreds of apps for half a second and more, as it does no site's
turns.BUSY_MS = 30_000
SECRETS = {
    "SECRET_KEY": "tests-only-0123456789-abcdefghijklmnop",
    "SECURITY_PASSWORD_SALT": "tests-only-salt-0123456789-abcdefghij",
}
SETTINGS = {
    "WEB_PUSH": True,
    **SECRETS,
    "TESTING": True,
    "RATELIMIT_ENABLED": False,
    "BUFFER_DELAY": 0.0,
    "SEARCH_DEADLINE": 60.0,
    "BASE_URL": "http://localhost",
}
POSTGRES = os.environ.get("DATABASE_URL", "")
#: what reads the source alone is read once, with SQLite
collect_ignore = (
    [f"test_{name}.py" for name in ("architecture", "contrast", "css", "house", "installed")] if POSTGRES else []
)
ORIGIN = {"HTTP_ORIGIN": "http://localhost", "HTTP_SEC_FETCH_SITE": "same-origin"}


def builders_once() -> None:
    """Werkzeug writes code for each address of each app, two thirds of the time that making an app takes: here once.

    What the code is made of is its whole key; the converters that it calls are those of the rule that it is bound to.
    """
    made: dict[Any, Any] = {}
    compile_builder = Rule._compile_builder

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    Rule._compile_builder = compiled  # type: ignore[method-assign]


builders_once()

#: templates are compiled once for all apps of a run
COMPILED = tempfile.mkdtemp(prefix="guildhall-templates-")


def make_app(folder: Path, url: str = "", **settings: Any) -> Flask:
    """An app on its own instance folder."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(folder, **{**SETTINGS, "DATABASE_URL": url, **settings})
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(COMPILED)
    return app


@cache
def server() -> sa.Connection:
    """A connection that may create databases, kept: PostgreSQL copies a template twice as fast that it has open."""
    url = sa.make_url(POSTGRES).set(database="postgres")
    return sa.create_engine(url, isolation_level="AUTOCOMMIT").connect()


def make_database(name: str, template: str | None = None) -> str:
    """The address of a new PostgreSQL database."""
    server().execute(sa.text(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else "")))
    return sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def drop_database(name: str) -> None:
    """Takes a PostgreSQL database away, whoever is still connected."""
    server().execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


class Used:
    """Databases that no test needs any more: taken away together, for after each DROP the next CREATE waits long."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def add(self, name: str, most: int = 40) -> None:
        """One more; the last ones are taken away by `clear`."""
        self.names.append(name)
        if len(self.names) >= most:
            self.clear()

    def clear(self) -> None:
        """All of them."""
        while self.names:
            drop_database(self.names.pop())


USED = Used()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The demo community, loaded once in this process: a folder to copy, and on PostgreSQL a database to copy."""
    folder = tmp_path_factory.mktemp("template")
    name = f"guildhall_{uuid.uuid4().hex[:12]}" if POSTGRES else ""
    app = make_app(folder, make_database(name) if name else "")
    with app.app_context():
        db.create_all()
        demo.load()
        sketches.sketch_all()
        db.session.remove()
        db.engine.dispose()
    yield SimpleNamespace(folder=folder, name=name)
    USED.clear()
    if name:
        drop_database(name)


@pytest.fixture
def app(template: SimpleNamespace, tmp_path: Path) -> Iterator[Flask]:
    """An app with the demo community of its own, inside its application context."""
    folder, name = tmp_path / "instance", f"{template.name}_{uuid.uuid4().hex[:8]}" if template.name else ""
    shutil.copytree(template.folder, folder)
    app = make_app(folder, make_database(name, template.name) if name else "")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if name:
        USED.add(name)


@pytest.fixture
def restore(app: Flask, template: SimpleNamespace) -> Callable[[], None]:
    """Puts the demo community of this test back as it was loaded."""

    def put_back() -> None:
        db.session.remove()
        db.engine.dispose()
        shutil.copytree(template.folder / "files", Path(app.config["FILES_DIR"]), dirs_exist_ok=True)
        if template.name:
            name = str(db.engine.url.database)
            drop_database(name)
            make_database(name, template.name)
        else:
            for file in Path(app.instance_path).glob("forum.sqlite*"):
                file.unlink()
            for file in template.folder.glob("forum.sqlite*"):
                shutil.copy(file, app.instance_path)

    return put_back


@pytest.fixture
def empty_app(tmp_path: Path) -> Iterator[Flask]:
    """An app with an empty database, inside its application context."""
    name = f"guildhall_{uuid.uuid4().hex[:12]}" if POSTGRES else ""
    app = make_app(tmp_path / "instance", make_database(name) if name else "")
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()
    if name:
        USED.add(name)


class Community:
    """The demo community by name: `community.maya`, `community.group("performance")`, `community.topic("performance", 1)`."""

    password = demo.PASSWORD

    def __getattr__(self, key: str) -> User:
        return db.session.scalars(sa.select(User).where(User.email == demo.address_of(key))).one()

    def group(self, slug: str) -> Group:
        """A group by its slug."""
        return db.session.scalars(sa.select(Group).where(Group.slug == slug)).one()

    def topic(self, slug: str, n: int = 1) -> Topic:
        """A topic by its number in its group."""
        return db.session.scalars(
            sa.select(Topic).join(Group, Group.id == Topic.group_id).where(Group.slug == slug, Topic.n == n)
        ).one()

    def document(self, slug: str, n: int = 1) -> Document:
        """A document by its number in its group."""
        return db.session.scalars(
            sa.select(Document).join(Group, Group.id == Document.group_id).where(Group.slug == slug, Document.n == n)
        ).one()


@pytest.fixture
def community(app: Flask) -> Community:
    """The demo people, groups, topics and documents of this test's own database."""
    return Community()


class Browser(FlaskClient):
    """A test client that says where its requests come from, as browsers do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("environ_overrides", {})
        kwargs["environ_overrides"] = {**ORIGIN, **kwargs["environ_overrides"]}
        return super().open(*args, **kwargs)


def sign_in(app: Flask, user: User | None) -> Browser:
    """A browser in which that person is signed in, by a session of its own; a visitor's for None."""
    browser = Browser(app, use_cookies=True)
    if user is None:
        return browser
    token = ids.token()
    db.session.add(Session(user_id=user.id, digest=ids.digest(token), device="Test browser"))
    db.session.commit()
    with browser.session_transaction() as cookie:
        cookie["sid"] = token
        cookie["_user_id"] = user.fs_uniquifier
        cookie["_fresh"] = True
    return browser


@pytest.fixture
def as_(app: Flask) -> Callable[[User | None], Browser]:
    """`as_(community.maya).get("/")`: a browser in which she is signed in."""
    return lambda user: sign_in(app, user)


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return sign_in(app, None)


@pytest.fixture(scope="module")
def empty_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app with an empty database that the tests of one module share, inside its application context."""
    name = f"guildhall_{uuid.uuid4().hex[:12]}" if POSTGRES else ""
    app = make_app(tmp_path_factory.mktemp("world"), make_database(name) if name else "")
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()
    if name:
        drop_database(name)


class Watch:
    """Counts the statements of a stretch of a test: `with watch() as seen: …; seen.statements`."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __enter__(self) -> "Watch":
        sa.event.listen(db.engine, "before_cursor_execute", self._note)
        statement_run.connect(self._hear)
        return self

    def __exit__(self, *_error: object) -> None:
        sa.event.remove(db.engine, "before_cursor_execute", self._note)
        statement_run.disconnect(self._hear)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._hear(statement)

    def _hear(self, statement: str) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
            self.statements.append(statement)


@pytest.fixture
def watch() -> type[Watch]:
    """A counter of statements."""
    return Watch


@pytest.fixture(autouse=True)
def no_sql_while_rendering(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Guard 5: once a template is being rendered, everything it shows has been loaded. Its value: what it caught."""
    if "app" not in request.fixturenames:
        yield []
        return
    app: Flask = request.getfixturevalue("app")
    rendering: list[str] = []
    caught: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        hear(statement)

    def hear(statement: str) -> None:
        if rendering:
            caught.append(f"{rendering[-1]}: {statement}")

    def begins(_app: Flask, template: Any, **_context: Any) -> None:
        rendering.append(template.name or "a string")

    def ends(*_args: Any, **_context: Any) -> None:
        if rendering:
            rendering.pop()

    sa.event.listen(db.engine, "before_cursor_execute", note)
    listening = before_render_template.connected_to(begins, app), template_rendered.connected_to(ends, app)
    with listening[0], listening[1], statement_run.connected_to(hear):
        yield caught
    sa.event.remove(db.engine, "before_cursor_execute", note)
    assert not caught, "SQL while rendering " + "\n".join(caught[:3])
