"""Who is told of a post by name: once for each post, by a notice and a letter, never of what they did themselves."""

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import case, literal, literal_column, select, update

from forum import activity, hearing, outbox
from forum.access import Person, hearers
from forum.discussions.actions.spreading import spread
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Event, Notice, Post, Topic, TopicKind, User
from forum.notices import News, tell


def tell_of_post(post: Post, topic: Topic, mentioned: Iterable[int], answered: int | None = None) -> None:
    """Notices of a new post, or of a name written into it later: each is told once, and what it is to them first.

    Told are those whom it mentions or answers, who follow its topic or hear of every post; of an announcement all.
    """
    if post.no == 0 and topic.kind == TopicKind.ANNOUNCEMENT:
        _announce(post, topic, list(mentioned))
    else:
        spread(post, mentioned, answered)


def _announce(post: Post, topic: Topic, named: list[int]) -> None:
    """The same for everybody. Who takes part in the group reads what was just announced there: half the work."""
    mentions = case((User.id.in_(named), literal_column("'mention'")), else_=literal("announcement"))
    tell(News(mentions if named else "announcement", post, by=post.author_id), hearers(topic.group))


def tell_mentioned(post: Post, people: Iterable[int]) -> None:
    """Letters to people whom a post mentions, after their quiet hours. Does not commit.

    One topic writes to nobody more than once an hour.
    """
    told = [who for who in people if who != post.author_id]
    hour = int(post.created_at.timestamp()) // 3600 if not post.edited_at else int(post.edited_at.timestamp()) // 3600
    for user in db.session.scalars(select(User).where(User.id.in_(told), User.mail_mentions)) if told else ():
        mail = outbox.queue("mentioned", user, f"mentioned:{post.topic_id}:{user.id}:{hour}", post=post.id)
        if waits := hearing.quiet_until(user, str(current_app.config["TIMEZONE"]), now()):
            mail.due_at = waits


def tell_newly_mentioned(me: Person, post: Post, people: Iterable[int]) -> None:
    """The same for an edit: only those hear who did not hear of this post before. Does not commit."""
    wanted = [who for who in people if who != me.id]
    if not wanted:
        return
    heard = select(Event.subject_id).where(Event.post_id == post.id, Event.subject_id.in_(wanted))
    before = set(db.session.scalars(heard))
    fresh = [who for who in wanted if who not in before]
    activity.record_told(me, post, dict.fromkeys(fresh, "post.mentioned"))
    tell(News("mention", post, by=me.id), hearers(post).where(User.id.in_(fresh)))
    tell_mentioned(post, fresh)


def tell_asker(post: Post, who: int) -> None:
    """Whoever asked hears that a post answers them, if they heard of it as of any other post too. Does not commit."""
    tell(News("reply", post, by=post.author_id), hearers(post).where(User.id == who))
    as_post = (Notice.user_id == who, Notice.post_id == post.id, Notice.kind == "post")
    answers = update(Notice).where(*as_post).values(kind="reply")
    db.session.execute(answers, execution_options={"synchronize_session": False})
