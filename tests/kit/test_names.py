"""Names: everyone's own, nobody mistaken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.kit.markdown import MENTION
from forum.kit.names import BadName, clean_person_name, handle_error, hue, initials, skeleton, suggest_handle


@pytest.mark.parametrize("handle", ["maya", "Tom_A", "ceri-ll", "m2", "a" * 30])
def test_ordinary_handles_are_allowed(handle):
    assert handle_error(handle) is None
    assert MENTION.fullmatch(f"@{handle}")


@pytest.mark.parametrize(
    ("handle", "words"),
    [
        ("m", "between 2 and 30"),
        ("a" * 31, "between 2 and 30"),
        ("maya o", "letters a to z"),
        ("mаya", "letters a to z"),
        ("maya\n", "letters a to z"),
        ("-maya", "Begin and end"),
        ("maya_", "Begin and end"),
        ("2026", "at least one letter"),
        ("admin", "kept for the site"),
        ("Adm1n", "kept for the site"),
        ("no_reply", "kept for the site"),
    ],
)
def test_other_handles_are_refused_in_plain_words(handle, words):
    assert words in (handle_error(handle) or "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("maya", "MAYA"),
        ("maya", "mаyа"),
        ("tom", "t0m"),
        ("lil", "1iI"),
        ("tom", "ｔｏｍ"),
        ("maya-o", "maya_o"),
        ("maria", "rnaria"),
        ("ines", "inês"),
        ("tom", "t\u200bom"),
        ("ceri", "сеrі"),
        ("kos", "κοѕ"),
    ],
)
def test_names_that_look_alike_share_a_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_other_names_have_other_skeletons():
    assert len({skeleton(name) for name in ("maya", "mary", "tom", "tam", "priya", "dan")}) == 6


@given(st.text(max_size=30))
def test_a_skeleton_is_its_own_skeleton(text):
    assert skeleton(skeleton(text)) == skeleton(text)


@given(st.text(max_size=60))
def test_a_suggested_handle_is_always_allowed(name):
    assert handle_error(suggest_handle(name)) is None


def test_a_suggested_handle_is_the_name_in_plain_letters():
    assert suggest_handle("Inês Duarte") == "ines-duarte"
    assert suggest_handle("Ceri Llŷn-Davies") == "ceri-llyn-davies"
    assert suggest_handle("Admin") == "admin-1"
    assert suggest_handle("🙂") == "member"


@pytest.mark.parametrize(
    "name", ["Inês Duarte", "O'Brien", "李小龍", "محمد", "Ceri Llŷn-Davies", "Dr. A. Okafor (she)"]
)
def test_names_of_all_scripts_are_kept(name):
    assert clean_person_name(f"  {name} ") == name


def test_spaces_in_a_name_are_put_in_order():
    assert clean_person_name("Maya \u00a0 Okafor") == "Maya Okafor"


@pytest.mark.parametrize(
    "name",
    [
        "", "   ", "Maya\u202eOkafor", "Ma\u200bya", "Maya\nOkafor", "Maya\x00", "\u3164", "...", "a" * 81,
        "May\ufe0fa",
        "Z\u0335\u0336\u0337\u0338a", "Maya\u2028O", "\U000e0041Maya", "Maya!!!!!",
    ],
)  # fmt: skip
def test_names_that_deceive_are_refused(name):
    with pytest.raises(BadName):
        clean_person_name(name)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maya Okafor", "MO"), ("Ceri Llŷn-Davies", "CL"), ("priya", "PR"), ("(x) ", "X"), ("🙂", "?")],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_a_colour_is_stable_and_all_colours_are_used():
    assert hue("maya") == hue("maya")
    assert {hue(f"person {n}") for n in range(200)} == set(range(1, 9))
