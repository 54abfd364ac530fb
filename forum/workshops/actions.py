"""What is done to workshops. Nothing here commits, and nothing knows of a request."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select, update

from forum import activity, outbox
from forum.access import Person
from forum.discussions import actions as discussions
from forum.kit import text
from forum.kit.clock import now
from forum.kit.db import db
from forum.library import actions as library
from forum.models import Booking, Document, FileAudience, Group, Material, Topic, TopicKind, Workshop
from forum.workshops.places import fill
from forum.workshops.telling import tell_of
from forum.workshops.times import Span

UNSEEN = {"synchronize_session": False}
#: what a calendar shows of a workshop, and what those who come are told of when it changes
SHOWN = ("title", "starts_at", "ends_at", "zone", "all_day", "place")
TOLD = SHOWN[1:]


class Stale(Exception):
    """Somebody changed it since it was opened; nothing was changed."""


class Over(Exception):
    """It was cancelled, or is over; nothing was changed."""


def plan(me: Person, group: Group, said: dict[str, Any], spans: Sequence[Span]) -> list[Workshop]:
    """The new workshop, at each of its dates one. Does not commit. Raises TooLong."""
    html = str(text.render(said["agenda"], doc_id="agenda"))
    _hold(group.id)
    last = db.session.scalar(select(func.max(Workshop.n)).where(Workshop.group_id == group.id)) or 0
    series = secrets.token_hex(8) if len(spans) > 1 else ""
    made = [
        Workshop(
            group=group, n=n, organiser_id=me.id or 0, uid=secrets.token_hex(16), series=series, agenda_html=html,
            starts_at=span.starts_at, ends_at=span.ends_at, **said,
        )
        for n, span in enumerate(spans, start=last + 1)
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    tell_of("workshop", made[0], by=me.id)
    return made


def change(me: Person, workshop: Workshop, revision: int, said: dict[str, Any], span: Span) -> bool:
    """It is so from now on. Whether those who come are told. Does not commit. Raises Stale, Over, TooLong."""
    html = str(text.render(said["agenda"], doc_id="agenda"))
    values = {**said, "agenda_html": html, "starts_at": span.starts_at, "ends_at": span.ends_at}
    changed = [name for name in SHOWN if getattr(workshop, name) != values[name]]
    if changed:
        values |= {"sequence": Workshop.sequence + 1, "changed_at": now()}
    if "starts_at" in changed:
        values["reminded_at"] = None
    before = workshop.title
    _write(workshop, revision, **values)
    if "title" in changed:
        _refile(workshop, before)
    told = bool(set(TOLD) & set(changed)) and workshop.ends_at > now()
    if told:
        _tell("workshop_changed", me, workshop)
    fill(workshop)
    return told


def cancel(me: Person, workshop: Workshop, why: str) -> None:
    """It does not take place; those who come are told. Its page stays. Does not commit. Raises Over."""
    stands = (Workshop.id == workshop.id, Workshop.cancelled_at.is_(None), Workshop.ends_at > now())
    moment = now()
    values = {
        "cancelled_at": moment, "cancelled_why": why, "changed_at": moment, "sequence": Workshop.sequence + 1,
        "revision": Workshop.revision + 1,
    }  # fmt: skip
    done: Any = db.session.execute(update(Workshop).where(*stands).values(values), execution_options=UNSEEN)
    if done.rowcount != 1:
        raise Over
    db.session.expire(workshop)
    _tell("workshop_cancelled", me, workshop)
    activity.log("workshop.cancelled", me, group=workshop.group, workshop=workshop.n)
    _hold(workshop.group_id)


def say_after(workshop: Workshop, recording: str, notes: str) -> None:
    """What is left of it: where it was recorded, and notes. Does not commit. Raises TooLong."""
    said = {"recording": recording, "notes": notes, "notes_html": str(text.render(notes, doc_id="notes"))}
    values = {**said, "revision": Workshop.revision + 1}
    db.session.execute(update(Workshop).where(Workshop.id == workshop.id).values(values), execution_options=UNSEEN)
    db.session.expire(workshop)
    _hold(workshop.group_id)


def ask_questions(me: Person, workshop: Workshop, address: str) -> Topic | None:
    """The topic for its questions; None if somebody was quicker. `address`: its page. Does not commit."""
    gone = select(Topic.id).where(Topic.id == workshop.topic_id, Topic.deleted_at.is_not(None))
    free = (Workshop.id == workshop.id, or_(Workshop.topic_id.is_(None), Workshop.topic_id.in_(gone)))
    held: Any = db.session.execute(
        update(Workshop).where(*free).values(revision=Workshop.revision), execution_options=UNSEEN
    )
    if held.rowcount != 1:
        return None
    body = f"What do you want to know? Ask before, during or after [the workshop]({address})."
    topic = discussions.start_topic(me, workshop.group, TopicKind.DISCUSSION, f"Questions: {workshop.title}", body)
    of = update(Workshop).where(Workshop.id == workshop.id).values(topic_id=topic.id)
    db.session.execute(of, execution_options=UNSEEN)
    return topic


def add_files(me: Person, workshop: Workshop, documents: Sequence[Document], audience: FileAudience) -> None:
    """Files drafts in the library, under the workshop. A job tells who comes, of all at once. Does not commit."""
    library.add(me, documents, audience, {"workshop": workshop.title})
    db.session.add_all(Material(workshop_id=workshop.id, document_id=document.id) for document in documents)
    db.session.flush()


def _write(workshop: Workshop, revision: int, **values: Any) -> None:
    """Changes a workshop that is as the writer saw it. Raises Stale, Over."""
    values["revision"] = revision + 1
    same = (Workshop.id == workshop.id, Workshop.revision == revision, Workshop.cancelled_at.is_(None))
    done: Any = db.session.execute(update(Workshop).where(*same).values(values), execution_options=UNSEEN)
    if done.rowcount != 1:
        raise Over if workshop.cancelled_at else Stale
    db.session.expire(workshop)
    _hold(workshop.group_id)


def _refile(workshop: Workshop, before: str) -> None:
    """Its files stand in the library under its new title, but those that somebody called otherwise."""
    files = select(Material.document_id).where(Material.workshop_id == workshop.id)
    same = (Document.id.in_(files), Document.workshop == before)
    called = update(Document).where(*same).values(workshop=workshop.title)
    db.session.execute(called, execution_options=UNSEEN)


def _tell(kind: str, me: Person, workshop: Workshop) -> None:
    """Those who come or wait find it in their inbox and in a mail, but not whoever did it."""
    booked = db.session.scalars(select(Booking.user_id).where(Booking.workshop_id == workshop.id)).all()
    template, others = kind.replace("_", "-"), [one for one in booked if one != me.id]
    tell_of(kind, workshop, others, me.id, str(workshop.sequence))
    once = f"{template}:{workshop.id}:{workshop.sequence}"
    outbox.queue_each(template, others, once, workshop.group_id, workshop_id=workshop.id)


def _hold(group_id: int) -> None:
    """What is planned in the group waits for this; the group's own pages are made anew."""
    raised = update(Group).where(Group.id == group_id).values(version=Group.version + 1)
    db.session.execute(raised, execution_options=UNSEEN)
