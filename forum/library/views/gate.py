"""The card of a file that someone may know of, but not open."""

from flask import render_template, request

from forum.access import Gated, viewer
from forum.uploads import way_to_open


def gated(error: Gated) -> tuple[str, int, dict[str, str]]:
    """The gated card: kind, title, size, and what to do. The same for the page and for every download of it."""
    document = error.document
    page = render_template(
        "library/gated.html", nav="groups", group=document.group, document=document,
        way=way_to_open(viewer(), document.group), address=request.path,
    )  # fmt: skip
    return page, 403, {"Cache-Control": "private, no-store"}
