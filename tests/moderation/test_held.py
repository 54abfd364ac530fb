"""First posts with links, and what looks like spam, wait for a facilitator: nobody else knows of them until then."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select, update

from forum.discussions import actions
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Document, Event, Group, Held, HeldState, Membership, Post, Standing, Topic, User
from tests.conftest import sign_in
from tests.discussions.conftest import key, see
from tests.groups.conftest import words

MANAGE = "/groups/policy/manage/held"
LINK = "Look at https://kestrel.example/feathers for more."


@pytest.fixture
def newcomer(community):
    """Joanna, an hour old, a member of Policy who has posted nothing."""
    joanna, group = community.joanna, community.group("policy")
    actions_of = select(Membership).where(Membership.user_id == joanna.id, Membership.group_id == group.id)
    seat = db.session.scalar(actions_of)
    if seat:
        seat.standing = Standing.MEMBER
    else:
        db.session.add(Membership(user_id=joanna.id, group_id=group.id, standing=Standing.MEMBER))
    joanna.created_at = now() - timedelta(minutes=90)
    db.session.commit()
    return joanna


@pytest.fixture
def topic(community, as_, talk):
    """A question of Maya's in Policy."""
    return talk.topic(as_(community.maya), "policy", "Which measures helped")


def posts_of(user):
    """What they posted in Policy."""
    db.session.expire_all()
    there = select(Group.id).where(Group.slug == "policy").scalar_subquery()
    return db.session.scalars(select(Post).where(Post.author_id == user.id, Post.group_id == there)).all()


def held():
    db.session.expire_all()
    return db.session.scalars(select(Held).order_by(Held.id.desc())).first()


def test_a_first_reply_with_a_link_waits_and_only_its_author_and_facilitators_read_it(
    community, as_, talk, newcomer, topic, watch
):
    joanna, before, here = as_(newcomer), community.group("policy").post_count, community.group("policy").id
    reply = talk.reply(joanna, "policy", topic, LINK)
    assert reply.status_code == 303 and reply.headers["Location"] == "/groups/policy/waiting"
    page = see(joanna, "/groups/policy/waiting")
    assert "kestrel" in page.text and "held because: 1 link, account 1 hour old, first post here" in page.words
    assert "A reply of yours waits for a facilitator" in see(joanna, f"/groups/policy/topics/{topic}").words
    for other in (community.maya, community.sam, community.leon, None):
        browser = as_(other)
        for address in (
            f"/groups/policy/topics/{topic}",
            "/groups/policy",
            "/",
            "/search?q=kestrel",
            "/groups/policy/waiting",
        ):
            text = see(browser, address).text
            assert "kestrel.example" not in text and "A reply of yours waits" not in text, address
    assert "No replies yet" in see(as_(community.maya), f"/groups/policy/topics/{topic}").words
    assert community.group("policy").post_count == before
    assert "kestrel.example" in see(as_(community.tom), MANAGE).text
    assert as_(community.maya).get(MANAGE).status_code == 404
    assert not db.session.scalars(select(Event).where(Event.actor_id == newcomer.id, Event.group_id == here)).all()


def test_published_it_keeps_its_time_and_is_new_to_those_who_follow(community, as_, talk, newcomer, topic, mails):
    talk.reply(as_(newcomer), "policy", topic, LINK)
    waited, maya = held(), as_(community.maya)
    written = now() - timedelta(hours=5)
    waited.created_at = written
    db.session.commit()
    talk.reply(as_(community.sam), "policy", topic, "Mine came later, and was seen first.")
    see(maya, f"/groups/policy/topics/{topic}")
    last = community.topic("policy", topic).last_post_at
    assert as_(community.tom).post(f"{MANAGE}/{held().code}/publication").status_code == 303
    (post,) = posts_of(newcomer)
    assert abs((post.created_at - written).total_seconds()) < 1
    assert community.topic("policy", topic).last_post_at == last
    assert f"post-{post.no}" in see(maya, f"/groups/policy/topics/{topic}").text
    assert post.no in see(maya, f"/groups/policy/topics/{topic}").new
    told = db.session.scalars(
        select(Event).where(Event.post_id == post.id, Event.subject_id == community.maya.id)
    ).one()
    assert told.kind == "post.answered"
    assert [mail.facts["published"] for mail in mails("held-decided")] == [True]
    assert held().body == "" and held().state == HeldState.PUBLISHED


def test_given_back_it_is_a_draft_with_the_reason(community, as_, talk, newcomer, topic, mails):
    joanna, tom = as_(newcomer), as_(community.tom)
    talk.reply(joanna, "policy", topic, LINK)
    missing = tom.post(f"{MANAGE}/{held().code}/return", data={f"{held().code}-words": ""})
    assert missing.status_code == 422 and "Say why" in words(missing) and held().state == HeldState.WAITING
    done = tom.post(f"{MANAGE}/{held().code}/return", data={f"{held().code}-words": "No adverts, please."})
    assert done.status_code == 303
    assert LINK in see(joanna, f"/groups/policy/topics/{topic}").text
    assert "No adverts, please." in see(joanna, "/groups/policy/waiting").words
    assert mails("held-decided")[-1].facts["words"] == "No adverts, please."
    assert not posts_of(newcomer)


def test_a_topic_waits_with_its_files_and_comes_out_with_them(community, as_, talk, newcomer):

    count = community.group("policy").topic_count
    talk.ask(as_(newcomer), "policy", "A kestrel of a topic", body=LINK, tags="birds")
    assert held().title == "A kestrel of a topic" and community.group("policy").topic_count == count
    for other in (community.maya, community.sam, None):
        assert "kestrel of a topic" not in see(as_(other), "/groups/policy").text
    assert as_(community.tom).post(f"{MANAGE}/{held().code}/publication").status_code == 303
    made = db.session.scalars(select(Topic).where(Topic.title == "A kestrel of a topic")).one()
    assert "kestrel.example" in see(as_(community.sam), f"/groups/policy/topics/{made.n}").text
    assert "birds" in see(as_(community.sam), f"/groups/policy/topics/{made.n}").words


def test_links_by_people_known_here_and_texts_without_links_do_not_wait(community, as_, talk, newcomer, topic):
    assert "#post-" in talk.reply(as_(newcomer), "policy", topic, "Thank you, that helps.").headers["Location"]
    assert "#post-" in talk.reply(as_(community.tom), "policy", topic, LINK).headers["Location"]
    newcomer.created_at = now() - timedelta(days=90)
    db.session.commit()
    assert "#post-" in talk.reply(as_(newcomer), "policy", topic, LINK).headers["Location"]
    inside = f"As said in http://localhost/groups/policy/topics/{topic} before."
    newcomer.created_at = now()
    db.session.commit()
    assert "#post-" in talk.reply(as_(newcomer), "policy", topic, inside).headers["Location"]


def test_a_link_is_not_put_in_later_by_an_edit(community, as_, talk, newcomer, topic, post_of):
    joanna = as_(newcomer)
    talk.reply(joanna, "policy", topic, "Thank you.")
    address = f"/groups/policy/topics/{topic}/posts/1/edit"
    reply = joanna.post(address, data={"revision": "0", "body": LINK})
    assert reply.status_code == 422 and "Links by somebody new wait" in words(reply) and LINK in reply.text
    assert post_of("policy", topic, 1).body == "Thank you."
    assert joanna.post(address, data={"revision": "0", "body": "Thank you all."}).status_code == 303


def test_an_owner_says_what_waits(community, as_, talk, newcomer, topic, logged):
    tom = as_(community.tom)
    assert tom.post(MANAGE, data={"spam_limit": "0"}).status_code == 303
    assert logged("policy")[-1] == "group.switched" and not community.group("policy").hold_first
    shout = "BUY THESE FEATHERS NOW BEFORE THEY ARE GONE " + " ".join(f"https://x{n}.example/" for n in range(6))
    assert "#post-" in talk.reply(as_(newcomer), "policy", topic, shout).headers["Location"]
    assert tom.post(MANAGE, data={"spam_limit": "8"}).status_code == 303
    talk.reply(as_(newcomer), "policy", topic, shout)
    assert held().score >= 8 and {"6 links", "mostly capitals", "the same text 1 time before"} <= set(held().reasons)
    for wrong in ("", "-1", "51", "x"):
        assert tom.post(MANAGE, data={"spam_limit": wrong}).status_code == 422


def test_the_same_form_twice_waits_once(community, as_, talk, newcomer, topic):
    joanna, one = as_(newcomer), key()
    for _ in range(2):
        assert talk.reply(joanna, "policy", topic, LINK, key=one).headers["Location"] == "/groups/policy/waiting"
    assert len(list(db.session.scalars(select(Held).where(Held.author_id == newcomer.id)))) == 1


def test_two_facilitators_decide_at_once_and_the_second_is_told(app, community, as_, talk, newcomer, topic):
    talk.reply(as_(newcomer), "policy", topic, LINK)
    code, group = held().code, community.group("policy")
    here = (Membership.group_id == group.id, Membership.user_id == community.priya.id)
    if not db.session.scalar(select(Membership).where(*here)):
        db.session.add(Membership(group_id=group.id, user_id=community.priya.id, standing=Standing.FACILITATOR))
    db.session.execute(update(Membership).where(*here).values(standing=Standing.FACILITATOR))
    db.session.commit()
    started, answers = threading.Barrier(2), {}
    ways = {"publication": sign_in(app, community.tom), "return": sign_in(app, community.priya)}

    def press(way):
        started.wait()
        answers[way] = ways[way].post(f"{MANAGE}/{code}/{way}", data={f"{code}-words": "No."})

    threads = [threading.Thread(target=press, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers.values()) == [303, 409]
    assert "was quicker" in words(next(answer for answer in answers.values() if answer.status_code == 409))
    published = answers["publication"].status_code == 303
    assert len(posts_of(newcomer)) == int(published)


def test_whoever_wrote_it_takes_it_back(community, as_, talk, newcomer, topic):
    joanna = as_(newcomer)
    talk.reply(joanna, "policy", topic, LINK)
    code = held().code
    assert as_(community.sam).post(f"/waiting/{code}/end").status_code == 404
    assert joanna.post(f"/waiting/{code}/end").status_code == 303
    assert LINK in see(joanna, f"/groups/policy/topics/{topic}").text
    assert as_(community.tom).post(f"{MANAGE}/{code}/publication").status_code == 409


def test_nobody_publishes_for_somebody_who_may_not_post_any_more(community, as_, talk, newcomer, topic):
    talk.reply(as_(newcomer), "policy", topic, LINK)
    here = (Membership.group_id == community.group("policy").id, Membership.user_id == newcomer.id)
    db.session.execute(update(Membership).where(*here).values(standing=Standing.BANNED))
    db.session.commit()
    reply = as_(community.tom).post(f"{MANAGE}/{held().code}/publication")
    assert reply.status_code == 409 and "may not post here any more" in words(reply)
    assert held().state == HeldState.WAITING


def test_files_of_what_waits_are_not_swept_away(app, community, as_, talk, newcomer, topic):
    from io import BytesIO

    from forum import jobs

    data = {"files": (BytesIO(b"one,two\r\n1,2\r\n"), "numbers.csv")}
    reply = talk.reply(as_(newcomer), "policy", topic, LINK, **data)
    assert reply.headers["Location"] == "/groups/policy/waiting"
    (number,) = held().documents
    db.session.execute(update(Document).where(Document.id == number).values(created_at=now() - timedelta(days=30)))
    db.session.commit()
    jobs.sweep_uploads()
    assert as_(community.tom).post(f"{MANAGE}/{held().code}/publication").status_code == 303
    assert "Numbers" in see(as_(community.sam), f"/groups/policy/topics/{topic}").words


class Service(BaseHTTPRequestHandler):
    """A stand-in for Akismet's server, over HTTP."""

    answer, asked = "true", []

    def do_POST(self):
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.answer == "broken":
            self.send_error(500)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.answer.encode())

    def log_message(self, *_args):
        pass


@pytest.fixture
def service(app):
    """The server, named in the settings."""
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Service.asked.clear()
    app.config.update(AKISMET_KEY="a-key", AKISMET_URL=f"http://127.0.0.1:{server.server_port}/1.1/comment-check")
    yield Service
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("answer", "waits"), [("true", True), ("false", False), ("invalid", False), ("broken", False)])
def test_akismet_is_asked_about_doubtful_posts_of_open_groups(
    community, as_, talk, newcomer, topic, service, answer, waits
):
    service.answer = answer
    reply = talk.reply(as_(newcomer), "policy", topic, "A plain text about kestrels.")
    assert (reply.headers["Location"] == "/groups/policy/waiting") is waits
    assert len(service.asked) == 1 and "kestrels" in service.asked[0] and "joanna" not in service.asked[0].lower()
    if waits:
        assert "Akismet takes it for spam" in held().reasons


def test_akismet_hears_nothing_of_closed_groups_and_of_people_known_here(community, as_, talk, service):
    n = talk.topic(as_(community.maya), "performance", "A closed topic")
    talk.reply(as_(community.dan), "performance", n, "A reply.")
    talk.topic(as_(community.tom), "policy", "By who looks after it")
    assert service.asked == []


def test_an_akismet_that_is_away_changes_nothing(app, community, as_, talk, newcomer, topic):
    app.config.update(AKISMET_KEY="a-key", AKISMET_URL="http://127.0.0.1:9/")
    assert "#post-" in talk.reply(as_(newcomer), "policy", topic, "A plain text.").headers["Location"]
    assert db.session.scalar(select(User.id).where(User.id == newcomer.id)) and actions.publish


@pytest.mark.parametrize(
    "link", ["[x](HTTPS://evil.example)", "[x](//evil.example)", "[x](http:evil.example)", "<HTTP://evil.example>"]
)
def test_a_link_waits_however_it_is_written(community, as_, talk, newcomer, topic, link):
    talk.reply(as_(newcomer), "policy", topic, f"Look at {link} please.")
    assert "1 link" in held().reasons


def test_a_link_waits_among_words_that_are_said_to_be_quoted(community, as_, talk, newcomer, topic):
    said = f"> **Maya**, [post 0](/groups/policy/topics/{topic}/posts/0):\n>\n> See [this](https://evil.example).\n\nI agree."
    talk.reply(as_(newcomer), "policy", topic, said)
    assert "1 link" in held().reasons
