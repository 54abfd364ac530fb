"""The scripts in a real browser: they add comfort to pages that work without them."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, redirect, render_template_string, request
from flask_wtf.file import MultipleFileField
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server
from wtforms import StringField, TextAreaField

from forum.kit.forms import Keyed, required

PAGE = """{% extends "base.html" %}
{% from "macros/form.html" import errors, field, hidden, submit, editor, files %}{% from "macros/ui.html" import menu %}
{% block title %}New post{% endblock %}{% block main %}
<form method="post" action="/post" enctype="multipart/form-data" data-module="upload" novalidate>{{ errors(form) }}
<h1>New post</h1>{{ hidden(form) }}{{ field(form.title) }}
{{ editor(form.body, preview_url="/preview", draft_url="/draft", saved="No draft yet") }}
{{ files(form.files, "Or drop them here.") }}{{ submit("Post") }}</form>
{% call menu("More") %}<a href="/landed">Copy link</a>{% endcall %}{% endblock %}"""


class Post(Keyed):
    title = StringField("Title", [required("Write a title")])
    body = TextAreaField("Details")
    files = MultipleFileField("Add files")


def post() -> Any:
    form = Post()
    if form.submitted():
        return redirect(f"/landed?files={len(form.files.data or ())}#post-3", 303)
    return render_template_string(PAGE, form=form), 422 if request.method == "POST" else 200


@pytest.fixture
def drafts() -> list[dict[str, str]]:
    """What arrived at /draft."""
    return []


@pytest.fixture
def site(kit: Flask, drafts: list[dict[str, str]]) -> Iterator[str]:
    """The address of a running site with a composer."""

    def draft() -> tuple[str, int]:
        drafts.append(dict(request.form))
        return "", 204

    kit.add_url_rule("/post", view_func=post, methods=["GET", "POST"])
    kit.add_url_rule("/draft", view_func=draft, methods=["POST"])
    kit.add_url_rule("/preview", "preview", lambda: f"<p>Shown: <b>{request.form['body']}</b></p>", methods=["POST"])
    kit.add_url_rule("/landed", "landed", lambda: "<title>Landed</title>")
    server = make_server("127.0.0.1", 0, kit, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """`visit("/post")`: a page, with its scripts run; complaints in the console fail the test.

    Not among them: a page transition that the browser drops because the next page came too soon.
    """
    complaints: list[str] = []
    contexts = []

    def open_page(path: str, **settings: Any) -> Page:
        contexts.append(chromium.new_context(base_url=site, **settings))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)) if "Transition" not in str(error) else None)
        page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_the_toolbar_wraps_what_is_chosen(visit: Callable[..., Page]) -> None:
    page = visit("/post")
    text = page.get_by_label("Details")
    text.fill("now")
    text.select_text()
    page.get_by_role("button", name="Bold").click()
    expect(text).to_have_value("**now**")
    expect(text).to_be_focused()


def test_a_draft_is_kept_when_the_writer_leaves_the_field(
    visit: Callable[..., Page], drafts: list[dict[str, str]]
) -> None:
    page = visit("/post")
    page.get_by_label("Details").fill("Half a thought")
    page.get_by_label("Title").focus()
    expect(page.get_by_text("Only you can see it.")).to_be_visible()
    assert drafts[-1]["body"] == "Half a thought"
    assert len(drafts[-1]["key"]) == 16


def test_a_draft_is_kept_after_a_pause_in_typing(visit: Callable[..., Page], drafts: list[dict[str, str]]) -> None:
    page = visit("/post")
    page.get_by_label("Details").press_sequentially("One two")
    expect(page.get_by_text("Only you can see it.")).to_be_visible(timeout=6_000)
    assert [draft["body"] for draft in drafts] == ["One two"]


def test_a_draft_that_cannot_be_kept_says_so(visit: Callable[..., Page]) -> None:
    page = visit("/post")
    page.context.set_offline(True)
    page.get_by_label("Details").fill("x")
    page.get_by_label("Title").focus()
    expect(page.locator("[data-saved]")).to_contain_text("not saved yet")


def test_the_preview_is_made_by_the_server_and_goes_again(visit: Callable[..., Page]) -> None:
    page = visit("/post")
    page.get_by_label("Details").fill("Five questions")
    button = page.get_by_role("button", name="Preview")
    button.click()
    expect(page.get_by_role("region", name="Preview")).to_have_text("Shown: Five questions")
    expect(page.get_by_label("Details")).to_be_hidden()
    button.click()
    expect(page.get_by_label("Details")).to_have_value("Five questions")


def test_control_and_enter_post(visit: Callable[..., Page]) -> None:
    page = visit("/post")
    page.get_by_label("Title").fill("Handover")
    page.get_by_label("Details").press("Control+Enter")
    page.wait_for_url("**/landed?files=0#post-3")


def test_a_refused_upload_keeps_text_and_files_and_goes_to_the_summary(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    deck = tmp_path / "deck.pdf"
    deck.write_bytes(b"x" * 4_200)
    page = visit("/post")
    page.get_by_label("Details").fill("Kept")
    page.get_by_label("Add files").set_input_files(deck)
    expect(page.locator("[data-uploads]")).to_contain_text("4 KB")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator(".errors")).to_be_focused()
    assert page.title().startswith("Error: ")
    expect(page.get_by_label("Details")).to_have_value("Kept")
    page.get_by_role("link", name="Write a title").click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("Handover")
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url("**/landed?files=1#post-3")


def test_an_upload_whose_connection_drops_says_where_it_stopped(visit: Callable[..., Page], tmp_path: Path) -> None:
    deck = tmp_path / "deck.pdf"
    deck.write_bytes(b"x" * 4_200)
    page = visit("/post")
    page.get_by_label("Add files").set_input_files(deck)
    page.context.set_offline(True)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator("[data-uploads]")).to_contain_text("Stopped at 0%: the connection dropped")
    expect(page.locator("[data-upload-status]")).to_have_text("deck.pdf stopped: the connection dropped")


def test_a_menu_closes_with_escape_and_gives_the_focus_back(visit: Callable[..., Page]) -> None:
    page = visit("/post")
    more = page.locator("summary", has_text="More")
    more.click()
    expect(page.get_by_role("link", name="Copy link")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Copy link")).to_be_hidden()
    expect(more).to_be_focused()


def test_all_of_it_posts_without_scripts(visit: Callable[..., Page], tmp_path: Path) -> None:
    deck = tmp_path / "deck.pdf"
    deck.write_bytes(b"x")
    page = visit("/post", java_script_enabled=False)
    expect(page.locator(".editor-bar")).to_be_hidden()
    page.get_by_label("Add files").set_input_files(deck)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("link", name="Write a title")).to_be_visible()
    page.get_by_label("Title").fill("Handover")
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url("**/landed?files=0#post-3")
