"""The history of an edit: what went, what came, and nothing lost."""

import html
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.kit.text import diff


def test_changed_words_are_marked():
    assert diff("the quick brown fox", "the slow red fox") == "the <del>quick brown</del><ins>slow red</ins> fox"


def test_added_and_removed_lines_are_marked():
    assert diff("one\ntwo\n", "one\ntwo\nthree\n") == "one\ntwo\n<ins>three\n</ins>"
    assert diff("one\ntwo\nthree\n", "one\nthree\n") == "one\n<del>two\n</del>three\n"


def test_markup_is_shown_as_text():
    assert diff("", "<script>") == "<ins>&lt;script&gt;</ins>"
    assert diff("<b>", "<b>") == "&lt;b&gt;"


WORDS = st.lists(st.sampled_from(["a", "b", " ", "\n", "<ins>", ".", "word"]), max_size=40).map("".join)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_both_texts_can_be_read_back(old, new):
    shown = str(diff(old, new))
    assert html.unescape(re.sub(r"<ins>.*?</ins>|</?del>", "", shown, flags=re.DOTALL)) == old
    assert html.unescape(re.sub(r"<del>.*?</del>|</?ins>", "", shown, flags=re.DOTALL)) == new


_dice = random.Random(1)
PAIRS = {
    "noise": tuple("".join(_dice.choice("ab \n") for _ in range(40_000)) for _ in range(2)),
    "other lines": ("a\n" * 20_000, "b\n" * 20_000),
    "fewer lines": ("a\n" * 20_000, "a\n" * 10_000),
    "shifted": ("a\nb\n" * 10_000, "b\na\na\n" * 6000),
    "one line": ("a b " * 10_000, "b a a " * 6666),
    "dots": ("." * 40_000, "," * 40_000),
}


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("name", PAIRS)
def test_comparing_takes_less_than_a_second(name):
    started = time.process_time()
    diff(*PAIRS[name])
    assert time.process_time() - started < 1
