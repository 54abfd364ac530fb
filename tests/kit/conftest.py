"""A small app of the tools alone: what they promise must hold without a community."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, abort, redirect, render_template_string, request
from flask.testing import FlaskClient
from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email

from forum.kit import assets, compress, csrf, errors, headers, landing, remember, when
from forum.kit.forms import AtLeast, AtMost, Form, Keyed, required

FORUM = Path(__file__).parents[2] / "forum"
BROWSER = {"HTTP_SEC_FETCH_SITE": "same-origin"}
SECRET = "tests-only-0123456789-abcdefghijklmnop"


class Question(Keyed):
    """A form with a field of each kind."""

    kind = RadioField(
        "What are you posting?", choices=[SelectChoice("q", "Question"), SelectChoice("d", "Discussion")], default="q"
    )
    title = StringField("Title", [required("Write a title"), AtMost(20)])
    body = TextAreaField("Details", [required("Write what you have tried")])
    address = EmailField("Address", [Email()], default="ruth@example.org")
    folder = SelectField("Folder", choices=[SelectChoice("t", "Templates"), SelectChoice("g", "Guidance")], default="t")
    sure = BooleanField("Nobody can be recognised")


class Entrance(Form):
    """A form with a secret."""

    password = PasswordField("Password", [AtLeast(12)])


PAGE = """{% extends "base.html" %}
{% from "macros/form.html" import errors, field, hidden, submit, editor, choice_cards %}
{% block title %}Ask{% endblock %}{% block main %}<form method="post">{{ errors(form) }}<h1>Ask</h1>{{ hidden(form) }}
{{ choice_cards(form.kind, {"q": "You can accept one answer"}) }}{{ field(form.title, hint="In one line") }}
{{ editor(form.body, preview_url="/preview", draft_url="/draft") }}{{ field(form.address) }}{{ field(form.folder) }}
{{ field(form.sure) }}{{ submit("Ask") }}</form>{% endblock %}"""


pages = Blueprint("pages", __name__)


@pages.route("/ask", methods=["GET", "POST"])
def ask() -> Any:
    form = Question()
    if form.submitted():
        return redirect(f"/asked/{form.key.data}#post-3", 303)
    return render_template_string(PAGE, form=form), 422 if request.method == "POST" else 200


@pages.post("/said")
def said() -> Any:
    form = Question()
    return {"right": form.submitted(), "data": form.data, "errors": form.errors}


@pages.post("/enter")
def enter() -> Any:
    form = Entrance()
    form.submitted()
    return {"data": form.data, "errors": form.errors}


@pages.route("/refuse/<int:code>", methods=["GET", "POST"])
def refuse(code: int) -> Any:
    return abort(code, request.args.get("says"))


@pages.route("/broken", methods=["GET", "POST"])
def broken() -> Any:
    raise RuntimeError("SELECT secret FROM place")


@pages.get("/page/<int:size>")
def page(size: int) -> Response:
    reply = Response("<p>" + "word " * (size // 5), content_type="text/html; charset=utf-8")
    reply.set_etag("one")
    return reply


@pages.get("/stream")
def stream() -> Response:
    return Response((part for part in ["<p>"] * 2000), content_type="text/html")


@pages.get("/download")
def download() -> Response:
    return Response(b"x", headers={"Content-Security-Policy": "sandbox", "Cache-Control": "private, no-store"})


@pytest.fixture
def kit() -> Flask:
    """An app that has the tools and a few pages."""
    app = Flask("kit", root_path=str(FORUM), static_folder=None)
    app.config.update(
        SECRET_KEY=SECRET, SITE_NAME="Commonplace", BASE_URL="https://commons.example", MAX_CONTENT_LENGTH=100_000
    )
    for tool in (headers, errors, csrf, assets, compress, landing, when, remember):
        tool.init_app(app)
    app.context_processor(lambda: {"site_name": "Commonplace"})
    app.register_blueprint(pages)
    return app


@pytest.fixture
def browser(kit: Flask) -> FlaskClient:
    """A client that says where its requests come from, as browsers do."""
    client = kit.test_client()
    client.environ_base.update(BROWSER)
    return client


@pytest.fixture
def plain(kit: Flask) -> FlaskClient:
    """A client that says nothing of the sort."""
    return kit.test_client()


@pytest.fixture
def frozen() -> Iterator[None]:
    """What other tests left in memory is not walked through by the collector while something is timed (as in a worker)."""
    gc.freeze()
    yield
    gc.unfreeze()
