"""People: the list, and one person's page as the reader may see it."""

from typing import Any

from flask import abort, render_template, request, url_for

from forum import mutes
from forum.access import Person, SignIn, viewer
from forum.kit.tags import tidy
from forum.members import finding, limits, queries
from forum.members.blueprint import bp

LONGEST = 100


def reader() -> Person:
    """The person who reads; a visitor is asked to sign in."""
    me = viewer()
    if not me:
        raise SignIn
    return me


@bp.get("/people")
@limits.searches_of_person
def people() -> str:
    """Registered people by name, searched in what this reader sees of them."""
    me, words, house, after = reader(), _said("q"), _said("organisation"), _said("after")
    found, more = finding.people(me, words, house, after)
    asked: dict[str, Any] = {name: said for name, said in (("q", words), ("organisation", house)) if said}
    return render_template(
        "members/people.html", nav="people", found=found, words=words, organisation=house, tag=tidy(words),
        pages={
            "newer_url": url_for("members.people", **asked) if after else "",
            "older_url": url_for("members.people", **asked, after=found[-1].handle) if more else "",
        },
    )  # fmt: skip


def _said(name: str) -> str:
    return request.args.get(name, "").replace("\0", "").strip()[:LONGEST]


@bp.get("/people/<handle>")
def profile(handle: str) -> str:
    """One person's page; 404 for anyone who is not registered."""
    me = reader()
    face = queries.profile(handle, me)
    if face is None:
        abort(404)
    groups, topics = queries.groups_of(face, me), queries.topics_by(face, me)
    replies = queries.replies_by(face, me)
    shared = {"groups": groups, "topics": topics, "replies": replies, "own": face.id == me.id}
    shared["muted"] = mutes.muted(me, face.id)
    return render_template("members/profile.html", nav="people", face=face, **shared)
