"""What a post cites, written down with it."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from forum.discussions.actions.counting import UNSEEN
from forum.discussions.queries.citations import Cited
from forum.kit.db import db
from forum.models import Citation, Cites, Post, Topic


def cite(post: Post, cited: Sequence[Cited]) -> None:
    """The post cites these slides. Does not commit."""
    if not cited:
        return
    of = {"post_id": post.id, "group_id": post.group_id}
    rows = [
        {**of, "document_id": one.document_id, "version_id": one.version_id, "number": one.k, "picked": one.picked}
        for one in cited
    ]
    db.session.execute(insert(Citation), rows)
    reach = Cites.HERE if all(one.group_id == post.group_id for one in cited) else Cites.ELSEWHERE
    wider = (Topic.id == post.topic_id, Topic.cites != Cites.ELSEWHERE)
    db.session.execute(update(Topic).where(*wider).values(cites=reach), execution_options=UNSEEN)


def cite_anew(post: Post, cited: Sequence[Cited]) -> bool:
    """The post cites these slides and no others. What it cited before stays on the version it was cited in.

    Whether that changes anything. Does not commit.
    """
    columns = (Citation.document_id, Citation.number, Citation.version_id, Citation.picked)
    rows = db.session.execute(select(*columns).where(Citation.post_id == post.id)).all()
    before = {(document, number): version for document, number, version, _ in rows}
    stays = [
        one if one.picked or not one.newest
        else one._replace(version_id=before.get((one.document_id, one.k), one.version_id))
        for one in cited
    ]  # fmt: skip
    if {(one.document_id, one.k, one.version_id, one.picked) for one in stays} == {tuple(row) for row in rows}:
        return False
    forget(post.id)
    cite(post, list({(one.version_id, one.k): one for one in stays}.values()))
    return True


def forget(*posts: int) -> None:
    """These posts cite nothing any more. Does not commit."""
    db.session.execute(delete(Citation).where(Citation.post_id.in_(posts)), execution_options=UNSEEN)
