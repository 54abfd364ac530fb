"""Files come in: streamed, counted, checked, kept with the rows that name them, or not at all."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import Conflict, Forbidden

from forum import uploads
from forum.access import person
from forum.cli.doctor import files
from forum.kit.clock import at, now
from forum.kit.db import db
from forum.kit.storage import Arrivals, copy_in
from forum.models import Document, FileAudience, Group, Post, Stray, User, Version

PDF = b"%PDF-1.4\n" + b"slides " * 500
pytestmark = pytest.mark.usefixtures("kept_in")


def sent(*files: tuple[bytes, str]) -> list[FileStorage]:
    """Files as a form brings them."""
    return [FileStorage(io.BytesIO(content), name) for content, name in files]


def bytes_kept() -> list[str]:
    """The keys of all bytes in the store."""
    return sorted(uploads.store().keys())


def left_over() -> list[Path]:
    """What arrived and was neither kept nor removed."""
    return list(uploads.store().unfinished())


@pytest.fixture
def group(community: Any) -> Group:
    return community.group("performance")  # type: ignore[no-any-return]


def test_what_a_member_sends_becomes_drafts_that_only_they_see(community: Any, group: Group) -> None:
    me = person(community.maya.id)
    made, refused = uploads.receive(sent((PDF, "Measures_that help.pdf"), (b"# Plan", "plan.md")), me, group)
    db.session.commit()
    assert refused == [] and [document.title for document in made] == ["Measures that help", "Plan"]
    first = db.session.scalars(select(Version).where(Version.document_id == made[0].id)).one()
    assert uploads.stream_of(first.storage_key).read() == PDF and first.size == len(PDF)
    assert first.storage_key not in first.sha256
    numbers = [document.n for document in made]
    assert uploads.drafts(me, group, numbers) == made
    assert uploads.drafts(person(community.ruth.id), group, numbers) == []
    assert uploads.orphans() == {} and uploads.missing() == [] and left_over() == []


def test_each_refusal_names_its_file_and_the_others_are_kept(community: Any, group: Group) -> None:
    bad = sent(
        (b"", "empty.txt"),
        (b"MZ\x90", "setup.exe"),
        (b"<html><script>", "page.txt"),
        (PDF, "deck.pptx"),
        (PDF, "good.pdf"),
    )
    made, refused = uploads.receive(bad, person(community.maya.id), group)
    assert [document.title for document in made] == ["Good"]
    assert [words.partition(":")[0] for words in refused] == ["empty.txt", "setup.exe", "page.txt", "deck.pptx"]
    assert left_over() == []


def test_bytes_go_with_a_transaction_that_is_given_up(community: Any, group: Group) -> None:
    before = bytes_kept()
    uploads.receive(sent((PDF, "a.pdf")), person(community.maya.id), group)
    assert len(bytes_kept()) == len(before) + 1
    db.session.rollback()
    assert bytes_kept() == before
    uploads.receive(sent((PDF, "b.pdf")), person(community.maya.id), group)
    db.session.remove()
    assert bytes_kept() == before


def test_bytes_of_a_deleted_file_go_once_that_is_certain(community: Any, group: Group) -> None:
    (document,), _ = uploads.receive(sent((PDF, "a.pdf")), person(community.maya.id), group)
    db.session.commit()
    kept = bytes_kept()
    uploads.discard(document)
    assert bytes_kept() == kept
    db.session.rollback()
    assert bytes_kept() == kept
    uploads.discard(document)
    db.session.commit()
    assert len(bytes_kept()) == len(kept) - 1 and uploads.missing() == []


def test_only_facilitators_upload_where_the_group_says_so(community: Any) -> None:
    review = community.group("case-review")
    with pytest.raises(Forbidden):
        uploads.receive(sent((PDF, "a.pdf")), person(community.ceri.id), review)
    made, _ = uploads.receive(sent((PDF, "a.pdf")), person(community.dan.id), review)
    assert len(made) == 1


def test_a_file_is_posted_once(community: Any, group: Group) -> None:
    (document,), _ = uploads.receive(sent((PDF, "a.pdf")), person(community.maya.id), group)
    before = group.document_count
    uploads.publish(document)
    assert group.document_count == before + 1 and document.posted_at
    for again in (uploads.publish, uploads.discard):
        with pytest.raises(Conflict):
            again(document)


def test_a_draft_of_another_group_or_person_is_not_attached(community: Any, group: Group) -> None:
    post = db.session.scalars(
        select(Post).where(Post.group_id == group.id, Post.author_id != community.maya.id)
    ).first()
    assert post
    (document,), _ = uploads.receive(sent((PDF, "a.pdf")), person(community.maya.id), group)
    with pytest.raises(Conflict):
        uploads.attach([document], post, FileAudience.MEMBERS)


def test_the_count_of_a_group_is_what_its_members_find(community: Any, group: Group) -> None:
    ruth, before = community.ruth, group.document_count
    post = db.session.scalars(select(Post).where(Post.group_id == group.id, Post.author_id == ruth.id)).first()
    assert post
    uploads.add_file(ruth, group, io.BytesIO(PDF), "a.pdf", title="A", audience=FileAudience.FACILITATORS)
    assert group.document_count == before
    carried = uploads.add_file(ruth, group, io.BytesIO(PDF), "b.pdf", title="B", post=post)
    assert group.document_count == before + 1 and carried in uploads.attached(post)
    uploads.hide(carried)
    assert group.document_count == before
    uploads.restore(carried)
    uploads.remove([carried])
    assert group.document_count == before and carried.title == ""


def files_of(post: Post, reader: User) -> list[Any]:
    """The files of a post, as this person meets them."""
    return uploads.attached_to(post.topic, post.place - 1, post.place, person(reader.id))[post.id]


def test_files_of_a_page_of_posts_come_in_one_statement(community: Any, group: Group, watch: Any) -> None:
    ruth = community.ruth
    post = db.session.scalars(select(Post).where(Post.group_id == group.id, Post.author_id == ruth.id)).first()
    assert post
    uploads.add_file(ruth, group, io.BytesIO(PDF), "a.pdf", title="For all", post=post)
    uploads.add_file(
        ruth, group, io.BytesIO(PDF), "b.pdf", title="For few", audience=FileAudience.FACILITATORS, post=post
    )
    seen = {who: [row.title for row in files_of(post, getattr(community, who))] for who in ("maya", "priya")}
    assert "For all" in seen["maya"] and "For few" not in seen["maya"] and "For few" in seen["priya"]
    with watch() as seen_by_the_database:
        files_of(post, ruth)
    assert sum("FROM document" in statement for statement in seen_by_the_database.statements) == 1


def test_a_reader_who_may_not_open_an_attachment_sees_its_card(community: Any) -> None:
    policy = community.group("policy")
    post = db.session.scalars(select(Post).where(Post.group_id == policy.id)).first()
    assert post
    author = db.session.get_one(type(community.ruth), post.author_id)
    uploads.add_file(author, policy, io.BytesIO(PDF), "a.pdf", title="Inside", audience=FileAudience.MEMBERS, post=post)
    opens = {
        who: next(row.opens for row in files_of(post, getattr(community, who)) if row.title == "Inside")
        for who in ("sam", "joanna")
    }
    assert opens == {"sam": True, "joanna": False}
    assert (uploads.way_to_open(person(community.joanna.id), policy), uploads.way_to_open(person(None), policy)) == (
        "join",
        "sign in",
    )


def test_numbers_are_given_once_to_people_who_upload_at_the_same_time(app: Flask, community: Any, group: Group) -> None:
    people, slug = [community.maya.id, community.priya.id, community.dan.id, community.ceri.id], group.slug

    def add(user_id: int) -> None:
        with app.app_context():
            for turn in range(3):
                here = db.session.scalars(select(Group).where(Group.slug == slug)).one()
                uploads.receive(sent((PDF, f"{turn}.pdf")), person(user_id), here)
                db.session.commit()

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(add, people))
    numbers = list(db.session.scalars(select(Document.n).where(Document.group_id == group.id)))
    assert len(numbers) == len(set(numbers)) and uploads.orphans() == {}


def test_bytes_in_a_folder_are_for_the_site_alone(kept_in: str, community: Any, group: Group) -> None:
    uploads.receive(sent((PDF, "a.pdf")), person(community.maya.id), group)
    db.session.commit()
    places = [place for place in uploads.store().folder.rglob("*/*") if place.is_file()]
    assert all(place.stat().st_mode & 0o077 == 0 for place in places) and bool(places) == (kept_in == "folder")


def test_what_a_crash_left_is_reported(app: Flask, community: Any, group: Group) -> None:
    (document,), _ = uploads.receive(sent((PDF, "a.pdf")), person(community.maya.id), group)
    db.session.commit()
    version = db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
    put("ab" * 20, b"lost")
    (uploads.store().incoming / "half").write_bytes(b"lo")
    put(version.storage_key, b"cut")
    assert set(uploads.orphans()) == {"ab" * 20, "incoming/half"}
    assert uploads.missing() == [version] and (version, True) in uploads.damaged()


def put(key: str, content: bytes) -> None:
    """Bytes of a key, whatever was there."""
    place = uploads.store()
    place.remove(key)
    place.keep(copy_in(Arrivals(place.incoming, 2**20), io.BytesIO(content), key), key)


def test_bytes_that_changed_on_their_own_are_found_though_they_are_as_many(community: Any, group: Group) -> None:
    (document,), _ = uploads.receive(sent((PDF, "a.pdf")), person(community.maya.id), group)
    db.session.commit()
    version = db.session.scalars(select(Version).where(Version.document_id == document.id)).one()
    assert not any(wrong for _version, wrong in uploads.damaged())
    put(version.storage_key, PDF[:-1] + b"?")
    assert uploads.missing() == [] and [found for found, wrong in uploads.damaged() if wrong] == [version]


def test_what_belongs_to_nothing_goes_two_days_after_it_was_seen_and_is_looked_at_again(
    kept_in: str, community: Any, group: Group
) -> None:
    uploads.receive(sent((PDF, "a.pdf")), person(community.maya.id), group)
    db.session.commit()
    mine = set(bytes_kept())
    put("ab" * 20, b"lost")
    put("cd" * 20, b"named in time")
    begun = uploads.begin(person(community.maya.id), group, "deck.pdf", len(PDF))
    db.session.commit()
    (uploads.store().incoming / "half").write_bytes(b"lo")
    first = now()
    assert uploads.sweep_strays() == 0 and left_keys() == {"ab" * 20, "cd" * 20, "incoming/half"}
    with at(first + uploads.GRACE - timedelta(minutes=1)):
        assert uploads.sweep_strays() == 0
    version = db.session.scalars(select(Version).where(Version.deleted_at.is_(None))).first()
    assert version
    before, version.storage_key = version.storage_key, "cd" * 20
    db.session.flush()
    with at(first + uploads.GRACE + timedelta(minutes=1)):
        assert uploads.sweep_strays() == 2, "not what was named meanwhile, not what was seen for the first time"
    assert set(bytes_kept()) == mine | {"cd" * 20} and left_keys() == {before}
    assert [path.name for path in left_over()] == [begun.code]


def test_nothing_is_cleared_up_where_another_site_keeps_its_files(kept_in: str, community: Any, app: Flask) -> None:
    put("ab" * 20, b"another's")
    assert uploads.sweep_strays() == 0 and uploads.ours()
    app.config["SECURITY_PASSWORD_SALT"] = "another site" * 4
    assert not uploads.ours()
    with at(now() + 2 * uploads.GRACE):
        assert uploads.sweep_strays() == 0
    assert "ab" * 20 in bytes_kept()
    assert any("another site keeps its files there too" in found.says for found in files(quick=True))


def left_keys() -> set[str]:
    """What was noted as belonging to nothing."""
    db.session.flush()
    return set(db.session.scalars(select(Stray.key)))
