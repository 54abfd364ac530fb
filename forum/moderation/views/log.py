"""The log of a group, for its owners, and of the site, for its administrators: looked at, and taken along as CSV."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, current_app, render_template, request, stream_with_context, url_for
from sqlalchemy import ColumnElement

from forum import activity
from forum.access import Person
from forum.kit import origin
from forum.kit.db import db
from forum.kit.sheets import MARK, line
from forum.kit.when import machine, zone_of
from forum.models import Group
from forum.moderation.blueprint import bp
from forum.moderation.forms import Export, LogFilter
from forum.moderation.queries.log import Asked, Key, actions_in, of_group, of_site, page_of
from forum.moderation.views.room import AnyReply, admin, drawn, leader, proof_limited, proved
from forum.moderation.words import said, told

#: entries in one file, and read at a time
MOST, BATCH = 50_000, 500
#: begins the names of the fields of the form that takes it along: the search has the same
TAKEN = "take"
HEAD = ("When", "Who", "Handle", "What", "Action", "To whom", "Handle", "Group", "Details", "From")


class Shelf(NamedTuple):
    """A log: who looks, at which group's (None: the site's), what stands in it, where it is."""

    me: Person
    group: Group | None
    scope: ColumnElement[bool]
    here: str

    @property
    def zone(self) -> ZoneInfo:
        """The reader's zone: days begin there."""
        return zone_of(self.me.timezone or current_app.config["TIMEZONE"])

    def place(self, address: str) -> str:
        """Where something was done from, as far as it concerns the reader: for a group, the network alone."""
        return origin.near(address) if self.group else address


def of(slug: str) -> Shelf:
    """The log of a group, for its owner."""
    me, group = leader(slug, "own")
    return Shelf(me, group, of_group(group), url_for(".log", slug=slug))


def site() -> Shelf:
    """The log of the site, for an administrator."""
    return Shelf(admin(), None, of_site(), url_for(".site_log"))


@bp.get("/groups/<slug>/manage/log")
def log(slug: str) -> AnyReply:
    """The log of a group."""
    return looked_at(of(slug))


@bp.get("/admin/log")
def site_log() -> AnyReply:
    """The log of the site."""
    return looked_at(site())


@bp.post("/groups/<slug>/manage/log/export")
@proof_limited
def export_log(slug: str) -> AnyReply:
    """The log of a group as CSV."""
    return taken_along(of(slug))


@bp.post("/admin/log/export")
@proof_limited
def export_site_log() -> AnyReply:
    """The log of the site as CSV."""
    return taken_along(site())


def looked_at(shelf: Shelf) -> AnyReply:
    """A page of it."""
    form = LogFilter(request.args, actions=actions(shelf))
    if not form.validate():
        return page(shelf, form, empty(), (), None), 422
    after = Key.read(request.args.get("before", ""))
    rows, end = page_of(db.session, shelf.scope, form.asked, shelf.zone, after)
    return page(shelf, form, empty(said_again(form)), rows, end)


def empty(said: dict[str, Any] | None = None) -> Export:
    """The form to take it along, for what was looked for."""
    return Export(None, actions=[], prefix=TAKEN, data=said)


def actions(shelf: Shelf) -> list[str]:
    """What stands in it."""
    return list(db.session.scalars(actions_in(shelf.scope)))


def said_again(form: LogFilter) -> dict[str, Any]:
    """What the filter says, for the form beside it."""
    return {name: form[name].data for name in ("who", "action", "since", "until")}


def page(shelf: Shelf, form: LogFilter, export: Export, rows: Sequence[Any], end: Key | None) -> str:
    """The page, with both forms."""
    named = {name: request.values[name] for name in ("who", "action", "since", "until") if request.values.get(name)}
    older = f"{shelf.here}?{urlencode({**named, 'before': str(end)})}" if end else None
    newest = f"{shelf.here}?{urlencode(named)}" if "before" in request.args else None
    values = {
        "form": export if export.errors else form, "search": form, "export": export, "rows": rows, "here": shelf.here,
        "said": said, "told": told, "from_where": shelf.place, "narrowed": bool(named), "most": MOST,
        "pages": {"newer_url": newest, "older_url": older},
    }  # fmt: skip
    if shelf.group:
        return drawn("log", shelf.me, shelf.group, page="log", **values)
    return render_template("moderation/site_log.html", nav="admin", **values)


def taken_along(shelf: Shelf) -> AnyReply:
    """The file; that it was taken is in the log first. The password is asked for again."""
    export = Export(actions=[], prefix=TAKEN)
    if not export.submitted() or not proved(shelf.me, export):
        search = LogFilter(None, actions=actions(shelf), data=said_again(export))
        return page(shelf, search, export, (), None), 422
    asked, name = export.asked, f"log-{shelf.group.slug if shelf.group else 'site'}.csv"
    named = zip(("person", "what", "from", "until"), asked, strict=True)
    sought: dict[str, Any] = {key: str(value) for key, value in named if value}
    activity.log("log.exported", shelf.me, group=shelf.group, **sought)
    db.session.commit()
    reply = Response(stream_with_context(lines(shelf, asked)), mimetype="text/csv")
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


def lines(shelf: Shelf, asked: Asked) -> Iterator[str]:
    """The file, line by line. Each batch has a connection of its own: a slow reader holds nothing."""
    yield MARK + line(HEAD)
    after: Key | None = None
    for _ in range(MOST // BATCH):
        with db.engine.connect() as connection:
            rows, after = page_of(connection, shelf.scope, asked, shelf.zone, after, BATCH)
        yield "".join(line(cells(row, shelf)) for row in rows)
        if after is None:
            return


def cells(row: Any, shelf: Shelf) -> list[str]:
    """One entry."""
    who = (row.actor or "The site", row.actor_handle or "")
    what = (said(row.action, row.subject), row.action, row.subject or "", row.subject_handle or "")
    return [machine(row.at), *who, *what, row.group or "", told(row.details), shelf.place(row.address)]
