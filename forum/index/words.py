"""What somebody typed to search for: words, "phrases", words* that begin so, and -words that must not be there.

Whatever is none of these is taken for its words: nothing that is typed can be wrong.
"""

import re
from dataclasses import dataclass

from forum.kit.folding import fold

#: letters of what is typed; terms of it; words of a term
LONGEST, MOST_TERMS, MOST_WORDS = 200, 8, 12
#: a beginning of a word needs so many letters; what is looked for, so many in all
BEGINNING, ENOUGH = 3, 2
#: as both databases split: at what is no letter or digit. Latin-1's signs are among those (², ª)
WORD = re.compile(r"(?:(?![_\u0080-\u00bf])\w)+")
#: words that say nothing of what somebody asks about
EMPTY = frozenset(
    re.findall(
        r"\w+",
        """
        aren couldn didn doesn don hasn haven isn shouldn wasn won wouldn a about after all also am an and
        any anybody anyone are as at be because been before being between both but by can could did do does
        doing done else ever every for from get give go good has have having help here hi how if in into is
        it its just know like make many may me might more most much must my need new not now off on one only
        or other our out over own please question should so some somebody someone something still such than
        thanks that the their them then there these they thing things this those to too up us use used using
        very want was way we well were what when where which while who whose why will with within without
        would you your
        """,
    )
)
PART = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<plain>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after the other; the last of them may be a beginning."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: all of `wanted`, none of `unwanted`."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        """Whether it is enough to look for."""
        return any(sum(map(len, term.words)) >= ENOUGH for term in self.wanted)


def understood(typed: str) -> Asked:
    """What was meant by it."""
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for part in PART.finditer(typed[:LONGEST]):
        said = part["phrase"] if part["phrase"] is not None else part["plain"]
        words = tuple(WORD.findall(fold(said)))[:MOST_WORDS]
        if not words or len(wanted) + len(unwanted) == MOST_TERMS:
            continue
        begins = part["plain"] is not None and said.endswith("*") and len(words[-1]) >= BEGINNING
        (unwanted if part["minus"] else wanted).append(Term(words, begins))
    return Asked(tuple(wanted), tuple(unwanted))
