"""What can be reported: a post or a file, hidden, shown and deleted by the actions of the rooms they live in."""

from typing import Any

from sqlalchemy import select, update

from forum.access import Person
from forum.discussions import actions as discussions
from forum.discussions.queries.quotes import replied
from forum.groups.refusals import Settled
from forum.held import take_topic
from forum.kit.db import db
from forum.library import actions as library
from forum.models import Document, Group, Post

Thing = Post | Document


def hold(group: Group, thing: Thing | None = None) -> None:
    """Takes the group's row for this transaction, so that what is decided in it comes one after another.

    The topic of a thing is taken before (`forum.held` says why). Raises Settled, if the thing is elsewhere by then.
    """
    stood = _topic_of(thing)
    take_topic(stood)
    same = update(Group).where(Group.id == group.id).values(version=Group.version)
    db.session.execute(same, execution_options={"synchronize_session": False})
    db.session.refresh(group)
    if thing is not None and (group_of(fresh(thing)).id != group.id or _topic_of(thing) != stood):
        raise Settled("This was moved in the same moment. Look at it again where it is now.")


def _topic_of(thing: Thing | None) -> int | None:
    """The number of the topic in which it stands."""
    if isinstance(thing, Document):
        return db.session.scalar(select(Post.topic_id).where(Post.id == thing.post_id)) if thing.post_id else None
    return thing.topic_id if thing else None


def author_id(thing: Thing) -> int:
    """Whose it is."""
    return thing.uploader_id if isinstance(thing, Document) else thing.author_id


def group_of(thing: Thing) -> Group:
    """Where it is."""
    return thing.group if isinstance(thing, Document) else thing.topic.group


def mark(thing: Thing) -> int:
    """What grows when it is changed."""
    return thing.last_version if isinstance(thing, Document) else thing.revision


def gone(thing: Thing) -> bool:
    """Whether it was deleted."""
    return bool(thing.deleted_at or (isinstance(thing, Post) and thing.topic.deleted_at))


def whole(thing: Thing) -> bool:
    """Whether it is an opening post: its title is its author's too, so the topic goes where it goes."""
    return isinstance(thing, Post) and thing.no == 0


def hidden(thing: Thing) -> bool:
    """Whether only facilitators see it."""
    return bool(thing.hidden_at or (isinstance(thing, Post) and thing.topic.hidden_at))


def where(thing: Thing) -> dict[str, Any]:
    """What names it in the log and in mail."""
    return {"n": thing.n} if isinstance(thing, Document) else {"topic": thing.topic.n, "post": thing.no}


def in_mail(thing: Thing) -> dict[str, Any]:
    """What mail about it says besides: of a file its number, of a post nothing."""
    return {"n": thing.n} if isinstance(thing, Document) else {}


def hide(me: Person, thing: Thing, why: str) -> None:
    """Only facilitators see it from now on. Does not commit."""
    if isinstance(thing, Document):
        library.hide(me, thing, why)
    elif whole(thing):
        discussions.hide_topic(me, thing.topic)
    else:
        discussions.hide_post(me, thing)


def show(me: Person, thing: Thing) -> None:
    """Everyone sees it again. Does not commit."""
    if isinstance(thing, Document):
        library.restore(me, thing)
    elif whole(thing):
        discussions.restore_topic(me, thing.topic)
    else:
        discussions.restore_post(me, thing)


def delete(me: Person, thing: Thing) -> None:
    """It is gone for good; an opening post without replies takes its topic along. Does not commit."""
    if isinstance(thing, Document):
        library.remove(me, thing, "reported")
    elif whole(thing) and not replied(thing.topic):
        discussions.delete_topic(me, thing.topic)
    else:
        discussions.delete_post(me, thing)


def fresh(thing: Thing) -> Thing:
    """The same, as it is now that the group's row is held."""
    db.session.refresh(thing)
    if isinstance(thing, Post):
        db.session.refresh(thing.topic)
    return thing


def thing_of(concern: Any) -> Thing:
    """What a concern is about."""
    model: Any = Post if concern.post_id else Document
    found: Thing = db.session.scalars(select(model).where(model.id == (concern.post_id or concern.document_id))).one()
    return found
