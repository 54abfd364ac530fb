"""Registering: one mail, one link, one use; and nobody learns who is here already (ACC1)."""

import re
import threading

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import func, select

from forum.kit.db import db
from forum.kit.signals import person_confirmed
from forum.models import AuditEntry, Mail, MailState, Session, User
from forum.outbox.letter import write
from tests.conftest import Browser
from tests.members.conftest import PASSWORD, REGISTRATION, enter, link_in, mails, signed_in, someone, told


@pytest.fixture
def visitor(empty_app):
    return Browser(empty_app)


def register(browser, to="", **changes):
    return browser.post("/register", query_string={"next": to} if to else {}, data={**REGISTRATION, **changes})


def confirm(browser, link=None, **changes):
    return browser.post(link or link_in("confirm"), data={"handle": "noor", "password": PASSWORD, **changes})


def test_someone_registers_confirms_and_is_signed_in(visitor):
    assert register(visitor).headers["Location"] == "/mail-sent/confirm"
    assert visitor.get("/mail-sent/confirm").status_code == 200
    page = visitor.get(link_in("confirm"))
    assert page.status_code == 200
    assert 'value="noor-haddad"' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert confirm(visitor).headers["Location"] == "/"
    assert signed_in(visitor)
    user = db.session.scalars(select(User)).one()
    assert (user.handle, user.name, user.organisation, user.job_title) == (
        "noor",
        "Noor Haddad",
        "Weir Valley Council",
        "Analyst",
    )


def test_one_mail_is_sent_and_it_goes_to_the_address_alone(visitor):
    register(visitor)
    mail = db.session.scalars(select(Mail)).one()
    assert (mail.template, mail.address, mail.state) == ("confirm", "noor@example.org", MailState.WAITING)
    assert mail.facts["url"].startswith("http://localhost/confirm/")


def test_the_mail_carries_no_words_of_whoever_filled_in_the_form(visitor):
    """Anybody can type anybody's address: the mail is ours alone, and no bill to pay at evil.example."""
    register(visitor, name="Pay at evil.example")
    letter = write(mails("confirm")[0].id)
    assert letter is not None and "evil.example" not in letter.as_string()


def test_the_link_in_the_mail_follows_the_settings_not_the_host_header(visitor):
    visitor.post("/register", data=REGISTRATION, headers={"Host": "localhost:9999"})
    assert mails("confirm")[0].facts["url"].startswith("http://localhost/confirm/")


def test_opening_the_link_changes_nothing(visitor):
    register(visitor)
    for _ in range(3):
        visitor.get(link_in("confirm"))
        visitor.head(link_in("confirm"))
    assert db.session.scalars(select(User)).one().confirmed_at is None
    assert not signed_in(visitor)


def test_until_confirmed_one_cannot_sign_in_and_the_page_says_how_to_get_a_link(visitor):
    register(visitor)
    reply = enter(visitor)
    assert reply.status_code == 422
    assert 'href="/confirm"' in reply.text


def test_the_link_works_once(visitor, empty_app):
    register(visitor)
    link = link_in("confirm")
    assert confirm(visitor).status_code == 303
    other = Browser(empty_app)
    assert other.get(link).status_code == 404
    assert confirm(other, link, handle="noor-two").status_code == 404
    assert not signed_in(other)


def test_of_two_who_use_the_link_at_once_one_wins(visitor, empty_app):
    register(visitor)
    link, answers = link_in("confirm"), []
    db.session.remove()
    start = threading.Barrier(4)

    def use(handle):
        with empty_app.app_context():
            browser = Browser(empty_app)
            start.wait()
            answers.append(browser.post(link, data={"handle": handle, "password": PASSWORD}).status_code)

    threads = [threading.Thread(target=use, args=(f"noor-{n}",)) for n in "abcd"]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == [303, 404, 404, 404]
    assert db.session.scalar(select(func.count()).select_from(Session)) == 1


def test_whoever_has_only_the_link_gets_nothing(visitor):
    """Someone registers a stranger's address, and the stranger clicks: the account is nobody's (no hijack in advance)."""
    register(visitor)
    reply = confirm(visitor, password="another password altogether")
    assert reply.status_code == 422
    assert "not the password" in reply.text
    assert not signed_in(visitor)


def test_a_known_and_an_unknown_address_get_the_same_answer(visitor, empty_app):
    someone("Lena Brandt")
    known, unknown = register(Browser(empty_app), email="lena@example.org"), register(Browser(empty_app))
    assert told(known) == told(unknown)
    assert told(Browser(empty_app).get(known.headers["Location"])) == told(
        Browser(empty_app).get(unknown.headers["Location"])
    )


@pytest.mark.parametrize("email", ["lena@example.org", "LENA@Example.ORG", " lena@example.org "])
def test_registering_a_known_address_changes_nothing_and_tells_its_owner(visitor, email):
    lena = someone("Lena Brandt")
    before = (lena.name, lena.password, lena.organisation)
    register(visitor, email=email)
    assert (lena.name, lena.password, lena.organisation) == before
    assert [(mail.template, mail.user_id) for mail in db.session.scalars(select(Mail))] == [
        ("already-registered", lena.id)
    ]


def test_a_known_address_costs_as_many_password_hashes_as_an_unknown_one(visitor, empty_app):
    """Time follows from work: one hash and one commit either way."""
    someone("Lena Brandt")
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    register(Browser(empty_app), email="lena@example.org")
    middle = db.session.scalar(select(func.count()).select_from(AuditEntry))
    register(Browser(empty_app))
    assert middle - before == db.session.scalar(select(func.count()).select_from(AuditEntry)) - middle == 1


def test_who_registers_again_before_confirming_gets_the_newer_password(visitor):
    register(visitor)
    register(visitor, password="a later and better choice", organisation="Elsewhere")
    assert db.session.scalars(select(User)).one().organisation == "Elsewhere"
    assert confirm(visitor).status_code == 422
    assert confirm(visitor, password="a later and better choice").status_code == 303


def test_a_new_link_is_sent_to_whoever_waits_and_the_answer_is_the_same_for_all(visitor, empty_app):
    register(visitor)
    someone("Lena Brandt")
    answers = [
        Browser(empty_app).post("/confirm", data={"email": f"{who}@example.org"}) for who in ("noor", "lena", "nobody")
    ]
    assert told(answers[0]) == told(answers[1]) == told(answers[2])
    assert len(mails("confirm")) == 2
    assert confirm(visitor).status_code == 303


def test_where_they_were_going_survives_the_mail(visitor, empty_app):
    register(visitor, to="/groups/performance?x=1")
    other = Browser(empty_app)
    assert confirm(other).headers["Location"] == "/groups/performance?x=1"


def test_the_invitation_they_came_with_survives_the_mail(visitor, empty_app):
    with visitor.session_transaction() as cookie:
        cookie["invitation"] = "abc123"
    register(visitor)
    other = Browser(empty_app)
    assert other.get(link_in("confirm")).status_code == 200
    assert confirm(other).headers["Location"] == "/invitations/abc123"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "/%2f%2fevil.example", "javascript:alert(1)"]
)
def test_a_foreign_next_is_not_carried_into_the_mail(visitor, to):
    register(visitor, to=to)
    assert "evil" not in link_in("confirm")
    assert "javascript" not in link_in("confirm")
    assert confirm(visitor, link_in("confirm") + "?next=//evil.example").headers["Location"] == "/"


def test_a_link_that_is_old_altered_or_of_another_kind_is_refused_alike(visitor, empty_app, monkeypatch):
    register(visitor)
    visitor.post("/reset", data={"email": "noor@example.org"})
    good, reset = link_in("confirm"), link_in("reset").split("/")[-1]
    altered = good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:]
    answers = [visitor.get(link) for link in (altered, f"/confirm/{reset}", "/confirm/x", "/confirm/" + "x" * 3000)]
    clock = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: clock(self) + 73 * 3600)
    answers.append(visitor.get(good))
    assert {told(answer)[:2] for answer in answers} == {told(answers[0])[:2]}
    assert answers[0].status_code == 404
    assert 'href="/confirm"' in answers[0].text


@pytest.mark.parametrize(
    ("handle", "says"),
    [("", "Choose a handle"), ("a", "between"), ("admin", "kept for the site"), ("lena-brandt", "Someone has"), ("1ena-brandt", "Someone has"), ("noor haddad", "letters a to z"), ("ｎoor", "letters a to z")],
)  # fmt: skip
def test_a_handle_that_cannot_be_is_said_at_its_field(visitor, handle, says):
    someone("Lena Brandt")
    register(visitor)
    reply = confirm(visitor, handle=handle)
    assert reply.status_code == 422
    field = re.search(r'id="handle-error">(.*?)</p>', reply.text, re.DOTALL)
    assert field and says in field[1]
    assert "Error: " in reply.text.split("</title>")[0]


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": ""}, "name", "Write your name"),
        ({"name": "No\u202eor"}, "name", "cannot be seen"),
        ({"organisation": ""}, "organisation", "Write your organisation"),
        ({"organisation": "x" * 121}, "organisation", "120"),
        ({"email": "noor"}, "email", "name@example.org"),
        ({"email": "noor@localhost"}, "email", "name@example.org"),
        ({"email": "noor@example.org\r\nBcc: x@example.org"}, "email", "can’t be shown"),
        ({"password": "short"}, "password", "between 12 and 128"),
        ({"password": "p" * 5000}, "password", "characters"),
        ({"password": "Noor Haddad 2026"}, "password", "mostly your name"),
        ({"password": "password1234"}, "password", "among the first"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(visitor, changes, field, says):
    reply = register(visitor, **changes)
    assert reply.status_code == 422
    error = re.search(f'id="{field}-error">(.*?)</p>', reply.text, re.DOTALL)
    assert error and says in error[1]
    assert 'value="Analyst"' in reply.text
    assert PASSWORD not in reply.text
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_any_letters_make_a_password(visitor):
    register(visitor, password="zwölf größere Ähren 🌾")
    assert confirm(visitor, password="zwo\u0308lf gro\u0308ßere A\u0308hren 🌾").status_code == 303


def test_others_hear_of_a_confirmed_person(visitor):
    heard = []

    def listen(user):
        heard.append(user.email)

    person_confirmed.connect(listen)
    register(visitor)
    assert heard == []
    confirm(visitor)
    assert heard == ["noor@example.org"]


def test_a_form_from_another_site_is_refused(empty_app):
    stranger = empty_app.test_client()
    for origin in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        assert stranger.post("/register", data=REGISTRATION, headers=origin).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
