"""Mail of what people were told: as it happens, in summaries, and forgotten when it is old."""

import time

from forum import notices
from forum.discussions.actions import seats, spreading
from forum.inbox import digests, sending
from forum.kit.db import db

#: seconds after which a transaction that tells of posts ends: each waits for the disk, and others for it
HELD = 0.005
#: summaries that are queued in one transaction: each waits for the disk once
TOGETHER = 20


def tell_listeners() -> None:
    """Tells of posts that many people listen to; of a few in one transaction, while nobody waits for it to write."""
    begun = time.monotonic()
    for post_id in spreading.untold():
        spreading.tell_the_rest(post_id)
        if time.monotonic() - begun > HELD:
            db.session.commit()
            begun = time.monotonic()
    db.session.commit()


def mail_notices() -> None:
    """Queues mail for those who want it as it happens; what is queued is sent at once."""
    after = 0
    while people := sending.at_once(after):
        for user_id in people:
            sending.write_to(user_id)
            db.session.commit()
        after = people[-1]


def send_digests() -> None:
    """Queues the summaries of those whose hour has come."""
    after = 0
    while people := digests.due(after):
        for start in range(0, len(people), TOGETHER):
            for user_id in people[start : start + TOGETHER]:
                digests.sum_up(user_id)
            db.session.commit()
        after = people[-1]


def open_seats() -> None:
    """Tells who sits in a hot seat, and who follows its topic, that it has opened."""
    for seat_id in seats.to_open():
        seats.open_one(seat_id)
        db.session.commit()


def sweep_notices() -> None:
    """Notices of what was seen are read, and old ones are forgotten."""
    notices.sweep()
    db.session.commit()
