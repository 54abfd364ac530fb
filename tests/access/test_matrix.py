"""Guard 1: every person × every group and sub-group × every thing, against an oracle written from access.md."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum import access
from forum.kit.db import db
from forum.models import (
    Booking,
    Bookmark,
    Citation,
    Concern,
    Document,
    Group,
    Held,
    HotSeat,
    Membership,
    Notice,
    Page,
    Poll,
    Post,
    Preview,
    Quotation,
    SeatQuestion,
    Slide,
    Suggestion,
    Topic,
    User,
    Version,
    Workshop,
)
from forum.who import VISITOR, Person, person
from tests.access import oracle, world

pytestmark = pytest.mark.usefixtures("filled")
CELLS = {"count": 0}


@pytest.fixture(scope="module")
def filled(empty_world: Any) -> Iterator[None]:
    """The world, built once for these tests, which only read."""
    world.build()
    everybody.cache_clear()
    yield
    print(f"\naccess matrix: {CELLS['count']:,} cells")


def standings(user: User) -> dict[str, str]:
    """What is stored of a person, by the group's name; a lapsed invitation is worth nothing."""
    rows = db.session.execute(
        select(Group.slug, Membership.standing, Membership.until).join(Membership).where(Membership.user_id == user.id)
    )
    lapsed = user.name.split("/")
    return {
        slug: standing.value
        for slug, standing, until in rows
        if not (until and lapsed[1 if "-" not in slug else 0] == "lapsed")
    }


@cache
def everybody() -> list[tuple[Person, oracle.Someone, str]]:
    """Every person, as the code knows them and as the oracle does, with their name."""
    found = [(VISITOR, oracle.Someone("none"), "visitor")]
    for user in db.session.scalars(select(User).order_by(User.id)):
        account = "suspended" if not user.active else "active" if user.confirmed_at else "none"
        found.append((person(user.id), oracle.Someone(account, standings(user)), user.name))
    return found


def compare(model: Any, condition: Any, expected: Any, rows: list[Any], place: Any) -> None:
    """`condition(person)` finds exactly the rows that `expected(someone, row, group, name)` allows.

    Asked in both ways: for the person, and by the statement made once for whoever asks (pages use both).
    """
    made_once = select(model.id).where(condition(access.ASKER))
    placed = [(row.id, row, place(row)) for row in rows]
    for who, someone, name in everybody():
        allowed = {number for number, row, group in placed if expected(someone, row, group, name)}
        found = set(db.session.scalars(select(model.id).where(condition(who))))
        asked = set(db.session.scalars(made_once, access.asked_by(who)))
        for way in (found, asked) if not who.suspended else (found,):
            wrong = way ^ allowed
            assert not wrong, f"{name}: {[(number, group) for number, _, group in placed if number in wrong][:5]}"
            CELLS["count"] += len(rows)


def groups() -> list[Group]:
    """All groups."""
    return list(db.session.scalars(select(Group)))


def test_levels_are_those_of_the_page() -> None:
    for who, someone, name in everybody():
        for group in groups():
            assert access.level(who, group).name.replace("_", " ").lower() == oracle.level(someone, group.slug), (
                name,
                group.slug,
            )
            CELLS["count"] += 1


@pytest.mark.parametrize("wanted", list(access.Level)[1:], ids=lambda wanted: wanted.name)
def test_groups_reached_in_sql(wanted: access.Level) -> None:
    word = wanted.name.replace("_", " ").lower()
    compare(
        Group,
        lambda who: access.readable(Group, who, wanted),
        lambda someone, _row, group, _name: oracle.at_least(someone, group, word),
        groups(),
        lambda row: row.slug,
    )


def test_topics() -> None:
    rows = list(db.session.scalars(select(Topic)))
    compare(
        Topic,
        lambda who: access.readable(Topic, who),
        lambda s, row, group, _n: oracle.reads_topic(s, row, group),
        rows,
        lambda row: row.group.slug,
    )


def test_posts() -> None:
    rows = list(db.session.scalars(select(Post)))
    compare(
        Post,
        lambda who: access.readable(Post, who),
        lambda s, row, group, _n: oracle.reads_post(s, row, group),
        rows,
        lambda row: row.topic.group.slug,
    )


def test_polls_are_read_as_their_topic() -> None:
    topics = {row.id: row for row in db.session.scalars(select(Topic))}
    compare(
        Poll,
        lambda who: access.readable(Poll, who),
        lambda s, row, group, _n: oracle.reads_topic(s, topics[row.topic_id], group),
        list(db.session.scalars(select(Poll))),
        lambda row: topics[row.topic_id].group.slug,
    )


def test_hot_seats_are_read_as_their_topic_and_what_waits_by_its_author_and_facilitators() -> None:
    topics = {row.id: row for row in db.session.scalars(select(Topic))}
    seats = {row.id: topics[row.topic_id] for row in db.session.scalars(select(HotSeat))}
    names = {user.id: user.name for user in db.session.scalars(select(User))}
    compare(
        HotSeat,
        lambda who: access.readable(HotSeat, who),
        lambda s, row, group, _n: oracle.reads_topic(s, topics[row.topic_id], group),
        list(db.session.scalars(select(HotSeat))),
        lambda row: topics[row.topic_id].group.slug,
    )
    compare(
        SeatQuestion,
        lambda who: access.readable(SeatQuestion, who),
        lambda s, row, group, name: oracle.reads_question(
            s, seats[row.seat_id], row.state.value, group, names[row.author_id] == name
        ),
        list(db.session.scalars(select(SeatQuestion))),
        lambda row: seats[row.seat_id].group.slug,
    )


def test_pages_are_read_as_their_group() -> None:
    compare(
        Page,
        lambda who: access.readable(Page, who),
        lambda s, row, group, _n: row.deleted_at is None and oracle.at_least(s, group, "read"),
        list(db.session.scalars(select(Page))),
        lambda row: row.group.slug,
    )


def test_who_may_write_a_page() -> None:
    rows = list(db.session.scalars(select(Page).where(Page.deleted_at.is_(None))))
    for who, someone, name in everybody():
        for row in rows:
            wanted = "facilitate" if row.protected else "take part"
            assert access.can(who, "edit page", row) == oracle.at_least(someone, row.group.slug, wanted), name


def test_workshops_are_read_as_their_group() -> None:
    compare(
        Workshop,
        lambda who: access.readable(Workshop, who),
        lambda s, _row, group, _n: oracle.at_least(s, group, "read"),
        list(db.session.scalars(select(Workshop))),
        lambda row: row.group.slug,
    )


def test_who_comes_is_seen_by_those_whom_the_organiser_chose() -> None:
    workshops = {row.id: row for row in db.session.scalars(select(Workshop))}
    names = {user.id: user.name for user in db.session.scalars(select(User))}
    rows = list(db.session.scalars(select(Booking)))
    seated = {(row.workshop_id, names[row.user_id]) for row in rows if row.seat_at}
    compare(
        Booking,
        lambda who: access.readable(Booking, who),
        lambda s, row, group, name: oracle.sees_who_comes(
            s,
            group,
            workshops[row.workshop_id].seen_by.value,
            names[row.user_id] == name,
            (row.workshop_id, name) in seated,
        ),
        rows,
        lambda row: workshops[row.workshop_id].group.slug,
    )


def documents() -> list[Document]:
    """All documents with their post and uploader."""
    return list(db.session.scalars(select(Document).options(joinedload(Document.post), joinedload(Document.uploader))))


def test_documents_opened() -> None:
    compare(Document, lambda who: access.readable(Document, who), oracle.opens, documents(), lambda row: row.group.slug)


def test_who_sees_who_opened_a_file() -> None:
    rows = documents()
    for who, someone, name in everybody():
        opened = set(db.session.scalars(select(Document.id).where(access.readable(Document, who))))
        seen = {row.id for row in rows if row.id in opened and access.can(who, "see receipts", row)}
        allowed = {row.id for row in rows if oracle.sees_who_opened(someone, row, row.group.slug, name)}
        assert seen == allowed, name
        CELLS["count"] += len(rows)


def test_document_cards() -> None:
    compare(
        Document,
        access.mentioned,
        oracle.sees_card,
        documents(),
        lambda row: row.group.slug,
    )


def test_versions() -> None:
    loaded = {row.id: row for row in documents()}
    rows = list(db.session.scalars(select(Version)))
    compare(
        Version,
        lambda who: access.readable(Version, who),
        lambda s, row, group, name: oracle.opens_version(s, row, loaded[row.document_id], group, name),
        rows,
        lambda row: loaded[row.document_id].group.slug,
    )


@pytest.mark.parametrize("model", [Preview, Slide], ids=lambda model: model.__name__)
def test_what_is_made_of_a_file_is_read_as_the_file(model: Any) -> None:
    loaded = {row.id: row for row in documents()}
    versions = {row.id: row for row in db.session.scalars(select(Version))}
    of_version = {row.id: loaded[row.document_id] for row in versions.values()}
    compare(
        model,
        lambda who: access.readable(model, who),
        lambda s, row, group, name: oracle.opens_version(
            s, versions[row.version_id], of_version[row.version_id], group, name
        ),
        list(db.session.scalars(select(model))),
        lambda row: of_version[row.version_id].group.slug,
    )


def test_citations_are_read_with_the_post_and_the_file() -> None:
    loaded, posts = {row.id: row for row in documents()}, {row.id: row for row in db.session.scalars(select(Post))}
    groups = {group.id: group.slug for group in db.session.scalars(select(Group))}
    versions = {row.id: row for row in db.session.scalars(select(Version))}

    def of(row: Citation) -> str:
        return groups[loaded[row.document_id].group_id]

    compare(
        Citation,
        lambda who: access.readable(Citation, who),
        lambda s, row, group, name: (
            oracle.reads_post(s, posts[row.post_id], group)
            and oracle.opens_version(s, versions[row.version_id], loaded[row.document_id], of(row), name)
        ),
        list(db.session.scalars(select(Citation))),
        lambda row: groups[row.group_id],
    )


def test_quotations_are_read_with_both_posts() -> None:
    posts = {row.id: row for row in db.session.scalars(select(Post))}
    groups = {group.id: group.slug for group in db.session.scalars(select(Group))}
    compare(
        Quotation,
        lambda who: access.readable(Quotation, who),
        lambda s, row, group, _name: (
            oracle.reads_post(s, posts[row.post_id], group)
            and not posts[row.source_id].deleted_at
            and oracle.reads_post(s, posts[row.source_id], groups[posts[row.source_id].group_id])
        ),
        list(db.session.scalars(select(Quotation))),
        lambda row: groups[row.group_id],
    )


def test_who_reads_everything_that_others_read() -> None:
    """`seen_by_all` against the readers, counted one by one."""
    everyone = [who for who, _, _ in everybody()]
    found = db.session.scalars(select(Post).join(Group, Group.id == Post.group_id).where(~Group.slug.like("%-%-%")))
    posts = list(found.unique())[::41]
    readers = {
        post.id: {at for at, who in enumerate(everyone) if db.session.scalar(
            select(Post.id).where(Post.id == post.id, access.readable(Post, who))
        )} for post in posts
    }  # fmt: skip
    for source in posts:
        for target in posts:
            assert access.seen_by_all(source, target) == (readers[target.id] <= readers[source.id])
            CELLS["count"] += 1


def test_notices_are_their_readers_alone_while_they_may_know() -> None:
    posts = {row.id: row for row in db.session.scalars(select(Post))}
    groups = {group.id: group.slug for group in db.session.scalars(select(Group))}
    readers = {user.id: user.name for user in db.session.scalars(select(User))}

    def reads(s: Any, row: Notice, group: str, name: str) -> bool:
        high = name == readers[row.user_id] and oracle.at_least(s, group, oracle.LEVELS[row.needs])
        post = posts.get(row.post_id or 0)
        return high and (post is None or (post.deleted_at is None and oracle.reads_post(s, post, group)))

    compare(
        Notice,
        lambda who: access.readable(Notice, who),
        reads,
        list(db.session.scalars(select(Notice))),
        lambda row: posts[row.post_id].topic.group.slug if row.post_id else groups[row.group_id or 0],
    )


def test_bookmarks_are_their_owners_alone_and_open_nothing() -> None:
    files, posts = {row.id: row for row in documents()}, {row.id: row for row in db.session.scalars(select(Post))}
    groups = {group.id: group.slug for group in db.session.scalars(select(Group))}
    owners = {user.id: user.name for user in db.session.scalars(select(User))}

    def reads(s: Any, row: Bookmark, group: str, name: str) -> bool:
        if name != owners[row.user_id]:
            return False
        if row.post_id:
            return oracle.reads_post(s, posts[row.post_id], group)
        return oracle.opens(s, files[row.document_id or 0], group, name)

    compare(
        Bookmark,
        lambda who: access.readable(Bookmark, who),
        reads,
        list(db.session.scalars(select(Bookmark))),
        lambda row: groups[posts[row.post_id].group_id if row.post_id else files[row.document_id].group_id],
    )


def test_suggestions_are_read_by_their_author_and_by_those_who_decide() -> None:
    loaded = {row.id: row for row in documents()}
    of_version = {row.id: loaded[row.document_id] for row in db.session.scalars(select(Version))}
    authors = {user.id: user.name for user in db.session.scalars(select(User))}
    compare(
        Suggestion,
        lambda who: access.readable(Suggestion, who),
        lambda s, row, group, name: (
            oracle.opens(s, of_version[row.version_id], group, name)
            and (
                name in (authors[row.author_id], of_version[row.version_id].uploader.name)
                or oracle.at_least(s, group, "facilitate")
            )
        ),
        list(db.session.scalars(select(Suggestion))),
        lambda row: of_version[row.version_id].group.slug,
    )


def test_concerns_are_for_those_who_decide() -> None:
    posts = {row.id: row for row in db.session.scalars(select(Post))}
    leads = {group.slug: group.facilitator_count for group in groups()}
    authors = {user.id: user.name for user in db.session.scalars(select(User))}

    def decides(s: oracle.Someone, row: Concern, group: str, name: str) -> bool:
        return oracle.decides(s, group, name == authors[row.author_id], leads[group] < 2)

    rows = list(db.session.scalars(select(Concern)))
    assert rows
    compare(
        Concern,
        lambda who: access.readable(Concern, who),
        decides,
        rows,
        lambda row: posts[row.post_id].topic.group.slug,
    )


def test_what_waits_is_for_its_author_and_those_who_decide() -> None:
    authors = {user.id: user.name for user in db.session.scalars(select(User))}
    compare(
        Held,
        lambda who: access.readable(Held, who),
        lambda s, row, group, name: oracle.reads_held(s, group, name == authors[row.author_id]),
        list(db.session.scalars(select(Held))),
        lambda row: row.group.slug,
    )


def test_every_thing_below_a_group_has_a_rule() -> None:
    """What is read only on the way to something else, or by whoever looks after a group, is named here."""
    besides = {
        "AuditEntry", "DocumentTag", "Event", "Hearing", "Invitation", "JoinRequest", "Mail", "Membership", "Report", "Subject", "TagFollow", "TopicTag", "Upload",
    }  # fmt: skip
    below = {mapper.class_ for mapper in db.Model.registry.mappers if "group_id" in mapper.columns}
    assert {model.__name__ for model in below - set(access.RULES)} == besides


def test_people_are_for_registered_readers() -> None:
    rows = list(db.session.scalars(select(User)))
    compare(
        User,
        lambda who: access.readable(User, who),
        lambda s, row, _g, _n: s.account == "active" and row.active and row.confirmed_at is not None,
        rows,
        lambda row: "",
    )


@pytest.mark.parametrize("model", [Group, Topic, Post, Document, Version, Slide], ids=lambda model: model.__name__)
def test_audience_is_the_same_rule_from_the_other_side(model: Any) -> None:
    readers: dict[int, set[str]] = {}
    everyone = [(who, name) for who, _, name in everybody() if who.registered]
    for who, name in everyone:
        for number in db.session.scalars(select(model.id).where(access.readable(model, who))):
            readers.setdefault(number, set()).add(name)
    shallow = select(model) if model is Group else select(model).join(Group, Group.id == model.group_id)
    for thing in db.session.scalars(shallow.where(~Group.slug.like("%-%-%")).order_by(model.id)).unique().all()[::3]:
        told = set(db.session.scalars(access.audience(thing).with_only_columns(User.name)))
        assert told == readers.get(thing.id, set()), (
            f"{model.__name__} {thing.id}: {sorted(told ^ readers.get(thing.id, set()))[:5]}"
        )
        CELLS["count"] += len(everyone)
