"""Akismet, where a host has a key for it: asked whether a text is spam, for a short time, by whoever may wait."""

import logging
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlencode

log = logging.getLogger(__name__)
#: seconds for the whole conversation; what is longer than a word is no answer
PATIENCE, LONGEST = 3.0, 16


def takes_for_spam(address: str, key: str, said: Mapping[str, str]) -> bool | None:
    """What Akismet says of a comment; None when it says nothing that can be used. Call it outside any transaction."""
    data = urlencode({"api_key": key, "comment_type": "forum-post", **said}).encode()
    asked = urllib.request.Request(address, data, {"User-Agent": "Guildhall/0.1"})  # noqa: S310 the host's own setting
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as reply:  # noqa: S310
            answer = reply.read(LONGEST).decode("ascii", "replace").strip()
    except (OSError, ValueError) as error:
        log.warning("Akismet did not answer: %s", type(error).__name__)
        return None
    return {"true": True, "false": False}.get(answer)
