"""Who finds news of a workshop in their inbox: each once, and beside the mail, not after it. Nothing here commits."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.access import audience, hearers
from forum.kit.db import db
from forum.models import Document, User, Workshop
from forum.notices import News, tell


def tell_of(
    kind: str, workshop: Workshop, people: Iterable[int] | None = None, by: int | None = None, once: str = ""
) -> None:
    """Those of these people who take part find it; None: all members. `once` tells it from others of its kind."""
    told = hearers(workshop)
    if people is not None:
        told = told.where(User.id.in_(list(people)))
    tell(News(kind, workshop.group, by=by, code=str(workshop.n), once=f"{kind}:{workshop.id}:{once}"), told)


def tell_of_files(workshop: Workshop, people: Iterable[int], files: Iterable[int]) -> None:
    """Those of these people who may open one of the files that somebody else added."""
    wanted, opens, numbers = list(people), set(), list(files)
    documents = db.session.scalars(select(Document).where(Document.id.in_(numbers))).all()
    for document in documents:
        others = (User.id.in_(wanted), User.id != document.uploader_id)
        opens |= set(db.session.scalars(audience(document).with_only_columns(User.id).where(*others)))
    uploaders = {document.uploader_id for document in documents}
    by = uploaders.pop() if len(uploaders) == 1 else None
    tell_of("workshop_files", workshop, opens, by=by, once=str(max(numbers)))
