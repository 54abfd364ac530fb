"""Mail to one person at a time: queued as a row with its event, sent by deliver(). The only speaker of SMTP.

queue() runs in the event's transaction; deliver() runs in a job, and reads, asks and sends outside any transaction.
Templates are templates/mail/<template>.subject, .text and .html; they extend mail/_layout and see the mail's facts,
`person`, `group`, `site_name`, `base_url`, `contact` and `link(endpoint, …)`.
Who may still be told is said per template in needs.py.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select

from forum.kit import fate
from forum.kit.carriers import FolderMailbox, Sender
from forum.kit.db import db, insert_or
from forum.kit.signals import mail_waits
from forum.kit.smtp import Smtp
from forum.models import Group, Mail, User
from forum.outbox.delivery import deliver

__all__ = ["deliver", "init_app", "queue", "queue_each"]


def queue(template: str, to: User | str, once: str, group: Group | None = None, **facts: Any) -> Mail:
    """A mail of templates/mail/<template>, to an account or a bare address. Does not commit.

    `once` is the key of this news for this reader: the caller says it so that a retry queues nothing new.
    """
    db.session.flush()
    account, bare = (None, to) if isinstance(to, str) else (to.id, "")
    whose = {"user_id": account, "address": bare, "group_id": group.id if group else None}
    insert = insert_or(Mail).values(template=template, once=once, facts=facts, **whose)
    db.session.execute(insert.on_conflict_do_nothing(index_elements=["once"]))
    fate.once_done(_tell)
    return db.session.scalars(select(Mail).where(Mail.once == once)).one()


def queue_each(template: str, people: Iterable[int], once: str, group_id: int, **facts: Any) -> None:
    """The same mail to several accounts, each once. Does not commit. `once` is the key of the news alone."""
    rows = [
        {"template": template, "user_id": who, "group_id": group_id, "facts": facts, "once": f"{once}:{who}"}
        for who in people
    ]
    if rows:
        db.session.execute(insert_or(Mail).on_conflict_do_nothing(index_elements=["once"]), rows)
        fate.once_done(_tell)


def _tell() -> None:
    mail_waits.send(current_app._get_current_object())  # type: ignore[attr-defined]


def init_app(app: Flask) -> None:
    """Chooses where mail goes: to the server of the settings, without one into the folder instance/mail."""
    app.extensions["mailbox"] = _mailbox(app)


def _mailbox(app: Flask) -> Sender:
    config = app.config
    if not config["SMTP_HOST"]:
        return FolderMailbox(Path(app.instance_path) / "mail")
    security = "" if config["SMTP_SECURITY"] == "none" else config["SMTP_SECURITY"]
    return Smtp(config["SMTP_HOST"], config["SMTP_PORT"], config["SMTP_USER"], config["SMTP_PASSWORD"], security)
