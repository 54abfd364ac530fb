"""Why something could not be done, in a sentence for the person who tried."""

from werkzeug.exceptions import Conflict, Forbidden, HTTPException


class Refusal(HTTPException):
    """An action stopped half way: what it had written so far is undone."""


class Refused(Refusal, Forbidden):
    """The rule does not let this happen; the sentence says what would."""


class Settled(Refusal, Conflict):
    """Someone else was quicker, or things have changed since the page was drawn."""


class LastOwner(Refusal, Conflict):
    """A group keeps an owner: the last one stays until there is another."""

    description = "A group needs an owner. Make someone else an owner first."


class Stale(Refusal, Conflict):
    """The change that was confirmed is not the one that would happen now."""

    description = (
        "The group has changed since you were shown this. Look at what would change now, and confirm it again."
    )
