"""Guildhall: a forum for communities of practice. Wiring only; forum/README.md says what is where."""

from pathlib import Path
from typing import Any

from flask import Flask

from forum import (
    about,
    config,
    discussions,
    feeds,
    groups,
    inbox,
    jobs,
    library,
    members,
    moderation,
    notices,
    outbox,
    pages,
    search,
    tags,
    uploads,
    workshops,
)
from forum.kit import assets, compress, csrf, db, errors, headers, hot, landing, proxies, rates, remember, trouble, when
from forum.kit.site import Site

TOOLS = (proxies, headers, errors, csrf, rates, db, hot, assets, compress, landing, when, remember, trouble)
ROOMS = (
    outbox, uploads, notices, members, groups, discussions, library, pages, search, tags, feeds, inbox, about,
    moderation, workshops, jobs,
)  # fmt: skip


def create_app(instance: str | Path | None = None, **settings: Any) -> Flask:
    """The app, with the settings of its instance folder and those given. Raises config.BadConfig."""
    path = Path(instance).resolve() if instance else config.instance_folder()
    app = Site(__name__, instance_path=str(path), static_folder=None)
    config.load(app.config, path, settings)
    for part in (*TOOLS, *ROOMS):
        part.init_app(app)
    return app
