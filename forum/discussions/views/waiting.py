"""The questions that wait for an answer, in all groups of the reader."""

from urllib.parse import urlencode

from flask import current_app, render_template, request

from forum.access import SignIn, viewer
from forum.discussions.blueprint import bp
from forum.discussions.queries.waiting import tags_waiting, unanswered


@bp.get("/unanswered")
def waiting() -> str:
    """Questions in their groups that nobody has answered, the one that has waited longest first."""
    me = viewer()
    if not me:
        raise SignIn
    tag = request.args.get("tag", "").strip().lower()[:40]
    after = request.args.get("after", "")
    shelf = unanswered(me, tag, after, current_app.config["TOPICS_PER_PAGE"])
    tags = tags_waiting(me)
    named = tags if not tag or tag in tags else [tag, *tags]
    chips = [("All", "/unanswered", not tag), *((name, address(name), name == tag) for name in named)]
    pages = {
        "newer_url": address(tag) if after else "",
        "older_url": address(tag, shelf.older) if shelf.older else "",
    }
    return render_template("discussions/unanswered.html", nav="home", rows=shelf.rows, tag=tag, tags=chips, pages=pages)


def address(tag: str, after: str = "") -> str:
    """The address of a page of the list."""
    words = urlencode({name: value for name, value in (("tag", tag), ("after", after)) if value})
    return "/unanswered" + (f"?{words}" if words else "")
