"""Which statements a page sends to the database: asked of the app in this process."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench.load import Page
from forum.kit.db import db
from forum.kit.signals import statement_run


def of(app: Flask, page: Page) -> list[str]:
    """The statements of one request for the last address of a page, once all caches are warm."""
    browser = app.test_client(use_cookies=False)
    headers = {**page.headers, "Host": app.config["BASE_URL"].partition("//")[2]}
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    browser.get(page.paths[-1], headers=headers).close()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        with statement_run.connected_to(seen.append):
            browser.get(page.paths[-1], headers=headers).close()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return seen
