"""A form sent twice does its work once: the first result is kept under the form's key (RFC draft Idempotency-Key)."""

import hashlib
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from forum.kit.clock import now
from forum.kit.hot import Change, Hot, on_conflict_nothing
from forum.models import Submission

_MINE = (Submission.user_id == bindparam("me"), Submission.digest == bindparam("to_digest"))
_NEW = on_conflict_nothing(Submission, "user_id", "digest", "result", "created_at")
CLAIM = Change({engine: insert.returning(Submission.id) for engine, insert in _NEW.items()})
CLAIMED = Hot(select(Submission.id, Submission.result).where(*_MINE))
DONE = Change(update(Submission).where(Submission.id == bindparam("claim")).values(result=bindparam("to_result")))


class Claim(NamedTuple):
    """What was sent with a key. `result`: where it led, if it was done before."""

    id: int
    result: str

    def done(self, address: str) -> str:
        """The address of what was made of it, from now on its result. Does not commit."""
        DONE.run({"claim": self.id, "to_result": address})
        return address


def claim(user_id: int, key: str, *content: str) -> Claim:
    """The submission of this key and content; `result` is set if it was done before.

    A new one takes its row at once, so a second request waits for the first to commit and then finds
    its result. Tell it by `done` what was made, and commit with it. Does not commit.
    Raises nothing for an old key with new content: that is a new submission.
    """
    digest = hashlib.sha256("\0".join((key, *content)).encode()).hexdigest()
    values = {"me": user_id, "to_user_id": user_id, "to_digest": digest, "to_result": "", "to_created_at": now()}
    new = CLAIM.run(values)
    return Claim(new[0].id, "") if new else Claim._make(CLAIMED.first(values))
