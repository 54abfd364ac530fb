"""How mail goes out and comes in, as `guildhall doctor` finds it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import current_app

from forum import mailin
from forum.cli import schema
from forum.cli.finding import Finding
from forum.inbox import devices
from forum.outbox import bounces
from forum.outbox.backlog import backlog

#: where browsers ask for no https://
HERE = ("localhost", "127.0.0.1", "::1")


def findings() -> Iterator[Finding]:
    """What waits, what is late, and what was given up."""
    if schema.reached() is None:
        return
    host, found = current_app.config["SMTP_HOST"], backlog()
    yield Finding("mail", f"goes to {host}" if host else "no server is set: it is written to instance/mail")
    sent = f", the last went out {found.sent_at:%Y-%m-%d %H:%M} UTC" if found.sent_at else ""
    yield Finding("mail", f"{found.waiting} waiting{sent}")
    for wrong, since, says in (
        (found.idle, found.due_since, "some due since {} UTC and taken by nobody: is the worker running?"),
        (found.refused, found.tried_since, "tried since {} UTC, and none is taken: is the mail server well?"),
        (found.digests_late, found.digest_since, "summaries are owed since {} UTC: is the worker running?"),
    ):
        yield from (Finding("mail", says.format(f"{since:%Y-%m-%d %H:%M}"), wrong=True),) if wrong else ()
    if found.dead:
        yield Finding("mail", f"{found.dead} given up: see `guildhall outbox list`", wrong=True)
    if schema.reached() == schema.newest() and (stopped := bounces.many()):
        yield Finding("mail", f"stopped for {stopped} account{'' if stopped == 1 else 's'}: it came back three times")
    yield mail_in()
    yield push()


def push() -> Finding:
    """Whether browsers are told of what is new, and whether one may be."""
    base = current_app.config["BASE_URL"]
    if not current_app.config["WEB_PUSH"]:
        return Finding("push", "WEB_PUSH is off: browsers show no notifications")
    if not base.startswith("https://") and urlsplit(base).hostname not in HERE:
        return Finding("push", f"{base} is not https://, and browsers take no notifications from it", wrong=True)
    many = devices.many() if schema.reached() == schema.newest() else 0
    return Finding("push", f"{many} browser{'' if many == 1 else 's'} show{'s' if many == 1 else ''} notifications")


def mail_in() -> Finding:
    """Whether replies by mail are taken, as far as can be told from here: not whether mail servers find the way."""
    domain, place = current_app.config["MAIL_IN_DOMAIN"], f"127.0.0.1:{mailin.PORT}"
    if not domain:
        return Finding("mail in", "MAIL_IN_DOMAIN is not set: nothing can be answered by mail, nor seen to come back")
    said = mailin.greeting(mailin.PORT)
    if mailin.IDENT in said:
        return Finding("mail in", f"for {domain} is taken at {place}; only a mail shows whether it finds the way there")
    there = "something else answers" if said else "nobody answers"
    return Finding("mail in", f"for {domain}: {there} at {place}, so a pipe must take it, or `guildhall mail serve`")
