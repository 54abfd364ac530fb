"""The words around what was found: cut between words, marked, and never markup."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from forum.index.words import understood
from forum.kit import text
from forum.search.snippets import LENGTH, around, marked, plain


@pytest.mark.parametrize(
    ("said", "words", "shown"),
    [
        ("Measuring what we measured", "measures", "<mark>Measuring</mark> what we <mark>measured</mark>"),
        ("Café, cafe, CAFÉ", "cafés", "<mark>Café</mark>, <mark>cafe</mark>, <mark>CAFÉ</mark>"),
        ("a<b & thylacine>", "thylacine", "a&lt;b &amp; <mark>thylacine</mark>&gt;"),
        ("six or six questions", '"six questions"', "six or <mark>six questions</mark>"),
        ("performance, not perfume", "perform*", "<mark>performance</mark>, not perfume"),
        ("audit without the sheet", "audit -sheet", "<mark>audit</mark> without the sheet"),
        ("nothing of it", "thylacine", "nothing of it"),
    ],
)
def test_what_was_found_is_marked(said, words, shown):
    assert marked(said, understood(words)) == shown


def test_a_long_text_is_cut_around_what_was_found():
    said = "before " * 100 + "the thylacine barks " + "after " * 100
    shown = around(said, understood("thylacine"))
    assert shown.startswith("…before ") and shown.endswith(" after…")
    assert "the <mark>thylacine</mark> barks" in shown
    assert len(shown) <= LENGTH + 20


def test_words_of_a_post_are_read_as_people_see_them():
    rendered = str(text.render('So *near*, [my dear](https://example.org/?a="b>c")!\n\n- one\n- `two`\n\n> 1 < 2 & 3'))
    assert plain(rendered) == "So near, my dear! one two 1 < 2 & 3"


FEW = st.text(alphabet="aáb \"<>&*-'", max_size=60)


@given(said=st.one_of(FEW, st.text(max_size=300)), words=st.one_of(FEW, st.text(max_size=40)))
def test_whatever_is_said_and_asked_nothing_is_lost_and_no_markup_gets_through(said, words):
    shown = str(marked(said, understood(words)))
    assert shown.replace("<mark>", "").replace("</mark>", "").count("<") == 0
    assert unescape(shown.replace("<mark>", "").replace("</mark>", "")) == unescape(escape(said))
    assert shown.count("<mark>") == shown.count("</mark>")
    cut = str(around(said, understood(words)))
    assert cut.count("<") == 2 * cut.count("<mark>")
