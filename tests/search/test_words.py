"""What is typed is understood as people mean it, and is never an error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from forum.access import VISITOR
from forum.index.words import Asked, Term, understood
from forum.kit.db import db
from forum.search import finding
from forum.search.finding import Wanted
from forum.search.places import places

NASTY = st.text(
    alphabet=st.sampled_from("ab*\"-'()&|!:<>{}^+~@/\\,; \t\nNEARORANDNOT0éß²ªКア\u0301\ue000%_"), max_size=60
)


def asked(*wanted, unwanted=()):
    return Asked(tuple(wanted), tuple(unwanted))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("audit sheet", asked(Term(("audit",)), Term(("sheet",)))),
        ('"six questions" audit', asked(Term(("six", "questions")), Term(("audit",)))),
        ("audit -sheet", asked(Term(("audit",)), unwanted=[Term(("sheet",))])),
        ('audit -"six questions"', asked(Term(("audit",)), unwanted=[Term(("six", "questions"))])),
        ("perform*", asked(Term(("perform",), begins=True))),
        ("pe*", asked(Term(("pe",)))),
        ("e-mail", asked(Term(("e", "mail")))),
        ("Équipe CAFÉ", asked(Term(("equipe",)), Term(("cafe",)))),
        ('"never closed', asked(Term(("never", "closed")))),
        ("NOT (this OR that) AND", asked(*(Term((word,)) for word in ("not", "this", "or", "that", "and")))),
        ("title:secret^2", asked(Term(("title", "secret", "2")))),
        ('- -- "" * \' ;', asked()),
        ("don’t", asked(Term(("don", "t")))),
    ],
)
def test_words_phrases_exclusions_and_beginnings(typed, meant):
    assert understood(typed) == meant


@pytest.mark.parametrize("typed", ["", "a", "-audit", '-"six questions"', "*", '"', "²"])
def test_too_little_is_nothing_to_look_for(typed):
    assert not understood(typed)


def test_no_more_is_looked_for_than_can_be():
    found = understood(" ".join(f"w{n}" for n in range(500)))
    assert len(found.wanted) == 8
    assert len(understood('"' + "x " * 500 + '"').wanted[0].words) == 12


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.one_of(NASTY, st.text(max_size=40)))
def test_nothing_that_is_typed_breaks_the_search(empty_app, typed):
    meant = understood(typed)
    if meant:
        found = finding.find(VISITOR, meant, Wanted(), places(VISITOR))
        assert found.counts == {"talk": 0, "files": 0, "pages": 0, "workshops": 0, "people": 0}
    assert db.session.scalar(text("SELECT 1")) == 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=NASTY)
def test_nothing_that_is_typed_finds_what_it_does_not_say(app, typed):
    """Whatever the signs mean, they are not taken for a search of everything."""
    meant = understood(f'{typed}" xylophonist')
    if Term(("xylophonist",)) in meant.wanted:
        assert finding.find(VISITOR, meant, Wanted(), places(VISITOR)).counts["talk"] == 0
