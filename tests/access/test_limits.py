"""What one person may start in a day (security.md 24)."""

import pytest

from forum.kit.rates import limiter
from tests.conftest import make_app, sign_in


@pytest.fixture
def limited(app, tmp_path):
    """The same community, with limits."""
    url = app.config["DATABASE_URL"]
    few = dict.fromkeys(("LIMIT_INVITE", "LIMIT_POST", "LIMIT_SEARCH", "LIMIT_SIGN_IN"), "2 per day")
    made = make_app(tmp_path / "limited", url, RATELIMIT_ENABLED=True, **few)
    limiter.reset()
    yield made
    limiter.reset()
    limiter.enabled = False


def test_nobody_starts_groups_without_end(limited, community):
    joanna = sign_in(limited, community.joanna)
    form = {"summary": "x", "kind": "open", "hue": "1"}
    answers = [joanna.post("/groups", data={**form, "name": f"Group {word}"}).status_code for word in ("a", "b", "c")]
    assert answers == [303, 303, 429]


def test_what_visitors_try_counts_for_their_own_address(limited, community):
    first, second = sign_in(limited, None), sign_in(limited, None)
    second.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert [first.post("/groups/performance/requests").status_code for _ in range(3)] == [303, 303, 429]
    assert second.post("/groups/performance/requests").status_code == 303


def test_a_password_is_not_guessed_wherever_it_is_asked_for_again(limited, community):
    tom, people = sign_in(limited, community.tom), "/groups/policy/manage/people/maya"
    guess = {"password": "guess guess guess", "current_password": "guess guess guess", "role": "owner"}
    places = (f"{people}/ownership", "/settings/password", f"{people}/role")
    assert [tom.post(place, data=guess).status_code for place in places] == [422, 422, 429]


@pytest.mark.parametrize("place", ["edit", "posts/0/edit"])
def test_a_text_is_not_edited_without_end(limited, community, place):
    topic = community.topic("policy")
    topic.author_id = community.tom.id
    tom, address = sign_in(limited, community.tom), f"/groups/policy/topics/{topic.n}/{place}"
    assert [tom.post(address, data={}).status_code for _ in range(3)] == [422, 422, 429]


def test_people_and_groups_are_not_searched_without_end(limited, community):
    maya = sign_in(limited, community.maya)
    places = ("/people?q=a", "/groups?q=a", "/groups/policy/members?q=a", "/search?q=audit")
    assert [maya.get(place).status_code for place in places] == [200, 200, 429, 429]
    assert maya.get("/search").status_code == 200
    assert maya.get("/people").status_code == 200
