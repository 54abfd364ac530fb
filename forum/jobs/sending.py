"""Mail on its way out: who sends it, and how many at once."""

import threading

from forum import outbox

#: so many jobs of a process send mail at once: while a mail server thinks, one is left for the rest
SENDERS = threading.BoundedSemaphore(2)
WANTED = threading.Event()


def deliver() -> None:
    """Sends the mail that is due, until there is none, or none is taken; where enough jobs do so, one of those."""
    WANTED.set()
    while WANTED.is_set() and SENDERS.acquire(blocking=False):
        try:
            WANTED.clear()
            while outbox.deliver():
                pass
        finally:
            SENDERS.release()
