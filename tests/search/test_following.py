"""What is changed, hidden, moved or taken away is so in the search at once: the database keeps its index itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from forum.groups.actions import kinds
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Group, Kind, Post, Slide, Topic, User, Version
from forum.models.entries import INDEXES
from forum.models.search import fill
from forum.who import person
from tests import sketches
from tests.library.conftest import shelve  # noqa: F401 a fixture
from tests.previews import files
from tests.search.conftest import opening, slides

BASE = "/groups/performance"


def entries() -> dict[str, list[Any]]:
    """All that is in the index."""
    columns = "rowid, title, words, scope" if db.engine.dialect.name == "sqlite" else "rowid, words::text"
    return {index: db.session.execute(text(f"SELECT {columns} FROM {index} ORDER BY rowid")).all() for index in INDEXES}


@pytest.fixture(autouse=True)
def index_is_whole(app: Any) -> Any:
    """After each of these tests the index is what it would be if it were made anew."""
    yield
    db.session.rollback()
    kept = entries()
    for index in INDEXES:
        db.session.execute(text(f"DELETE FROM {index}"))
    for statement in fill(db.engine.dialect.name):
        db.session.connection().exec_driver_sql(statement)
    assert kept == entries()
    assert all(kept.values())
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        for index in INDEXES:
            db.session.execute(text(f"INSERT INTO {index}({index}) VALUES ('integrity-check')"))
        db.session.rollback()


def test_what_is_posted_edited_and_deleted(find: Any, community: Any, as_: Any) -> None:
    ruth = as_(community.ruth)
    form = {"kind": "discussion", "title": "Of thylacines", "body": "They bark.", "tags": ""}
    where = ruth.post(f"{BASE}/topics/new", data=form).headers["Location"].partition("?")[0]
    assert find("maya", "thylacine bark").links == [where]
    ruth.post(f"{where}/replies", data={"body": "A numbat, rather."})
    assert find("maya", "numbat").links == [f"{where}/posts/1"]
    ruth.post(f"{where}/posts/1/edit", data={"body": "A bilby, rather.", "revision": "0"})
    assert find("maya", "numbat").links == []
    assert find("maya", "bilby").links == [f"{where}/posts/1"]
    ruth.post(f"{where}/edit", data={"kind": "discussion", "title": "Of quokkas", "tags": ""})
    assert find("maya", "thylacine").links == []
    assert find("maya", "quokka bark").links == [where]
    ruth.post(f"{where}/posts/1/deletion", data={"reason": "x"})
    assert find("maya", "bilby").links == [] == find("ruth", "bilby").links


@pytest.mark.parametrize("what", ["post", "topic"])
def test_what_is_hidden_is_found_by_facilitators_until_it_is_shown_again(find: Any, community: Any, what: str) -> None:
    topic = community.topic("performance", 1)
    post = opening(topic)
    post.body = "A thylacine"
    thing: Any = post if what == "post" else topic
    for hidden in (True, False):
        thing.hidden_at = now() if hidden else None
        db.session.commit()
        assert find("maya", "thylacine").count == ("0" if hidden else "1")
        assert find("ruth", "thylacine").count == "1"


def test_a_topic_that_moves_is_read_where_it_is(find: Any, community: Any) -> None:
    topic, there = community.topic("performance", 1), community.group("safeguarding")
    opening(topic).body = "A thylacine"
    db.session.commit()
    assert find("maya", "thylacine", group="performance").count == "1"
    number = there.last_topic_n + 1
    db.session.execute(update(Topic).where(Topic.id == topic.id).values(group_id=there.id, n=number))
    db.session.execute(update(Post).where(Post.topic_id == topic.id).values(group_id=there.id))
    db.session.commit()
    assert find("maya", "thylacine", group="performance").count == "0"
    readers = {name: find(name, "thylacine").count for name in ("maya", "ruth", "sam", "dan", "ines", "priya")}
    inside = {
        name
        for name in readers
        if person(getattr(community, name).id).standing(there.id) in ("member", "facilitator", "owner")
    }
    assert {name for name, count in readers.items() if count == "1"} == inside


def test_a_group_that_closes_or_opens_is_found_by_those_who_read_it(find: Any, community: Any) -> None:
    group = community.group("policy")
    opening(community.topic("policy", 1)).body = "A thylacine"
    db.session.commit()
    assert find("joanna", "thylacine").count == "1"
    owner = person(community.tom.id)
    for kind, count in ((Kind.RESTRICTED, "0"), (Kind.OPEN, "1")):
        group = db.session.scalars(select(Group).where(Group.slug == "policy")).one()
        wanted = kinds.reach(group)._replace(kind=kind)
        kinds.change_reach(owner, group, wanted, kinds.seal(each for each, _ in kinds.changes(group, wanted)))
        db.session.commit()
        assert find("joanna", "thylacine").count == count
        assert find("tom", "thylacine").count == "1"


def test_a_file_is_found_once_it_is_posted_and_no_more_when_it_is_gone(find: Any, community: Any, shelve: Any) -> None:  # noqa: F811
    document = shelve("performance", "ruth", "thylacine.pdf", files.pdf("One"), title="May", audience="members")
    here = f"{BASE}/library/{document.n}"
    assert find("maya", "thylacine").links == [here], "by the name of the file"
    for facts, count in (
        ({"posted_at": None}, "0"), ({"posted_at": now()}, "1"), ({"audience": "facilitators"}, "0"),
        ({"audience": "members"}, "1"), ({"hidden_at": now()}, "0"), ({"hidden_at": None}, "1"),
        ({"description": "Of a quoll", "title": "June"}, "1"), ({"deleted_at": now()}, "0"),
    ):  # fmt: skip
        db.session.execute(update(Document).where(Document.id == document.id).values(**facts))
        db.session.commit()
        assert find("maya", "thylacine").count == count, facts
    assert find("ruth", "quoll").count == "0"


def test_a_file_opened_wider_than_its_group_is_found_by_those_outside(find: Any, community: Any) -> None:
    handout = community.document("performance", 4)
    handout.description = "A thylacine"
    db.session.commit()
    assert find("sam", "thylacine").links == [f"{BASE}/library/4"]
    assert find("sam", "thylacine", group="performance").links == [f"{BASE}/library/4"]
    assert find("", "thylacine").links == []


def test_only_the_newest_version_is_found(find: Any, community: Any, shelve: Any) -> None:  # noqa: F811
    document = shelve("performance", "ruth", "may.pdf", files.pdf("One"), title="May")
    sketches.draw(document, 3, title="Thylacine {}", text="Barks {}")
    here = f"{BASE}/library/{document.n}"
    assert find("maya", "thylacine").links == [f"{here}#slide-{n}" for n in (1, 2, 3)]
    first = (
        document.versions[0]
        if "versions" in document.__dict__
        else db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
    )
    db.session.execute(update(Document).where(Document.id == document.id).values(last_version=2))
    newer = Version(
        document_id=document.id, group_id=document.group_id, number=2, name="quokka.pdf", extension="pdf", media_type="application/pdf",
        kind="document", size=1, sha256="0" * 64, storage_key="newer", uploader_id=community.ruth.id,
    )  # fmt: skip
    db.session.add(newer)
    db.session.commit()
    assert find("maya", "thylacine").links == []
    assert find("maya", "quokka").links == [here]
    db.session.execute(update(Version).where(Version.id == newer.id).values(deleted_at=now()))
    db.session.execute(update(Document).where(Document.id == document.id).values(last_version=first.number))
    db.session.commit()
    assert find("maya", "quokka").links == []
    assert len(find("maya", "thylacine").links) == 3


def test_a_file_that_waits_for_the_scanner_is_found_by_its_uploader_alone(
    find: Any,
    community: Any,
    shelve: Any,  # noqa: F811
) -> None:
    document = shelve("performance", "ruth", "may.pdf", files.pdf("One"), title="May")
    sketches.draw(document, 1, title="Thylacine", text="Barks")
    for scan, readers in (("waiting", "ruth"), ("infected", ""), ("clean", "maya ruth priya")):
        db.session.execute(update(Version).where(Version.document_id == document.id).values(scan=scan))
        db.session.commit()
        found = {name for name in ("maya", "ruth", "priya") if find(name, "thylacine").count == "1"}
        assert found == set(readers.split()), scan


def test_slides_that_are_described_or_thrown_away(find: Any, community: Any, as_: Any) -> None:
    deck = community.document("performance", 2)
    as_(community.ruth).post(f"{BASE}/library/2/slides/1/text", data={"described": "A thylacine barks", "before": ""})
    assert find("maya", "thylacine").links == [f"{BASE}/library/2#slide-1"]
    db.session.execute(delete(Slide).where(Slide.id.in_([slide.id for slide in slides(deck)])))
    db.session.commit()
    assert find("maya", "thylacine").links == []


def test_a_page_that_is_written_changed_closed_and_deleted(find: Any, community: Any, as_: Any) -> None:
    maya, pages = as_(community.maya), "/groups/policy/pages"
    said = {"title": "Of thylacines", "body": "They *bark* at night.", "key": "0123456789abcdef"}
    address = maya.post(f"{pages}/new", data=said).headers["Location"]
    for name in ("sam", "joanna"):
        page = find(name, "barks thylacine", kind="pages")
        assert page.links == [address] and page.counts["Pages"] == "1" and "<mark>bark</mark>" in page.text
    assert find("sam", "barks").links == [address], "nothing else is found, so the page begins with pages"
    assert maya.post(f"{address}/edit", data={**said, "body": "They yawn.", "revision": "1"}).status_code == 303
    assert find("sam", "barks", kind="pages").links == [] and find("sam", "yawning", kind="pages").links == [address]
    group = db.session.scalars(select(Group).where(Group.slug == "policy")).one()
    wanted = kinds.reach(group)._replace(kind=Kind.RESTRICTED)
    kinds.change_reach(
        person(community.tom.id), group, wanted, kinds.seal(each for each, _ in kinds.changes(group, wanted))
    )
    db.session.commit()
    assert find("joanna", "yawning", kind="pages").counts["Pages"] == ""
    assert find("sam", "yawning", kind="pages", group="policy").links == [address]
    assert find("sam", "yawning", kind="pages", group="performance").links == []
    assert as_(community.ruth).post(f"{address}/removal").status_code == 303
    assert find("sam", "yawning", kind="pages").links == []


def test_people_by_the_name_they_have_now(find: Any, community: Any) -> None:
    db.session.execute(update(User).where(User.id == community.ruth.id).values(name="Thylacine Jones"))
    db.session.commit()
    assert find("maya", "castellan", kind="people").links == []
    assert find("maya", "thylac", kind="people").links == ["/people/ruth"]


def test_what_is_rolled_back_was_never_found(find: Any, community: Any) -> None:
    opening(community.topic("performance", 1)).body = "A thylacine"
    db.session.flush()
    db.session.rollback()
    assert find("maya", "thylacine").count == "0"


def test_workshops_are_found_by_title_and_agenda_by_those_who_read_the_group(
    find: Any, community: Any, as_: Any
) -> None:
    said = {
        "title": "Barks and thylacines",
        "agenda": "First yawning, then a *numbat*.",
        "day": f"{now() + timedelta(days=30):%Y-%m-%d}",
    }
    said |= {"starts": "10:00", "ends": "12:00", "zone": "Europe/London", "seen_by": "members", "shown": "names"}
    address = {}
    for slug, who in (("policy", community.tom), ("performance", community.priya)):
        reply = as_(who).post(f"/groups/{slug}/workshops/new", data={**said, "key": "0" * 16})
        assert reply.status_code == 303
        address[slug] = reply.headers["Location"]
    page = find("maya", "thylacine numbats", kind="workshops")
    assert page.links == [address["performance"], address["policy"]] and page.counts["Workshops"] == "2"
    assert find("maya", "barks").links == page.links, "the first kind that anything is found of"
    assert "<mark>numbat</mark>" in page.text and "Workshop" in page.text
    assert find("sam", "yawning", kind="workshops").links == [address["policy"]]
    assert find("maya", "yawning", kind="workshops", group="performance").links == [address["performance"]]
    place = f"performance/{address['performance'].rpartition('/')[2]}/0"
    assert find("maya", "yawning", kind="workshops", after=place).links == [address["policy"]]
    changed = {**said, "title": "Something else", "agenda": "Quiet", "revision": "1"}
    assert as_(community.tom).post(f"{address['policy']}/edit", data=changed).status_code == 303
    assert find("sam", "yawning", kind="workshops").links == []
    assert find("sam", "quiet", kind="workshops").links == [address["policy"]]
    group = db.session.scalars(select(Group).where(Group.slug == "policy")).one()
    wanted = kinds.reach(group)._replace(kind=Kind.RESTRICTED)
    seal = kinds.seal(each for each, _ in kinds.changes(group, wanted))
    assert find("joanna", "quiet", kind="workshops").links == [address["policy"]]
    kinds.change_reach(person(community.tom.id), group, wanted, seal)
    db.session.commit()
    assert find("joanna", "quiet", kind="workshops").counts["Workshops"] == ""
    assert find("sam", "quiet", kind="workshops").links == [address["policy"]]
