"""Guard 1: every person × every group and sub-group × every thing, against an oracle written from access.md."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum import access
from forum.kit.db import db
from forum.models import (
    Citation,
    Document,
    Group,
    Membership,
    Post,
    Preview,
    Slide,
    Suggestion,
    Topic,
    User,
    Version,
)
from forum.who import VISITOR, Person, person
from tests.access import oracle, world

pytestmark = pytest.mark.usefixtures("filled")
CELLS = {"count": 0}


@pytest.fixture(scope="module")
def filled(empty_world: Any) -> Iterator[None]:
    """The world, built once for these tests, which only read."""
    world.build()
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
    for who, someone, name in everybody():
        allowed = {row.id for row in rows if expected(someone, row, place(row), name)}
        found = set(db.session.scalars(select(model.id).where(condition(who))))
        asked = set(db.session.scalars(made_once, access.asked_by(who)))
        for way in (found, asked) if not who.suspended else (found,):
            wrong = [(row.id, place(row), name) for row in rows if row.id in way ^ allowed]
            assert not wrong, f"{name}: {wrong[:5]}"
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


def test_every_thing_below_a_group_has_a_rule() -> None:
    """What is read only on the way to something else, or by whoever looks after a group, is named here."""
    besides = {
        "AuditEntry", "DocumentTag", "Event", "Invitation", "JoinRequest", "Mail", "Membership", "Subject", "TopicTag", "Upload",
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
