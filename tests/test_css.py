"""The looks stay small, and colours stay in one place."""

import re
from pathlib import Path

import pytest

FORUM = Path(__file__).parents[1] / "forum"
CSS = sorted((FORUM / "static" / "css").rglob("*.css"))
SCRIPTS = sorted((FORUM / "static" / "js").glob("*.js"))
PAGES = [page for page in sorted((FORUM / "templates").rglob("*.html")) if page.parent.name != "mail"]
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\b(?:rgb|hsl|oklch)a?\(")
LAYER = {"tokens-dark": "tokens"}


def test_the_styles_fit_their_budget() -> None:
    """What every page loads together is as large as the prototype's; what few pages load is small."""
    rooms = [sheet for sheet in CSS if sheet.parent.name == "rooms"]
    assert rooms
    assert sum(len(sheet.read_bytes()) for sheet in CSS if sheet not in rooms) <= 30_000
    assert all(len(sheet.read_bytes()) <= 4_000 for sheet in rooms)


@pytest.mark.parametrize("sheet", CSS, ids=lambda sheet: sheet.stem)
def test_a_sheet_stays_in_its_layer_and_takes_its_colours_from_the_tokens(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    if sheet.stem == "layers":
        assert text.strip() == "@layer reset, tokens, base, layout, components, utilities;"
        return
    layer = "components" if sheet.parent.name in {"components", "rooms"} else LAYER.get(sheet.stem, sheet.stem)
    assert re.findall(r"@layer (\w+)", text) == [layer]
    assert sheet.stem.startswith("tokens") or not COLOUR.search(text)
    assert "!important" not in text or sheet.stem in {"reset", "base"}
    assert not re.search(r"(?:^|[\s,])#[a-z][\w-]*\s*[{,]", text, re.MULTILINE), "no selector by id"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_page_has_style_or_code_of_its_own(page: Path) -> None:
    text = page.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_is_short_and_writes_no_html(script: Path) -> None:
    text = script.read_text()
    assert len(text.splitlines()) <= 80
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|[`'\"]<[a-z]", text)
