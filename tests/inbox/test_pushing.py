"""Notifications in a browser: asked again when they are sent, told once, and silent where nobody wants to hear."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from forum import jobs
from forum.groups import actions as groups
from forum.inbox import devices, pushing
from forum.kit import clock, ids
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.webpush import Fate, Told, packed
from forum.models import Group, Kind, Post, PushDevice, Session, User
from forum.notices import read_all
from forum.who import person
from tests.conftest import sign_in
from tests.push_service import Service

ADD = "/settings/hearing/devices"
SOON, NEW = timedelta(seconds=5), "Something new in your inbox"


@pytest.fixture
def service(app):
    """A push service that this site sends to."""
    running = Service()
    app.config["PUSH_SERVICES"] = [running.address]
    yield running
    running.close()


@pytest.fixture
def phone(service, community, as_):
    """`phone("dan")`: a browser of this person, signed in, with notifications on."""

    def turn_on(name, called=""):
        browser = as_(getattr(community, name))
        made = service.phone(called or name)
        assert browser.post(ADD, data=made.subscription._asdict()).status_code == 204
        return browser

    return turn_on


def push(later=SOON):
    """What the job does, a moment later."""
    with clock.at(now() + later):
        jobs.push_notices()
    db.session.expire_all()


def told(service):
    """What each browser was told so far."""
    return [(name, said["body"]) for name, said in service.shown()]


def rows():
    return list(db.session.scalars(select(PushDevice).order_by(PushDevice.id)))


def test_a_reply_is_told_without_a_word_of_it(community, as_, talk, closed, phone, service):
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "A secret answer.")
    push(timedelta(0))
    assert told(service) == [], "what is still being written settles first"
    push()
    ((name, said),) = service.shown()
    assert (name, said) == ("maya", {"title": "Guildhall", "body": NEW, "url": "/inbox"})
    push(timedelta(minutes=20))
    assert len(service.got) == 1, "told once"


def test_one_that_may_name_says_who_wrote_and_where_but_no_text(community, as_, talk, closed, phone, service):
    browser = phone("maya")
    assert browser.post(f"{ADD}/{rows()[0].id}/names").status_code == 303
    talk.reply(as_(community.tom), "performance", closed, "A secret answer.")
    push()
    ((_, said),) = service.shown()
    assert said["body"] == f"{community.tom.name} replied to you: Who can help"
    assert said["url"] == f"/groups/performance/topics/{closed}/posts/1"
    assert browser.get(said["url"]).status_code == 303
    assert browser.post(f"{ADD}/{rows()[0].id}/names/end").status_code == 303
    talk.reply(as_(community.dan), "performance", closed, "Another.")
    push(timedelta(minutes=20))
    assert told(service)[1:] == [("maya", NEW)]


def test_hidden_groups_and_discreet_people_are_never_named(community, as_, talk, closed, phone, service, wants):
    browser = phone("maya")
    browser.post(f"{ADD}/{rows()[0].id}/names")
    db.session.execute(update(Group).where(Group.slug == "performance").values(kind=Kind.HIDDEN, single_files=False))
    db.session.commit()
    talk.reply(as_(community.tom), "performance", closed, "In a hidden group.")
    push()
    assert told(service) == [("maya", NEW)]
    db.session.execute(update(Group).where(Group.slug == "performance").values(kind=Kind.RESTRICTED))
    db.session.commit()
    wants("maya", discreet="y")
    talk.reply(as_(community.dan), "performance", closed, "To someone discreet.")
    push(timedelta(minutes=20))
    assert told(service)[1:] == [("maya", NEW)]


def test_what_was_lost_before_it_is_sent_is_not_told(community, as_, talk, closed, phone, service):
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "For members alone.")
    groups.leave(person(community.maya.id), community.group("performance"))
    db.session.commit()
    push()
    assert service.got == []


@pytest.mark.parametrize("gone", ["deleted_at", "hidden_at"])
def test_what_was_taken_away_before_it_is_sent_is_not_told(gone, community, as_, talk, closed, phone, service):
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "Soon gone.")
    db.session.execute(
        update(Post)
        .where(Post.topic_id == community.topic("performance", closed).id, Post.no == 1)
        .values({gone: now()})
    )
    db.session.commit()
    push()
    assert service.got == []


@pytest.mark.parametrize("end", ["sign out", "everywhere", "idle", "suspended"])
def test_a_browser_that_is_signed_out_is_told_nothing(end, app, community, as_, talk, closed, phone, service):
    browser, maya = phone("maya"), community.maya.id
    if end == "sign out":
        assert browser.post("/sign-out").status_code == 303
    elif end == "everywhere":
        db.session.execute(update(Session).where(Session.user_id == maya).values(ended_at=now()))
    elif end == "idle":
        idle = timedelta(seconds=app.config["SESSION_IDLE"] + 60)
        db.session.execute(update(Session).where(Session.user_id == maya).values(used_at=now() - idle))
    else:
        db.session.execute(update(User).where(User.id == maya).values(active=False))
    db.session.commit()
    talk.reply(as_(community.tom), "performance", closed, "To nobody.")
    push()
    assert service.got == []
    jobs.sweep_sessions()
    assert len(rows()) == (end == "suspended"), "signed out = forgotten"


def test_who_reads_it_first_is_not_told(community, as_, talk, closed, phone, service):
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "Read at once.")
    with clock.at(now() + timedelta(seconds=1)):
        read_all(person(community.maya.id), now())
    db.session.commit()
    push()
    assert service.got == []


@pytest.mark.parametrize(("choice", "many"), [("every", 1), ("replies", 1), ("weekly", 0), ("nothing", 0)])
def test_the_choice_for_a_group_holds_here_too(choice, many, community, as_, talk, closed, phone, service, wants):
    wants("maya", choice)
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "A reply to Maya.")
    push()
    assert len(service.got) == many


@pytest.mark.parametrize(("choice", "many"), [("every", 1), ("replies", 0)])
def test_talk_among_others_is_told_to_those_who_want_every_post(
    choice, many, community, as_, talk, closed, phone, service, wants
):
    wants("dan", choice)
    as_(community.dan).post(f"/groups/performance/topics/{closed}/follow")
    phone("dan")
    talk.reply(as_(community.tom), "performance", closed, "A reply to Maya.")
    jobs.tell_listeners()
    push()
    assert len(service.got) == many


@pytest.mark.parametrize(
    "habit", [{"paused_until": "2199-01-01"}, {"silent": "y"}, {"quiet_from": "0", "quiet_to": "23"}]
)
def test_pauses_and_quiet_hours_hold_here_too(habit, community, as_, talk, closed, phone, service, wants):
    wants("maya", **habit)
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "While she rests.")
    with clock.at(now().replace(hour=12) + timedelta(days=1)):
        db.session.execute(update(Session).values(used_at=now()))
        talk.reply(as_(community.dan), "performance", closed, "At noon.")
        push()
    assert service.got == []


def test_much_at_once_is_one_message_and_more_comes_ten_minutes_later(community, as_, talk, closed, phone, service):
    phone("maya")
    other = talk.topic(as_(community.maya), "performance", "Another topic of hers")
    for topic in (closed, other, other):
        talk.reply(as_(community.tom), "performance", topic, "A reply.")
    push()
    assert told(service) == [("maya", "2 new things in your inbox")]
    talk.reply(as_(community.dan), "performance", other, "One more.")
    push(timedelta(minutes=5))
    assert len(service.got) == 1
    push(timedelta(minutes=11))
    assert told(service)[1:] == [("maya", NEW)]


def test_what_is_older_than_an_hour_is_left_to_the_inbox(community, as_, talk, closed, phone, service):
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "While the worker was away.")
    push(timedelta(minutes=61))
    assert service.got == []


def test_each_of_her_browsers_is_told_and_nobody_elses(community, as_, talk, closed, phone, service):
    phone("maya", "desk")
    phone("maya", "pocket")
    phone("dan")
    talk.reply(as_(community.tom), "performance", closed, "A reply to Maya.")
    push()
    assert sorted(name for name, _ in told(service)) == ["desk", "pocket"]


def test_a_service_that_is_busy_is_asked_again_and_a_browser_that_is_gone_is_forgotten(
    community, as_, talk, closed, phone, service
):
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "A reply.")
    service.codes = [503, 201]
    push()
    push(timedelta(seconds=30))
    assert len(service.got) == 1, "not at once"
    push(timedelta(minutes=3))
    assert len(service.got) == 2
    talk.reply(as_(community.dan), "performance", closed, "Another.")
    service.codes = [410]
    push(timedelta(minutes=20))
    assert rows() == []


def test_three_refusals_end_it_and_one_taken_begins_the_count_anew(community, as_, talk, closed, phone, service):
    phone("maya")
    service.codes = [403, 403, 201, 403, 403, 403]
    for round_ in range(6):
        assert len(rows()) == 1
        with clock.at(now() + timedelta(minutes=11 * round_)):
            talk.reply(as_(community.tom), "performance", closed, f"Reply {round_}.")
            push()
    assert rows() == []


def test_several_workers_at_once_tell_once(app, community, as_, talk, closed, phone, service):
    for name in ("one", "two", "three", "four"):
        phone("maya", name)
    talk.reply(as_(community.tom), "performance", closed, "A reply.")
    then, start = now() + SOON, threading.Barrier(4)
    db.session.remove()

    def worker():
        with app.app_context(), clock.at(then):
            start.wait(10)
            jobs.push_notices()

    several = [threading.Thread(target=worker) for _ in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert sorted(name for name, _ in told(service)) == ["four", "one", "three", "two"]


def test_a_worker_that_dies_before_sending_has_told_nothing_and_the_inbox_has_it(
    community, as_, talk, closed, phone, service
):
    browser = phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "A reply.")
    with clock.at(now() + SOON):
        assert pushing.take(rows()[0].id) is not None
        db.session.commit()
    push(timedelta(minutes=20))
    assert service.got == []
    assert "Who can help" in browser.get("/inbox").text


def test_the_same_browser_belongs_to_who_signed_in_last(community, as_, phone, service):
    phone("maya", "shared")
    browser = as_(community.dan)
    assert browser.post(ADD, data=service.phones["/shared"].subscription._asdict()).status_code == 204
    assert [(row.user_id, row.names) for row in rows()] == [(community.dan.id, False)]


def test_a_session_has_one_browser(community, phone, service):
    browser = phone("maya", "old")
    assert browser.post(ADD, data=service.phone("new").subscription._asdict()).status_code == 204
    assert [row.endpoint.rsplit("/")[-1] for row in rows()] == ["new"]


def test_ten_browsers_are_the_most(community, as_, phone, service):
    for number in range(devices.MOST):
        phone("maya", f"phone-{number}")
    reply = as_(community.maya).post(ADD, data=service.phone("eleventh").subscription._asdict())
    assert reply.status_code == 422 and "Turn one of them off" in reply.text
    assert len(rows()) == devices.MOST


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://169.254.169.254/latest"}, {"endpoint": ""}, {"p256dh": "x"}, {"auth": packed(b"short")},
        {"p256dh": packed(b"\x04" + b"\x07" * 64)}, {"endpoint": "http://127.0.0.1:1/x"},
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_words(wrong, community, as_, service):
    good = service.phone("one").subscription._asdict()
    reply = as_(community.maya).post(ADD, data={**good, **wrong})
    assert reply.status_code == 422 and reply.mimetype == "text/plain" and "browser" in reply.text
    assert rows() == []


def test_nobody_changes_the_browsers_of_others(community, as_, phone, service):
    phone("maya")
    number = rows()[0].id
    for way in ("names", "names/end", "end"):
        assert as_(community.dan).post(f"{ADD}/{number}/{way}").status_code == 404
    assert [row.names for row in rows()] == [False]


def test_it_is_turned_off_in_the_settings_without_a_script(community, phone):
    browser = phone("maya")
    page = browser.get("/settings/hearing").text
    assert "Test browser (this one)" in page and "push-switch" not in page
    assert browser.post(f"{ADD}/{rows()[0].id}/end").status_code == 303
    page = browser.get("/settings/hearing").text
    assert "push-switch" in page and "noscript" in page and rows() == []


def test_without_the_setting_none_of_it_is_there(app, community, as_, service, talk, closed, phone):
    browser = phone("maya")
    assert "<h2>Notifications</h2>" in browser.get("/about/privacy").text
    app.config["WEB_PUSH"] = False
    assert "<h2>Notifications</h2>" not in browser.get("/about/privacy").text
    talk.reply(as_(community.tom), "performance", closed, "A reply.")
    push()
    assert service.got == []
    page = browser.get("/settings/hearing").text
    assert "push" not in page and "manifest" not in page
    for path in ("/service-worker.js", "/site.webmanifest"):
        assert browser.get(path).status_code == 404
    assert browser.post(ADD, data=service.phone("two").subscription._asdict()).status_code == 404
    assert browser.post(f"{ADD}/{rows()[0].id}/end").status_code == 404


def test_the_worker_of_the_browser_looks_after_the_whole_site(visitor):
    reply = visitor.get("/service-worker.js")
    assert reply.status_code == 200 and reply.mimetype == "text/javascript"
    assert reply.headers["Cache-Control"] == "no-cache"
    assert "'fetch'" not in reply.text, "it keeps no pages"
    manifest = visitor.get("/site.webmanifest")
    assert manifest.get_json(force=True)["start_url"] == "/"
    assert visitor.get(manifest.get_json(force=True)["icons"][0]["src"]).status_code == 200


def test_what_one_run_costs_does_not_grow_with_who_has_none(community, as_, talk, closed, phone, service, watch):
    phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "A reply.")
    with clock.at(now() + SOON), watch() as seen:
        jobs.push_notices()
    assert len(seen.statements) <= 16
    with clock.at(now() + SOON), watch() as seen:
        jobs.push_notices()
    assert len(seen.statements) == 1


def test_no_endpoint_is_written_to_the_log(community, as_, talk, closed, phone, service, caplog):
    phone("maya", "a-secret-endpoint")
    service.codes = [500]
    talk.reply(as_(community.tom), "performance", closed, "A reply.")
    with caplog.at_level("DEBUG"):
        push()
    assert "did not take" in caplog.text and "a-secret-endpoint" not in caplog.text


def test_the_same_news_for_a_late_browser_is_not_dug_up(community, as_, talk, closed, phone, service):
    talk.reply(as_(community.tom), "performance", closed, "Before she turned them on.")
    phone("maya")
    push()
    assert service.got == []
    assert db.session.scalar(select(func.count()).select_from(PushDevice)) == 1


def test_a_message_that_came_too_late_changes_nothing_of_a_browser_that_went(
    community, as_, talk, closed, phone, service
):
    browser = phone("maya")
    talk.reply(as_(community.tom), "performance", closed, "A reply.")
    with clock.at(now() + SOON):
        message = pushing.take(rows()[0].id)
        db.session.commit()
        browser.post(f"{ADD}/{rows()[0].id}/end")
        for fate in Fate:
            pushing.note(message, Told(fate, 120))
        db.session.commit()
    assert rows() == []


def test_a_browser_whose_session_was_renewed_keeps_its_own(app, community, phone):
    phone("maya")
    other = sign_in(app, community.maya)
    with other.session_transaction() as cookie:
        sid = ids.digest(cookie["sid"])
    assert [row.session_id for row in rows()] != [db.session.scalar(select(Session.id).where(Session.digest == sid))]
