"""What somebody else says of a text that may be spam: asked before it is kept, outside any transaction."""

from collections.abc import Mapping
from typing import Any

from flask import current_app

from forum.discussions.writing import Written
from forum.kit import akismet
from forum.models import Kind
from forum.spam import Weighed

#: characters of a text that are shown to them
MOST = 20_000


def asked_elsewhere(group: Any, found: Weighed) -> bool:
    """Whether Akismet is asked about a text: a doubtful one, in a group that everybody registered reads."""
    closed = group.kind != Kind.OPEN or group.parent_id is not None
    return bool(current_app.config["AKISMET_KEY"]) and found.doubtful and not found.waits and not closed


def taken_for_spam(title: str, written: Written, whence: Mapping[str, str]) -> bool | None:
    """What Akismet says; None when nothing. `whence`: where it came from, as `user_ip` and `user_agent`."""
    config = current_app.config
    said = {"blog": config["BASE_URL"], "comment_content": f"{title}\n\n{written.body}".strip()[:MOST], **whence}
    return akismet.takes_for_spam(config["AKISMET_URL"], config["AKISMET_KEY"], said)
