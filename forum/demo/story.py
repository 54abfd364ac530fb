"""The demo community's past, told again in the order of time: each step is what a person did, by the same actions.

The clock stands at the moment of each step, so that every date in the database is the story's.
"""

from datetime import timedelta

from sqlalchemy import delete

from forum import notices
from forum.demo import arrivals, desk, meetings, seats, talk, together
from forum.demo.community import Community
from forum.kit import clock
from forum.kit.db import db
from forum.members.accounts import hashed
from forum.models import Mail
from forum.who import catch_up

#: how long ago everybody has read everything: what came since is new to them
LAST_LOOKED = timedelta(days=2)
#: what is told after everybody has come
MAKERS = (talk, together, desk, meetings, seats)


def tell(password: str) -> Community:
    """The community as it stands today. Does not commit.

    The password is hashed once, for everybody. The letters of those days are not sent again.
    """
    community, today = Community(), clock.now()
    told = (arrivals.steps(community, hashed(password)), *(each.steps(community) for each in MAKERS))
    steps = [step for part in told for step in part]
    for step in sorted(steps, key=lambda step: -step.days_ago):
        with clock.at(today - timedelta(days=step.days_ago)):
            step.do()
    for key, user in community.people.items():
        catch_up(community.person(key), today - LAST_LOOKED)
        user.visited_at = today - LAST_LOOKED
        notices.read_all(community.person(key), today - LAST_LOOKED)
    db.session.execute(delete(Mail))
    return community
