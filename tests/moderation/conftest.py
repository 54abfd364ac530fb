"""What the tests of moderation share."""

from tests.discussions.conftest import post_of, talk
from tests.groups.conftest import logged, mails

__all__ = ["logged", "mails", "post_of", "talk"]
