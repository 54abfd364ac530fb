"""What one person, and one group, may have here: nobody gets past it, however many send at once."""

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.kit.db import db
from forum.models import Upload, Version
from tests.conftest import sign_in
from tests.library.conftest import bytes_kept, own_documents, upload
from tests.uploads.conftest import PDF, Sender

Send = Callable[..., Sender]


def taken(condition: Any) -> int:
    """The bytes of versions that are kept."""
    found = select(func.coalesce(func.sum(Version.size), 0)).where(condition, Version.deleted_at.is_(None))
    return int(db.session.scalar(found) or 0)


@pytest.fixture
def room(app: Any, community: Any) -> Callable[[str, int], None]:
    """`room("PERSON", 5000)`: Maya (or her group) may add so many bytes more."""

    def leave(whose: str, size: int) -> None:
        group = community.group("performance")
        of = {"PERSON": Version.uploader_id == community.maya.id, "GROUP": Version.group_id == group.id}[whose]
        app.config[f"UPLOAD_QUOTA_{whose}"] = taken(of) + size

    return leave


@pytest.mark.parametrize(("whose", "words"), [("PERSON", "your files have"), ("GROUP", "the files of this group")])
def test_what_does_not_fit_is_refused_before_its_first_byte(sender: Send, room: Any, whose: str, words: str) -> None:
    maya = sender("maya")
    room(whose, len(PDF))
    assert maya.begin(size=len(PDF) + 1).status_code == 413
    assert words in maya.begin(size=len(PDF) + 1).text
    assert maya.begin(size=len(PDF)).status_code == 201


def test_what_is_on_its_way_counts_in_whole_until_it_is_taken_back(sender: Send, room: Any) -> None:
    maya, second = sender("maya"), sender("maya")
    room("PERSON", len(PDF))
    maya.begin()
    assert second.begin(size=1).status_code == 413
    maya.take_back()
    assert second.begin().status_code == 201
    assert second.send(PDF, 0).headers["Upload-Draft"], "what has become a draft counts once"
    assert sender("maya").begin(size=1).status_code == 413
    second.take_back()
    assert sender("maya").begin().status_code == 201


def test_the_quota_of_a_group_is_for_all_its_people_together(sender: Send, room: Any) -> None:
    room("GROUP", len(PDF))
    assert sender("priya").begin().status_code == 201
    assert sender("maya").begin(size=1).status_code == 413
    assert sender("maya", "policy").begin(size=1).status_code == 201


def test_files_of_a_form_count_too(community: Any, as_: Any, room: Any) -> None:
    maya, before = as_(community.maya), bytes_kept()
    room("PERSON", len(PDF) + 9)
    reply = upload(maya, "performance", (PDF, "one.pdf"), (PDF, "two.pdf"))
    assert reply.status_code == 422 and "two.pdf: There is no room for" in reply.get_data(as_text=True)
    assert own_documents(community.maya)[-1].title == "One" and len(bytes_kept()) == len(before) + 1


def test_a_new_version_counts_too(community: Any, as_: Any, room: Any) -> None:
    maya = as_(community.maya)
    page = upload(maya, "performance", (PDF, "one.pdf")).headers["Location"]
    room("PERSON", 9)
    before = bytes_kept()
    form = {"file": (io.BytesIO(PDF), "new.pdf")}
    reply = maya.post(page + "/versions", data=form, content_type="multipart/form-data")
    assert reply.status_code == 422 and "There is no room for" in reply.get_data(as_text=True)
    assert bytes_kept() == before and own_documents(community.maya)[-1].last_version == 1


@pytest.mark.parametrize("whose", ["PERSON", "GROUP"])
def test_of_many_that_are_begun_at_once_only_as_many_are_let_in_as_fit(
    app: Any, community: Any, room: Any, whose: str
) -> None:
    room(whose, 3 * len(PDF))
    senders = [Sender(sign_in(app, community.maya)) for _ in range(8)]
    answers, together = [], threading.Barrier(len(senders))

    def begin(who: Sender) -> None:
        together.wait()
        answers.append(who.begin().status_code)

    threads = [threading.Thread(target=begin, args=(who,)) for who in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] * 3 + [413] * 5
    assert db.session.scalar(select(func.count(Upload.id))) == 3


def test_without_a_quota_nobody_is_counted(app: Any, sender: Send, watch: Any) -> None:
    app.config["UPLOAD_QUOTA_PERSON"] = 0
    with watch() as seen:
        sender("maya").begin()
    assert not [statement for statement in seen.statements if "sum(" in statement]
