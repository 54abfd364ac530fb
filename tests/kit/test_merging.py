"""What two people did to one text, in one text."""

import random

import pytest

from forum.kit.merging import merge

BASE = "one\ntwo\nthree\nfour\nfive\n"


@pytest.mark.parametrize(("theirs", "mine", "both"), [
    (BASE, BASE, BASE),
    ("ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", "ONE\ntwo\nthree\nfour\nFIVE\n"),
    ("one\ntwo\nthree\nfour\nfive\nsix\n", "zero\none\ntwo\nthree\nfour\nfive\n", "zero\none\ntwo\nthree\nfour\nfive\nsix\n"),
    ("one\nfour\nfive\n", BASE, "one\nfour\nfive\n"),
    ("one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n"),
    ("", BASE, ""),
])  # fmt: skip
def test_what_does_not_clash_is_put_together(theirs, mine, both):
    assert merge(BASE, theirs, mine) == (both, 0)


def test_where_both_changed_the_same_lines_both_stand():
    text, clashes = merge(BASE, "one\nTHEIRS\nthree\nfour\nfive\n", "one\nMINE\nthree\nfour\nfive\n", ("A:", "B:"))
    assert clashes == 1 and text == "one\nA:\nTHEIRS\nB:\nMINE\nthree\nfour\nfive\n"


def test_what_one_deleted_and_the_other_changed_is_not_lost():
    text, clashes = merge(BASE, "one\nfive\n", "one\ntwo\nthree, changed\nfour\nfive\n")
    assert clashes == 1 and "three, changed" in text


def test_no_line_of_either_is_ever_lost():
    """Many random pairs: every line that either wrote anew stands in what comes out."""
    chance = random.Random(4)
    for _ in range(400):
        base = [f"line {n}" for n in range(chance.randint(0, 8))]
        sides = []
        for who in "ab":
            lines = list(base)
            for at in range(chance.randint(0, 4)):
                place = chance.randint(0, len(lines))
                lines[place : place + chance.randint(0, 2)] = [f"{who}{at}"] * chance.randint(0, 2)
            sides.append(lines)
        texts = ["".join(f"{line}\n" for line in lines) for lines in (base, *sides)]
        out = merge(*texts).text.splitlines()
        for lines in sides:
            assert {line for line in lines if line[0] in "ab"} <= set(out)
