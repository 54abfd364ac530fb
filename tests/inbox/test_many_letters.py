"""What many letters of one post share is read once; what has changed between two of them is in the second."""

import pytest
from sqlalchemy import select

from forum import jobs
from forum.discussions import actions
from forum.groups.actions import kinds
from forum.kit.db import db
from forum.models import Kind, Mail, Post
from forum.outbox.letter import write
from forum.who import person
from tests.inbox.test_mail import words


@pytest.fixture
def two(community, as_, talk, closed, letters, wants):
    """The numbers of two letters that wait, of one reply of Dan's: to Maya, and to Ceri."""
    wants("maya")
    wants("ceri", "every")
    talk.reply(as_(community.dan), "performance", closed, "We keep a list on the wall.")
    jobs.tell_listeners()
    jobs.mail_notices()
    waiting = select(Mail.user_id, Mail.id).where(Mail.template == "post")
    found = dict(db.session.execute(waiting).all())
    return found[community.maya.id], found[community.ceri.id]


def written(number):
    """The letter, as a worker writes it: in a session of its own."""
    db.session.remove()
    return write(number)


def test_a_post_that_was_edited_between_two_letters_says_the_new_words(community, as_, closed, two):
    assert "on the wall" in words(written(two[0]))
    edit = {"body": "We keep a list in a drawer.", "revision": "0"}
    reply = as_(community.dan).post(f"/groups/performance/topics/{closed}/posts/1/edit", data=edit)
    assert reply.status_code == 303
    second = words(written(two[1]))
    assert "in a drawer" in second and "on the wall" not in second


def test_a_group_that_was_hidden_between_two_letters_is_not_named_in_the_second(community, two):
    assert "Performance" in words(written(two[0]))
    group, ruth = community.group("performance"), person(community.ruth.id)
    wanted = kinds.Reach(Kind.HIDDEN, False, False)
    kinds.change_reach(ruth, group, wanted, kinds.seal(each for each, _ in kinds.changes(group, wanted)))
    db.session.commit()
    letter = written(two[1])
    assert "Performance" not in words(letter) and letter["Subject"] == "Something new at Guildhall"


def test_a_post_that_was_hidden_between_two_letters_is_in_no_second(community, two):
    assert written(two[0]) is not None
    post = db.session.scalars(select(Post).where(Post.no == 1).order_by(Post.id.desc())).first()
    actions.hide_post(person(community.ruth.id), post)
    db.session.commit()
    assert written(two[1]) is None


def test_a_letter_more_of_the_same_post_takes_few_statements(two, watch):
    written(two[0])
    db.session.remove()
    with watch() as seen:
        assert write(two[1]) is not None
    assert len(seen.statements) <= 10, [statement[:60] for statement in seen.statements]
