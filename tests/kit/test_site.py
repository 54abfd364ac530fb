"""What the app's class does faster than Flask and Jinja gives what they give."""

import pytest
from flask import Flask, render_template_string, session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from forum.kit.site import Sessions, Site


class Drawn:
    def __html__(self):
        return "<b>drawn</b>"


class Louder(Markup):
    def __html__(self):
        return "<i>" + str.__str__(self) + "</i>"


TEMPLATE = "{{ value }}|{% set kept %}<p>{{ value }}</p>{% endset %}{{ kept }}|{% autoescape false %}{{ value }}{% endautoescape %}"
VALUES = ["<b>&'\"</b>", Markup("<b>bold</b>"), Louder("loud"), Drawn(), 7, None, 1.5, ["<"], True]


def written(app, value):
    with app.test_request_context("/"):
        return render_template_string(TEMPLATE, value=value)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_templates_escape_as_jinja_does(value):
    assert written(Site("ours"), value) == written(Flask("theirs"), value)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(), markup=st.booleans())
def test_and_so_is_any_text(text, markup):
    value = Markup(text) if markup else text
    assert written(OURS, value) == written(THEIRS, value)


OURS, THEIRS = Site("ours"), Flask("theirs")


def test_a_session_is_read_with_the_key_of_now_and_those_before():
    app = Site("ours")
    app.add_url_rule("/", view_func=lambda: str(session.setdefault("seen", "first")))
    app.config["SECRET_KEY"] = "an old key"
    browser = app.test_client()
    assert browser.get("/").text == "first"
    cookie = browser.get_cookie("session").value
    app.config.update(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=["an old key"])
    with app.test_request_context("/", headers={"Cookie": f"session={cookie}"}):
        assert session["seen"] == "first"
    app.config["SECRET_KEY_FALLBACKS"] = []
    with app.test_request_context("/", headers={"Cookie": f"session={cookie}"}):
        assert "seen" not in session


def test_one_signer_serves_every_request():
    app = Site("ours")
    app.config["SECRET_KEY"] = "a key"
    sessions = Sessions()
    assert sessions.get_signing_serializer(app) is sessions.get_signing_serializer(app)
    app.config["SECRET_KEY"] = None
    assert sessions.get_signing_serializer(app) is None
