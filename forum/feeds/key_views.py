"""What the pages have in common on which a person makes a key, or ends it."""

from flask import current_app, flash, redirect, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from forum.access import Person, SignIn, viewer
from forum.feeds.keys import Keys
from forum.kit.db import db


def made_key(kind: Keys, name: str, opens: str, page: str) -> Answer:
    """A new key to what is at the endpoint `opens`, said this once on the page."""
    token = kind.make(signed_in())
    db.session.commit()
    said = "Your {}, with its key. Copy it now: it is not shown again. <br><code>{}</code>"
    flash(Markup(said).format(name, whole(url_for(opens, key=token))))  # noqa: S704 our own words
    return redirect(url_for(page), 303)


def ended_key(kind: Keys, page: str) -> Answer:
    """The key opens nothing any more."""
    kind.end(signed_in())
    db.session.commit()
    flash("The key opens nothing any more.")
    return redirect(url_for(page), 303)


def whole(path: str) -> str:
    """A whole address, made from the configured one of the site."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + path


def signed_in() -> Person:
    """The person at the keyboard. Raises SignIn."""
    me = viewer()
    if not me:
        raise SignIn
    return me
