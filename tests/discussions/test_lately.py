"""What is new to a reader among the last posts of a topic: the short way says what counting says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from forum.discussions.queries.lately import Stirred, summed

START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 9).map(lambda hours: START + timedelta(hours=hours))
posts = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 3), moments), max_size=8, unique_by=lambda post: post[0])


@given(posts, st.integers(1, 4), st.integers(-1, 13), moments)
def test_what_is_new_is_by_others_after_what_was_seen_and_after_they_caught_up(said, reader, seen, caught_up):
    topic = Stirred(*[None] * 17, *summed(said))
    new = [no for no, by, at in said if no > seen and by != reader and at > caught_up]
    assert topic.news(reader, seen, caught_up) == len(new)
