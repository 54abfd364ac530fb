"""A file that somebody adds becomes slides: with pictures, with words, and with nothing left over."""

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from forum import jobs, previews, uploads
from forum.access import person
from forum.kit.db import db
from forum.models import Preview, PreviewState, Slide
from tests.kit import samples
from tests.previews import files
from tests.previews.conftest import left_over, needs_office, preview_of, size_of, slides_of


def test_a_pdf_becomes_slides_with_their_words_and_two_pictures_each(shown: Any) -> None:
    deck = shown("may.pdf", files.pdf("Five questions", "What next", text="Who is at risk?"))
    preview = preview_of(deck)
    assert (preview.state, preview.pages, preview.done, preview.reason) == (PreviewState.READY, 2, 2, "")
    first, second = slides_of(deck)
    assert (first.number, first.title, first.text) == (1, "Five questions", "Who is at risk?")
    assert second.title == "What next" and first.group_id == deck.group_id
    assert (first.width, first.height) == size_of(first.large_key) == (1600, 900)
    assert size_of(first.small_key) == (640, 360)
    assert left_over() == [] and uploads.slides_without_pictures() == []


def test_a_file_waits_from_the_moment_it_is_added(bench: None, shelve: Any) -> None:
    deck = shelve("performance", "ruth", "may.pdf", files.pdf("One"))
    assert preview_of(deck).state == PreviewState.WAITING and slides_of(deck) == []
    for name, content in (("rota.csv", b"a,b\n"), ("plan.md", b"# Plan"), ("talk.mp3", samples.MP3)):
        other = shelve("performance", "ruth", name, content)
        assert db.session.scalars(select(Preview).where(Preview.version_id > preview_of(deck).version_id)).all() == []
        assert slides_of(other) == []


def test_what_was_given_up_waits_for_nothing(bench: None, community: Any) -> None:
    group, me = community.group("performance"), person(community.maya.id)
    uploads.receive([FileStorage(io.BytesIO(files.pdf("One")), "a.pdf")], me, group)
    db.session.rollback()
    assert db.session.scalars(select(Preview)).all() == []


@pytest.mark.usefixtures("kept_in")
def test_a_picture_becomes_one_slide_upright_and_without_what_it_says_of_itself(shown: Any) -> None:
    document = shown("garden.jpg", files.portrait())
    (slide,) = slides_of(document)
    assert (slide.width, slide.height) == size_of(slide.large_key) == (200, 300)
    content = uploads.stream_of(slide.large_key).read()
    assert b"Exif" not in content and b"Taken at home" not in content
    assert Image.open(io.BytesIO(content)).format == "WEBP"


def test_without_libreoffice_a_deck_shows_its_words_and_its_own_picture(shown: Any, without_office: None) -> None:
    own = samples.picture("JPEG", (256, 144))
    deck = shown(
        "may.pptx", files.deck("Five questions", "Next", bullets=("Who?", "Where?"), notes="Slowly", thumbnail=own)
    )
    preview = preview_of(deck)
    assert (preview.state, preview.pages, preview.done) == (PreviewState.READY, 2, 0)
    assert "LibreOffice" in preview.reason
    first, second = slides_of(deck)
    assert (first.title, first.notes) == ("Five questions", "Slowly")
    assert first.text == "• Who?\n• Where?\nWords of Five questions"
    assert size_of(first.large_key) == (256, 144) and second.large_key is None


def test_without_libreoffice_a_letter_says_what_is_missing(shown: Any, without_office: None) -> None:
    preview = preview_of(shown("letter.docx", samples.letter()))
    assert preview.state == PreviewState.FAILED and "LibreOffice" in preview.reason


def test_what_was_made_without_libreoffice_is_made_again_once_it_is_there(bench: None, shelve: Any) -> None:
    needs_office()
    deck = shelve("performance", "ruth", "may.pptx", files.deck("One", "Two"))
    with pytest.MonkeyPatch.context() as machine:
        machine.setattr(previews.office, "PLACES", ())
        machine.setenv("PATH", "/nowhere")
        previews.work()
        jobs.retry_slides()
        assert slides_of(deck)[1].large_key is None
    slides_of(deck)[1].described = "Two chairs"
    db.session.commit()
    jobs.retry_slides()
    assert preview_of(deck).reason == "" and preview_of(deck).done == 2
    first, second = slides_of(deck)
    assert first.title == "One" and first.large_key and second.described == "Two chairs"


def test_a_deck_keeps_its_numbers_also_where_a_slide_is_not_shown(shown: Any) -> None:
    needs_office()
    deck = shown("may.pptx", files.deck("One", "Not today", "Three", hidden=2, notes="Say it slowly"))
    slides = slides_of(deck)
    assert [(slide.number, slide.title) for slide in slides] == [(1, "One"), (2, "Not today"), (3, "Three")]
    assert all(size_of(slide.large_key) == (1600, 1200) for slide in slides)
    assert {slide.notes for slide in slides} == {"Say it slowly"}
    assert left_over() == []


@pytest.mark.parametrize(
    ("kind", "name", "content", "words"),
    [
        ("document", "letter.docx", samples.letter(), "Handover that holds"),
        ("sheet", "rota.xlsx", samples.table(), "Rota"),
    ],
)
def test_letters_and_tables_become_pages(kind: str, name: str, content: bytes, words: str, shown: Any) -> None:
    needs_office(kind)
    (page,) = slides_of(shown(name, content))
    assert words in f"{page.title} {page.text}" and page.large_key


def test_each_version_has_slides_of_its_own(shown: Any, community: Any) -> None:
    deck = shown("may.pdf", files.pdf("May"))
    sent = FileStorage(io.BytesIO(files.pdf("June", "And more")), "june.pdf")
    uploads.replace(deck, sent, person(community.ruth.id))
    db.session.commit()
    previews.work()
    assert [slide.title for slide in slides_of(deck)] == ["May", "June", "And more"]


@pytest.mark.parametrize("posted", [True, False], ids=["posted", "a draft"])
def test_slides_go_with_their_file(posted: bool, shown: Any) -> None:
    kept = sorted(uploads.store().keys())
    deck = shown("may.pdf", files.pdf("One", "Two"))
    assert len(sorted(uploads.store().keys())) == len(kept) + 5
    if posted:
        uploads.remove([deck])
    else:
        deck.posted_at = None
        db.session.flush()
        uploads.discard(deck)
    db.session.commit()
    assert sorted(uploads.store().keys()) == kept
    assert db.session.scalars(select(Slide).where(Slide.title == "One")).all() == []
    assert db.session.scalars(select(Preview)).all() == [] and left_over() == []


def test_lost_pictures_are_reported(shown: Any) -> None:
    _, second = slides_of(shown("may.pdf", files.pdf("One", "Two")))
    uploads.store().remove(second.small_key)
    assert uploads.slides_without_pictures() == [second]
