"""What the people of the story wrote, and the files they added."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select

from forum import activity, uploads
from forum.demo.community import HERE, Community, Row, Step, read
from forum.discussions import actions as discussions
from forum.kit.db import db
from forum.library import actions as library
from forum.models import FileAudience, Post, TopicKind

#: days between a post and what somebody does about it
SOON = 0.02


def steps(community: Community) -> Iterator[Step]:
    """Everything that was written or added."""
    for row in read("topics"):
        yield from topic_steps(community, row)
    for row in read("library"):
        if "topic" not in row:
            yield Step(row["days_ago"], partial(add_file, community, row, None))


def topic_steps(community: Community, row: Row) -> Iterator[Step]:
    """A conversation from its first post to its last."""
    yield Step(row["days_ago"], partial(start, community, row))
    posted = row["days_ago"]
    for number, reply in enumerate(row.get("reply", ()), start=1):
        posted = reply["days_ago"]
        yield Step(posted, partial(answer, community, row["key"], reply))
        if "hidden_by" in reply:
            yield Step(posted - SOON, partial(hide, community, row["key"], number, reply["hidden_by"]))
    if "accepted" in row:
        yield Step(posted - SOON, partial(accept, community, row))
    if row.get("pinned"):
        yield Step(row["days_ago"] - SOON, partial(pin, community, row))
    if row.get("locked"):
        yield Step(posted - SOON, partial(lock, community, row))


def start(community: Community, row: Row) -> None:
    """Someone starts a topic."""
    me, group = community.person(row["author"]), community.groups[row["group"]]
    body = row["body"].strip()
    topic = discussions.start_topic(me, group, TopicKind(row["kind"]), row["title"], body, row.get("tags", ()))
    community.topics[row["key"]] = topic
    opening = db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.no == 0)).one()
    keep(community, row["key"], opening)


def answer(community: Community, key: str, row: Row) -> None:
    """Someone replies, to the topic or to one of its posts."""
    parent = community.posts[key, row["to"]] if "to" in row else None
    post = discussions.reply(community.person(row["author"]), community.topics[key], row["body"].strip(), parent)
    keep(community, key, post)


def keep(community: Community, key: str, post: Post) -> None:
    """Remembers a post by its topic and number, and adds the files that came with it."""
    community.posts[key, post.no] = post
    for row in read("library"):
        if (row.get("topic"), row.get("reply", 0)) == (key, post.no):
            add_file(community, row, post)


def add_file(community: Community, row: Row, post: Post | None) -> None:
    """Someone adds a file, with a post or to the library directly."""
    me, group = community.person(row["uploader"]), community.groups[row["group"]]
    document = uploads.add_file(
        me, group, HERE / "files" / row["file"], row["file"], title=row["title"], description=row["description"],
        folder=row["folder"], licence=row["licence"], audience=FileAudience(row["audience"]), post=post,
    )  # fmt: skip
    document.workshop = row.get("workshop", "")
    library.tag(document, row.get("tags", []))
    if post is None:
        activity.record("document.posted", me, group=group, document=document)
    community.documents[row["key"]] = document


def accept(community: Community, row: Row) -> None:
    """Whoever asked accepts an answer; the founder of the group says it in one line."""
    topic, post = community.topics[row["key"]], community.posts[row["key"], row["accepted"]]
    discussions.accept(community.person(row["author"]), topic, post)
    if "summary" in row:
        founder = community.person(community.founder(row["group"]))
        said = discussions.Said(row["summary"], None, None, discussions.mark_of_doubt(topic))
        discussions.look_after(founder, topic, post.no, said)


def pin(community: Community, row: Row) -> None:
    """Whoever started the topic keeps it at the top."""
    discussions.pin(community.person(row["author"]), community.topics[row["key"]])


def lock(community: Community, row: Row) -> None:
    """Whoever started the topic ends it."""
    discussions.lock(community.person(row["author"]), community.topics[row["key"]])


def hide(community: Community, key: str, number: int, by: str) -> None:
    """A facilitator hides a post."""
    discussions.hide_post(community.person(by), community.posts[key, number])
