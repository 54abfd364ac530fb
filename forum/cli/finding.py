"""What `guildhall doctor` says of one thing."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What was looked at, how it is, and whether somebody should act."""

    what: str
    says: str
    wrong: bool = False
