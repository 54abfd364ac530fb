"""Messages to browsers: taken and noted in short transactions, sent while none is open."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flask import current_app

from forum.inbox import devices, pushing
from forum.inbox.pushing import Message
from forum.kit import webpush
from forum.kit.db import db

#: seconds after which a run leaves the rest to the next; messages that are under way at one time
LONGEST, AT_ONCE = 40, 8


def push_notices() -> None:
    """Tells browsers that something landed in the inbox."""
    after, end = 0, time.monotonic() + LONGEST
    while devices.on() and time.monotonic() < end and (numbers := pushing.due(after)):
        after = numbers[-1]
        messages = []
        for number in numbers:
            messages += [found] if (found := pushing.take(number)) else []
            db.session.commit()
        _deliver(messages)


def _deliver(messages: list[Message]) -> None:
    secret, contact = current_app.config["SECRET_KEY"], pushing.contact()
    send = partial(webpush.send, secret=secret, contact=contact)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for message, became in zip(messages, threads.map(lambda one: send(one.to, one.words), messages), strict=True):
            pushing.note(message, became)
            db.session.commit()
