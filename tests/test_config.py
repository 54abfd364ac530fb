"""A running site can't be made unsafe by a variable or a forgotten line (security.md 48)."""

import json

import pytest

from forum import create_app
from forum.config import BadConfig
from tests.conftest import SECRETS


@pytest.fixture
def instance(tmp_path):
    """The folder of a site with good secrets."""
    (tmp_path / "secrets.json").write_text(json.dumps(SECRETS))
    return tmp_path


def test_debugging_is_not_switched_on_from_outside(instance, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert create_app(instance).debug is False


@pytest.mark.parametrize("name", ["TESTING", "PROPAGATE_EXCEPTIONS"])
def test_what_is_for_tests_is_no_variable(instance, monkeypatch, name):
    monkeypatch.setenv(f"FLASK_{name}", "true")
    with pytest.raises(BadConfig, match=name):
        create_app(instance)


@pytest.mark.parametrize("name", ["TESTING", "PROPAGATE_EXCEPTIONS", "DEBUG"])
def test_what_is_for_tests_is_no_setting(instance, name):
    (instance / "config.py").write_text(f"{name} = True\n")
    with pytest.raises(BadConfig, match=name):
        create_app(instance)


@pytest.mark.parametrize("key", ["short", "a" * 40, 7])
def test_a_former_key_is_as_good_as_the_present_one(instance, key):
    with pytest.raises(BadConfig, match="SECRET_KEY_FALLBACKS"):
        create_app(instance, SECRET_KEY_FALLBACKS=[key])
    assert create_app(instance, SECRET_KEY_FALLBACKS=["0123456789-abcdefghijklmnopqrstuv"])
