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


@pytest.mark.parametrize(
    ("half", "named"),
    [
        ({"STORAGE_URL": "s3://files"}, "S3_ACCESS_KEY"),
        ({"STORAGE_URL": "s3://files", "S3_ACCESS_KEY": "a"}, "S3_SECRET_KEY"),
        ({"S3_SECRET_KEY": "b"}, "S3_ACCESS_KEY"),
        ({"STORAGE_URL": "https://files.example.org"}, "s3://bucket"),
        ({"STORAGE_URL": "s3://files/../other", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}, "s3://bucket"),
        ({"S3_ENDPOINT": "s3.example.org"}, "S3_ENDPOINT"),
        ({"X_ACCEL": "files"}, "X_ACCEL"),
        ({"CLAMD_URL": "127.0.0.1:3310"}, "CLAMD_URL"),
    ],
)
def test_half_a_store_is_refused(instance, half, named):
    with pytest.raises(BadConfig, match=named):
        create_app(instance, **half)


def test_a_whole_one_is_taken_and_nothing_is_asked_of_it_yet(instance):
    keys = {"S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b", "S3_ENDPOINT": "http://127.0.0.1:9"}
    assert create_app(instance, STORAGE_URL="s3://files/of-the-forum", **keys).config["S3_REGION"] == "us-east-1"
