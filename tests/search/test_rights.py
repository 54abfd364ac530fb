"""Every kind of person finds exactly what they may open: a word of its own in every group and field, asked for by all."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from forum import access
from forum.index.words import understood
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Group, Page, Post, Slide, Topic, User, Version, Workshop
from forum.search import finding
from forum.search.finding import Wanted
from forum.search.places import places
from forum.who import person
from tests.access.test_canary import PEOPLE
from tests.conftest import Community


def word(what: str, group: Group) -> str:
    """The word of one kind of thing of one group."""
    return f"zq{what}{group.id}qz"


def plant_workshop(group: Group, organiser: User) -> None:
    """A workshop of a group, with a word in its title and another in its agenda."""
    agenda, uid = word("agenda", group), word("uid", group)
    of = {"group_id": group.id, "n": 900, "organiser_id": organiser.id, "uid": uid, "series": uid}
    when = {"starts_at": now() + timedelta(hours=1), "ends_at": now() + timedelta(hours=2), "zone": "Europe/London"}
    db.session.add(Workshop(**of, **when, title=word("workshop", group), agenda=agenda, agenda_html=f"<p>{agenda}</p>"))


@pytest.fixture
def planted(community: Community) -> list[Group]:
    """The demo community, where the things of each group bear words of their own."""
    groups = list(db.session.scalars(select(Group)).unique())
    for group in groups:
        of_group = select(Version.id).where(Version.group_id == group.id)
        for statement in (
            update(Topic).where(Topic.group_id == group.id).values(title=word("title", group)),
            update(Post).where(Post.group_id == group.id).values(body=word("body", group)),
            update(Document).where(Document.group_id == group.id).values(title=word("file", group)),
            update(Slide).where(Slide.version_id.in_(of_group)).values(text=word("slide", group)),
        ):
            db.session.execute(statement)
        said = {"title": word("page", group), "body": word("page", group), "html": "x", "renderer": 1, "editor_id": 1}
        db.session.add(Page(group_id=group.id, n=900, **said))
        db.session.add(Page(group_id=group.id, n=901, deleted_at=now(), **said))
        plant_workshop(group, community.ruth)
    db.session.commit()
    return groups


def found(me: access.Person, words: str, kind: str) -> tuple[int, int]:
    """How many rows there are, and how many the page counts."""
    page = finding.find(me, understood(words), Wanted(kind), places(me))
    rows, after = len(page.rows), page.more
    while after:
        more = finding.find(me, understood(words), Wanted(kind, after=after), places(me))
        rows, after = rows + len(more.rows), more.more
    return rows, page.counts[kind]


def may(me: access.Person, group: Group) -> dict[str, int]:
    """How many there are, by the rule."""
    newest = (Version.number == Document.last_version, Version.document_id == Document.id)
    posts = access.readable(Post, me)
    meetings = select(Workshop.id).where(Workshop.group_id == group.id, access.readable(Workshop, me))
    numbers: dict[str, Any] = {
        "title": select(Post.id).where(Post.group_id == group.id, Post.no == 0, posts),
        "body": select(Post.id).where(Post.group_id == group.id, posts),
        "page": select(Page.id).where(Page.group_id == group.id, Page.title == word("page", group), access.readable(Page, me)),
        "workshop": meetings.where(Workshop.title == word("workshop", group)),
        "agenda": meetings.where(Workshop.agenda == word("agenda", group)),
        "file": select(Document.id).where(Document.group_id == group.id, Document.posted_at.is_not(None), access.readable(Document, me)),
        "slide": select(Slide.id).join(Version, Version.id == Slide.version_id).join(Document, Document.id == Version.document_id)
        .where(Slide.group_id == group.id, Document.posted_at.is_not(None), *newest, access.readable(Slide, me)),
    }  # fmt: skip
    return {what: len(db.session.scalars(rows).all()) for what, rows in numbers.items()}


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_finds_what_they_may_open_and_counts_nothing_else(
    name: str, planted: list[Group], community: Community
) -> None:
    user: User | None = None if name == "visitor" else getattr(community, name)
    me = access.person(user.id if user else None)
    some = False
    for group in planted:
        for what, number in may(me, group).items():
            kind = {
                "file": "files",
                "slide": "files",
                "page": "pages",
                "workshop": "workshops",
                "agenda": "workshops",
            }.get(what, "talk")
            assert found(me, word(what, group), kind) == (number, number), (group.slug, what)
            some = some or bool(number)
    assert some


def test_a_person_who_is_put_out_finds_nothing_at_the_next_request(
    find: Any, community: Community, as_: Any, planted: list[Group]
) -> None:
    words = word("body", community.group("performance"))
    maya, ruth = as_(community.maya), as_(community.ruth)
    before = maya.get(f"/search?q={words}").text
    assert "<h1>0 found" not in before
    assert ruth.post("/groups/performance/manage/people/maya/removal", data={"message": ""}).status_code == 303
    assert "<h1>0 found" in maya.get(f"/search?q={words}").text


@pytest.mark.parametrize("suspended", [True, False])
def test_nobody_finds_people_who_are_not_there(find: Any, community: Community, suspended: bool) -> None:
    community.ruth.active, community.ruth.confirmed_at = (
        (False, community.ruth.confirmed_at) if suspended else (True, None)
    )
    db.session.commit()
    page = find("maya", "castellan", kind="people")
    assert page.links == [] and page.counts["People"] == ""


def test_a_closed_group_tells_nothing_by_its_word_in_the_list_of_groups(find: Any, community: Community) -> None:
    hidden = community.group("reorganisation").name
    assert hidden not in find("sam", "work").text
    assert hidden not in find("", "work").text
    assert person(community.sam.id).registered
