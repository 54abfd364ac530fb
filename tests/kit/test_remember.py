"""Pieces of a page are made once for the same things, and anew for others."""

import pytest
from flask import Flask, render_template_string

from forum.kit import remember

PAGE = "{% from 'row.html' import row %}{{ remembered(row, name, 1) }}{{ remembered(row, name, 2) }}"


@pytest.fixture
def made(tmp_path):
    """What a macro was asked to draw, and an app whose page draws two rows."""
    (tmp_path / "row.html").write_text("{% macro row(name, n) %}{{ note(name, n) }}<li>{{ name }}</li>{% endmacro %}")
    app, drawn = Flask(__name__, template_folder=str(tmp_path)), []
    remember.init_app(app)
    app.jinja_env.globals["note"] = lambda *facts: drawn.append(facts) or ""
    return app, drawn


def test_a_piece_is_made_once_for_the_same_things(made):
    app, drawn = made
    with app.test_request_context():
        pages = [render_template_string(PAGE, name=name) for name in ("Ruth", "Ruth", "<b>", "Ruth")]
    assert pages == ["<li>Ruth</li><li>Ruth</li>"] * 2 + ["<li>&lt;b&gt;</li><li>&lt;b&gt;</li>", pages[0]]
    assert drawn == [("Ruth", 1), ("Ruth", 2), ("<b>", 1), ("<b>", 2)]


def test_what_is_not_a_value_is_refused(made):
    app, _ = made
    with app.test_request_context(), pytest.raises(TypeError):
        render_template_string(PAGE, name=["a list can change"])
