"""A file had a virus: it is told to whoever added it, and to the log."""

from forum import activity, outbox
from forum.kit.db import db
from forum.models import User, Version


def tell(version: Version, virus: str) -> None:
    """Tells its uploader that a version was deleted, and why. Does not commit."""
    document, uploader = version.document, db.session.get_one(User, version.uploader_id)
    facts = {"n": document.n, "version": version.number, "virus": virus[:200]}
    activity.record("file.infected", None, group=document.group, document=document, subject=uploader)
    activity.log("document.infected", None, group=document.group, subject=uploader, **facts)
    said = {"title": document.title, "name": version.name, "n": document.n, "slug": document.group.slug}
    outbox.queue("file-infected", uploader, f"infected:{version.id}", document.group, **said)
