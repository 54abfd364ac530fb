"""A hot seat goes where its topic goes, with its questions, and comes back."""

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.models import HotSeat
from tests.discussions.conftest import see
from tests.discussions.test_moving import FROM, merge, move, put, ruth, see_of, stands, topic, undo, where
from tests.discussions.test_seats import answer, ask, seat
from tests.discussions.test_undoing import late

__all__ = ["ruth", "topic"]
WHEN = {"who": "@dan", "day": "25 March 2027", "starts": "10:00", "ends": "11:00"}


@pytest.fixture
def source(ruth, as_, community, topic):
    """The address of a topic in Performance with a hot seat, in which Dan sits and Maya asked something."""
    address = f"{FROM}/topics/{topic}"
    assert seat(ruth, address, **WHEN).status_code == 303
    assert ask(as_(community.maya), address, "What do numbats eat?").status_code == 303
    return address


def seats(address):
    """How many hot seats a topic has."""
    db.session.expire_all()
    return len(db.session.scalars(select(HotSeat).where(HotSeat.topic_id == stands(address).id)).all())


def test_it_moves_with_its_topic_and_old_addresses_lead_on(community, ruth, as_, topic, source):
    new = where(move(ruth, "performance", topic, "policy"))
    sam, maya = as_(community.sam), as_(community.maya)
    assert "What do numbats eat?" in see(sam, f"{new}/questions").words
    for place in ("/questions", "/questions/1"):
        old = maya.get(source + place)
        assert old.status_code == 301 and old.headers["Location"] == new + place
        assert sam.get(source + place).status_code == 403
    undo(ruth, new)
    assert "What do numbats eat?" in see(maya, f"{source}/questions").words
    assert sam.get(f"{new}/questions").status_code == 404


def test_a_question_since_keeps_a_move_from_being_taken_back(community, ruth, as_, topic, source):
    new = where(move(ruth, "performance", topic, "policy"))
    ask(as_(community.sam), new, "And bilbies?")
    assert "The hot seat here was set up, or asked something, since." in late(ruth, new)


def test_it_goes_along_when_topics_become_one_and_comes_back(community, ruth, as_, talk, topic, source):
    target = f"{FROM}/topics/{talk.topic(as_(community.dan), 'performance', 'Of bilbies')}"
    answer(as_(community.dan), source, 1, "Termites, mostly.")
    merge(ruth, "performance", topic, target)
    page = see(as_(community.maya), target)
    assert "1 question asked, 1 answered" in page.words and "Maya Okafor asked" in page.words
    undo(ruth, target)
    assert seats(source) == 1 and seats(target) == 0
    assert "1 question asked, 1 answered" in see(as_(community.maya), source).words


def test_two_topics_with_a_hot_seat_each_stay_two(community, ruth, as_, talk, topic, source):
    target = f"{FROM}/topics/{talk.topic(as_(community.dan), 'performance', 'Of bilbies')}"
    seat(ruth, target, **WHEN)
    assert "Both topics have a hot seat" in see_of(merge(ruth, "performance", topic, target))
    assert seats(source) == seats(target) == 1


def test_an_answer_that_is_put_elsewhere_takes_no_word_of_the_question_along(community, ruth, as_, talk, source):
    other = f"{FROM}/topics/{talk.topic(as_(community.dan), 'performance', 'Of bilbies')}"
    no = answer(as_(community.dan), source, 1, "Termites, mostly.").headers["Location"].rsplit("-", 1)[1]
    put(ruth, f"{source}/posts/{no}", other)
    assert "Termites, mostly." in see(as_(community.maya), other).words
    assert "What do numbats eat?" not in see(as_(community.maya), other).words
    assert "0 answered" in see(as_(community.maya), source).words
