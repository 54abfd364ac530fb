"""Notifications in a browser: turned on and off in the settings. Where the site has none, none of this is there."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, flash, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from forum.access import Person
from forum.inbox import devices
from forum.inbox.blueprint import bp
from forum.inbox.views.reading import reader
from forum.kit.db import db
from forum.kit.webpush import Subscription


def asker() -> Person:
    """Who is signed in. Raises NotFound where the site has no notifications."""
    if not devices.on():
        raise NotFound
    return reader()


@bp.post("/settings/hearing/devices")
def add_device() -> Answer:
    """This browser shows from now on what is new. Its script asks for it, and shows the words of a refusal."""
    me, given = asker(), request.form
    try:
        devices.add(me, Subscription(given.get("endpoint", ""), given.get("p256dh", ""), given.get("auth", "")))
    except devices.Unfit as error:
        db.session.rollback()
        return Response(str(error), 422, mimetype="text/plain")
    db.session.commit()
    return Response(status=204)


@bp.post("/settings/hearing/devices/<number:k>/names")
def say_names(k: int) -> Answer:
    """It shows who wrote and where."""
    return _changed(devices.say(asker(), k, True), "That browser names who wrote and where from now on.")


@bp.post("/settings/hearing/devices/<number:k>/names/end")
def say_less(k: int) -> Answer:
    """It shows only that something is new."""
    return _changed(devices.say(asker(), k, False), "That browser only says that something is new.")


@bp.post("/settings/hearing/devices/<number:k>/end")
def end_device(k: int) -> Answer:
    """It shows nothing any more."""
    return _changed(devices.end(asker(), k), "That browser shows no notifications any more.")


def _changed(theirs: bool, words: str) -> Answer:
    if not theirs:
        raise NotFound
    db.session.commit()
    flash(words)
    return redirect(url_for(".settings", _anchor="push-h"), 303)


@lru_cache(maxsize=4)
def _script(root: str) -> bytes:
    return (Path(root) / "static" / "js" / "service-worker.js").read_bytes()


@bp.get("/service-worker.js")
def service_worker() -> Answer:
    """What the browser runs when a message comes. At the root, for it looks after no more than what lies below it."""
    if not devices.on():
        raise NotFound
    reply = Response(_script(current_app.root_path), content_type="text/javascript; charset=utf-8")
    reply.headers["Cache-Control"] = "no-cache"
    return reply


@bp.get("/site.webmanifest")
def manifest() -> Answer:
    """What an iPhone needs to put the site on the home screen, without which it shows no notifications."""
    if not devices.on():
        raise NotFound
    icon = {"src": str(current_app.jinja_env.globals["asset"]("img/icon.svg")), "type": "image/svg+xml", "sizes": "any"}  # type: ignore[operator]
    name = current_app.config["SITE_NAME"]
    facts = {"name": name, "short_name": name, "start_url": "/", "display": "minimal-ui", "icons": [icon]}
    reply = Response(json.dumps(facts), content_type="application/manifest+json")
    reply.headers["Cache-Control"] = "no-cache"
    return reply
