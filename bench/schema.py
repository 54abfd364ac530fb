"""An empty database with the site's tables."""

import sys

import psycopg
import sqlalchemy as sa
from alembic import command
from flask import Flask
from psycopg import sql

from forum.cli import schema
from forum.kit.db import db


def make(app: Flask) -> None:
    """Makes the tables by the migrations. Where these are behind the models, says so and makes them by the models."""
    schema.init_app(app)
    schema.upgrade(lambda _line: None)
    if wanting := missing():
        print(
            f"The migrations are behind the models ({', '.join(wanting)}): the tables are made by the models",
            file=sys.stderr,
        )
        db.drop_all()
        db.create_all()
        command.stamp(schema.config(), "head")


def missing() -> list[str]:
    """Columns and indexes that the models have and the database has not."""
    asked, indexes, found = sa.inspect(db.engine), index_names(), []
    for table in db.metadata.sorted_tables:
        if not asked.has_table(table.name):
            found.append(table.name)
            continue
        there = {column["name"] for column in asked.get_columns(table.name)} | indexes
        wanted = {column.name for column in table.columns} | {str(index.name) for index in table.indexes}
        found += [f"{table.name}.{name}" for name in sorted(wanted - there)]
    return found


def index_names() -> set[str]:
    """What the indexes of the database are called, those on expressions too."""
    system = "sqlite_master WHERE type = 'index'" if db.engine.dialect.name == "sqlite" else "pg_indexes"
    column = "name" if db.engine.dialect.name == "sqlite" else "indexname"
    return set(db.session.connection().exec_driver_sql(f"SELECT {column} FROM {system}").scalars())


def fresh_postgres(server: str, name: str, template: str | None = None) -> str:
    """The address of a new database of that name on a server; one of that name is gone."""
    url = sa.make_url(server)
    plain = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        like = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + like)
    return url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
