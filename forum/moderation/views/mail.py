"""Mail that was given up, for administrators: try it once more, or drop it."""

from collections.abc import Sequence

from flask import render_template, url_for
from werkzeug.exceptions import NotFound

from forum import activity
from forum.access import Person
from forum.models import Mail
from forum.moderation.blueprint import bp
from forum.moderation.queries.dead import Dead, dead_mail, dead_mails
from forum.moderation.queries.paging import Page
from forum.moderation.views.room import AnyReply, admin, done, number
from forum.outbox import again
from forum.outbox.backlog import backlog

GONE = "That mail was tried again or dropped meanwhile."
UNSURE = "What is left here may have arrived. Try it again one by one."


@bp.get("/admin/mail")
def dead_letters() -> str:
    """How the mail stands, and what was given up."""
    admin()
    rows, total = dead_mails(number())
    links = Page(rows, total, max(number(), 1)).links(url_for(".dead_letters"))
    return render_template(
        "moderation/site_mail.html", nav="admin", rows=rows, total=total, stands=backlog(), pages=links
    )  # fmt: skip


@bp.post("/admin/mail/retries")
def retry_all() -> AnyReply:
    """All that was given up is due now, but what may have arrived."""
    return tried_again(admin(), again.retry(again.LOST), UNSURE)


@bp.post("/admin/mail/<code>/retry")
def retry_mail(code: str) -> AnyReply:
    """One is due now."""
    me = admin()
    which, _ = named(code)
    return tried_again(me, again.retry(again.DEAD & (Mail.id == which)))


@bp.get("/admin/mail/<code>/removal")
def mail_removal(code: str) -> str:
    """Asks whether one is really never to be sent."""
    admin()
    _, mail = named(code)
    return render_template("moderation/site_mail_removal.html", nav="admin", mail=mail)


@bp.post("/admin/mail/<code>/removal")
def drop_mail(code: str) -> AnyReply:
    """One will never be sent."""
    me = admin()
    which, _ = named(code)
    dropped = again.drop(again.DEAD & (Mail.id == which))
    if dropped:
        activity.log("admin.mail dropped", me, mails=len(dropped))
    return done(url_for(".dead_letters"), "It will not be sent." if dropped else GONE)


def tried_again(me: Person, mails: Sequence[int], none: str = GONE) -> AnyReply:
    """Back to the page, which says how many are tried again, or why none is; that stands in the log."""
    if mails:
        activity.log("admin.mail retried", me, mails=len(mails))
    count = "It is" if len(mails) == 1 else f"{len(mails):,} mails are"
    return done(url_for(".dead_letters"), f"{count} tried again within a minute." if mails else none)


def named(code: str) -> tuple[int, Dead]:
    """The number of the mail of this code, and what is shown of it. Raises NotFound."""
    found = dead_mail(code)
    if found is None:
        raise NotFound
    return found
