"""Adding files to the library: what is taken, what waits, who may."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from forum import uploads
from forum.kit.rates import limiter
from forum.models import Document
from tests.conftest import make_app, sign_in
from tests.library.conftest import PDF, address, own_documents, upload

Shelve = Callable[..., Document]


def test_a_member_adds_a_file_and_lands_on_its_page(community: Any, as_: Any) -> None:
    maya = as_(community.maya)
    form = maya.get("/groups/performance/library/new").get_data(as_text=True)
    assert 'enctype="multipart/form-data"' in form and "Add to Performance Management" in form
    assert "Only members of <b>Performance Management</b> can see it" in form
    reply = upload(
        maya,
        "performance",
        (PDF, "May deck.pdf"),
        title="May",
        description="Slides",
        folder="Workshops",
        licence="CC BY 4.0",
    )
    assert reply.status_code == 303
    page = maya.get(reply.headers["Location"]).get_data(as_text=True)
    assert "<h1>May</h1>" in page and "1 file added to the library" in page
    assert as_(community.dan).get(reply.headers["Location"] + "/download").data == PDF


def test_several_files_keep_their_names(community: Any, as_: Any) -> None:
    maya = as_(community.maya)
    reply = upload(
        maya, "performance", (PDF, "one.pdf"), (b"two", "two_parts.txt"), title="Only for one", folder="Together"
    )
    both = "&".join(f"n={document.n}" for document in own_documents(community.maya)[-2:])
    assert reply.headers["Location"] == f"/groups/performance/library/details?{both}"
    assert [(d.title, d.folder) for d in own_documents(community.maya)][-2:] == [
        ("One", "Together"),
        ("Two parts", "Together"),
    ]


def test_good_files_wait_when_another_is_refused(community: Any, as_: Any) -> None:
    maya, before = as_(community.maya), len(own_documents(community.maya))
    reply = upload(
        maya,
        "performance",
        (PDF, "good.pdf"),
        (b"MZ", "bad.exe"),
        (b"", "empty.txt"),
        title="Kept words",
        key="0123456789abcdef",
    )
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422 and "<title>Error: " in page
    assert page.count("bad.exe: ") == page.count("empty.txt: ") == 2 and "Kept words" in page
    (draft,) = own_documents(community.maya)[before:]
    assert draft.posted_at is None and as_(community.ruth).get(address(draft)).status_code == 404
    assert "Only <b>you</b> can see this file" in maya.get(address(draft)).get_data(as_text=True)
    again = upload(maya, "performance", kept=[draft.n], offered=[draft.n], title="Kept words", key="0123456789abcdef")
    assert again.status_code == 303
    (posted,) = own_documents(community.maya)[before:]
    assert (posted.title, posted.posted_at is not None, posted.n) == ("Kept words", True, draft.n)


def test_an_unticked_file_is_thrown_away(community: Any, as_: Any) -> None:
    maya = as_(community.maya)
    upload(maya, "performance", (PDF, "good.pdf"), (b"MZ", "bad.exe"))
    number = own_documents(community.maya)[-1].n
    reply = upload(maya, "performance", (b"other", "other.txt"), offered=[number])
    assert reply.status_code == 303
    assert [document.title for document in own_documents(community.maya)][-1] == "Other"
    assert number not in [document.n for document in own_documents(community.maya)] and uploads.orphans() == {}


def test_nobody_posts_or_throws_away_the_draft_of_another(community: Any, as_: Any) -> None:
    upload(as_(community.maya), "performance", (PDF, "good.pdf"), (b"MZ", "bad.exe"))
    draft = own_documents(community.maya)[-1]
    upload(as_(community.priya), "performance", (b"x", "x.txt"), offered=[draft.n])
    upload(as_(community.priya), "performance", kept=[draft.n])
    assert own_documents(community.maya)[-1].posted_at is None


def test_a_form_sent_twice_adds_once(community: Any, as_: Any) -> None:
    maya = as_(community.maya)
    first = upload(maya, "performance", (PDF, "deck.pdf"), key="0123456789abcdef")
    second = upload(maya, "performance", (PDF, "deck.pdf"), key="0123456789abcdef")
    assert first.headers["Location"] == second.headers["Location"]
    assert [document.title for document in own_documents(community.maya)].count("Deck") == 1 and uploads.orphans() == {}


def test_a_form_without_a_file_says_so(community: Any, as_: Any) -> None:
    reply = upload(as_(community.maya), "performance", title="Words")
    assert reply.status_code == 422 and "Choose at least one file" in reply.get_data(as_text=True)


def test_too_many_files_are_refused_however_they_came_and_stay_listed(app: Any, community: Any, as_: Any) -> None:
    app.config["MAX_FILES"] = 2
    maya, before = as_(community.maya), len(own_documents(community.maya))
    numbers = [in_pieces(maya, f"{n}.txt") for n in range(3)]
    reply = upload(maya, "performance", kept=numbers, offered=numbers)
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422 and "These are 3 files. At most 2 files can be added at a time" in page
    assert all(f'name="kept" value="{n}" checked' in page for n in numbers)
    topic = {"kind": "question", "title": "T", "body": "B", "kept": numbers, "offered": numbers}
    posted = maya.post("/groups/performance/topics/new", data=topic)
    assert posted.status_code == 422 and "At most 2 files" in posted.get_data(as_text=True)
    assert [document.posted_at for document in own_documents(community.maya)[before:]] == [None] * 3
    assert upload(maya, "performance", kept=numbers[:2], offered=numbers).status_code == 303
    assert len(own_documents(community.maya)) == before + 2


def in_pieces(browser: Any, name: str, content: bytes = b"words") -> int:
    """The number of the draft of a file that came in pieces."""
    spoken = {"Tus-Resumable": "1.0.0"}
    said = {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {b64encode(name.encode()).decode()}"}
    place = browser.post("/groups/performance/uploads", headers={**spoken, **said}).headers["Location"]
    piece = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    return int(browser.patch(place, data=content, headers={**spoken, **piece}).headers["Upload-Draft"])


def test_what_a_closed_tab_left_is_offered_again_to_its_sender_alone(community: Any, as_: Any) -> None:
    maya = as_(community.maya)
    left, other = in_pieces(maya, "left_behind.txt"), in_pieces(maya, "other.txt")
    page = maya.get("/groups/performance/library/new").get_data(as_text=True)
    assert "You sent these earlier and did not post them" in page and "Left behind" in page
    assert f'name="kept" value="{left}">' in page and f"/groups/performance/library/{left}/removal" in page
    assert "Left behind" not in as_(community.ruth).get("/groups/performance/library/new").get_data(as_text=True)
    assert upload(maya, "performance", kept=[left]).status_code == 303
    documents = {document.n: document for document in own_documents(community.maya)}
    assert documents[left].posted_at is not None and documents[other].posted_at is None
    assert maya.post(f"/groups/performance/library/{other}/removal").status_code == 303
    assert other not in {document.n for document in own_documents(community.maya)}


@pytest.mark.parametrize(("who", "slug", "audience", "lawful"), [
    ("maya", "performance", "registered", False), ("ruth", "performance", "registered", True), ("ruth", "performance", "web", False),
    ("ruth", "policy", "web", False), ("tom", "policy", "web", True), ("maya", "performance", "facilitators", False),
    ("ruth", "safeguarding", "registered", False), ("maya", "policy", "registered", True), ("maya", "policy", "nonsense", False),
])  # fmt: skip
def test_an_audience_is_at_most_as_wide_as_the_rule_allows(
    who: str, slug: str, audience: str, lawful: bool, community: Any, as_: Any
) -> None:
    reply = upload(as_(getattr(community, who)), slug, (b"words", "words.txt"), audience=audience)
    assert reply.status_code == (303 if lawful else 422)


@pytest.mark.parametrize(("who", "slug", "status"), [
    (None, "performance", 303), ("sam", "performance", 403), ("leon", "performance", 403), ("ceri", "case-review", 403), ("joanna", "policy", 403), ("sam", "case-review", 404),
])  # fmt: skip
def test_others_add_nothing(who: str | None, slug: str, status: int, community: Any, as_: Any) -> None:
    browser = as_(getattr(community, who) if who else None)
    assert browser.get(f"/groups/{slug}/library/new").status_code == status
    kept = sorted(uploads.store().keys())
    sent = upload(browser, slug, (PDF, "deck.pdf"))
    assert sent.status_code == (status if who else 403)  # a visitor's words are kept on a page of their own
    assert sorted(uploads.store().keys()) == kept and uploads.orphans() == {}


@pytest.fixture
def limited(app: Any) -> Iterator[Any]:
    """The same community, where each person may send two uploads an hour."""
    strict = make_app(
        Path(app.instance_path), app.config["DATABASE_URL"], RATELIMIT_ENABLED=True, LIMIT_UPLOAD="2 per hour"
    )
    limiter.reset()
    yield strict
    limiter.reset()
    limiter.enabled = False


def test_uploads_are_limited_for_each_person(limited: Any, community: Any) -> None:
    maya, dan = sign_in(limited, community.maya), sign_in(limited, community.dan)
    codes = [upload(maya, "performance", (b"x", f"{n}.txt")).status_code for n in range(3)]
    assert codes == [303, 303, 429]
    assert upload(dan, "performance", (b"x", "x.txt")).status_code == 303
