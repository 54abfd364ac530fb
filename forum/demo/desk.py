"""What waits for the facilitators of the demo community: a report, and a text that is not published yet."""

from collections.abc import Iterator
from functools import partial

from forum.demo.community import Community, Row, Step, read
from forum.discussions import actions as discussions
from forum.discussions.writing import write
from forum.models import ReportKind
from forum.moderation import actions as moderation
from forum.spam import Weighed


def steps(community: Community) -> Iterator[Step]:
    """Everything that waits."""
    for row in read("reports"):
        yield Step(row["days_ago"], partial(report, community, row))
    for row in read("held"):
        yield Step(row["days_ago"], partial(hold, community, row))


def report(community: Community, row: Row) -> None:
    """Somebody reports a post."""
    thing = community.posts[row["topic"], row["reply"]]
    moderation.report(community.person(row["by"]), thing, ReportKind(row["kind"]), row["words"])


def hold(community: Community, row: Row) -> None:
    """Somebody writes what has to wait."""
    me, topic = community.person(row["by"]), community.topics[row["topic"]]
    weighed = Weighed(row["score"], tuple(row["reasons"]), waits=True)
    written = write(row["body"].strip(), topic, me)
    discussions.hold_reply(me, topic, written, None, discussions.Sent(), weighed)
