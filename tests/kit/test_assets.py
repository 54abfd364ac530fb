"""Static files: joined, kept for ever, small."""

import gzip
import re
from pathlib import Path

import brotli
from flask import Flask
from flask.testing import FlaskClient

FORUM = Path(__file__).parents[2] / "forum"


def url(kit: Flask, name: str) -> str:
    return str(kit.jinja_env.globals["asset"](name))  # type: ignore[operator]


def test_the_styles_are_one_file_in_the_order_of_their_layers(kit: Flask, plain: FlaskClient) -> None:
    sheet = plain.get(url(kit, "css/site.css")).text
    layers = [found.split("{")[0].strip() for found in re.findall(r"^@layer [^;]*?[;{]", sheet, re.MULTILINE)]
    assert layers[0] == "@layer reset, tokens, base, layout, components, utilities;"
    assert layers[1] == "@layer tokens"
    assert layers[-1] == "@layer utilities"
    assert "color-scheme: dark" not in sheet


#: what only a form with a chosen file needs: fetched then, and not with every page
LATER = {"live.js", "mention.js", "pieces.js", "press.js", "quote.js", "sending.js", "similar.js", "slides.js"}


def test_the_scripts_are_one_file_that_asks_for_others_only_when_they_are_needed(
    kit: Flask, plain: FlaskClient
) -> None:
    script = plain.get(url(kit, "js/site.js")).text
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    fetched = re.findall(r"\bimport\('\./([^')]*)'\)", script)
    assert sorted(fetched) == ["live.js", "mention.js", "pieces.js", "similar.js", "slides.js"]
    assert all(plain.get(url(kit, f"js/{name}")).status_code == 200 for name in LATER)
    for module in FORUM.joinpath("static", "js").glob("*.js"):
        if module.name in LATER:
            continue
        for name in re.findall(r"^export (?:default )?function (\w+)", module.read_text(), re.MULTILINE):
            assert len(re.findall(rf"^function {name}\b", script, re.MULTILINE)) == 1, name


def test_a_file_is_kept_for_ever_under_its_address_and_sets_no_cookie(kit: Flask, plain: FlaskClient) -> None:
    reply = plain.get(url(kit, "js/composer.js"))
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in reply.headers


def test_text_comes_compressed_as_the_client_likes_and_fonts_as_they_are(kit: Flask, plain: FlaskClient) -> None:
    address = url(kit, "css/site.css")
    whole = plain.get(address).data
    by_brotli = plain.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
    by_gzip = plain.get(address, headers={"Accept-Encoding": "gzip"})
    font = plain.get(url(kit, "fonts/newsreader.woff2"), headers={"Accept-Encoding": "br"})
    assert by_brotli.headers["Content-Encoding"] == "br"
    assert brotli.decompress(by_brotli.data) == whole == gzip.decompress(by_gzip.data)
    assert len(by_brotli.data) < 8_000
    assert "Content-Encoding" not in font.headers
    assert font.content_type == "font/woff2"


def test_a_page_from_before_an_update_still_finds_its_styles(kit: Flask, plain: FlaskClient) -> None:
    reply = plain.get("/static/0123456789/css/site.css")
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-cache"


def test_what_is_not_there_is_not_found_and_a_wrong_name_in_a_template_fails(kit: Flask, plain: FlaskClient) -> None:
    rev = url(kit, "css/site.css").split("/")[2]
    assert plain.get(f"/static/{rev}/../config.py").status_code == 404
    assert plain.get(f"/static/{rev}/css/none.css").status_code == 404
    try:
        url(kit, "css/none.css")
    except LookupError:
        return
    raise AssertionError("a missing file must be noticed")


def test_every_icon_that_a_template_names_is_in_the_sprite(kit: Flask, plain: FlaskClient) -> None:
    sprite = plain.get(url(kit, "img/icons.svg")).text
    assert kit.template_folder
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named = set()
    for name in kit.jinja_env.list_templates(["html"]):
        source = kit.jinja_env.loader.get_source(kit.jinja_env, name)[0]  # type: ignore[union-attr]
        named |= set(re.findall(r"\b(?:icon|sign|notice)\('([\w-]+)'", source))
    assert named
    assert named <= known
