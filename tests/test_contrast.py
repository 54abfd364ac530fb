"""Every pair of colours we rely on can be read, light and dark (WCAG 2.2: 4.5 for text, 3 for signs)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[1] / "forum" / "static" / "css"
TEXT, SIGN = 4.5, 3.0
GROUNDS = ("paper", "surface", "sunken")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "link") for ground in (*GROUNDS, "primary-soft", "ok-soft")),
    *(("ink", ground, TEXT) for ground in ("new-soft", "danger-soft")),
    *(("danger", ground, TEXT) for ground in ("paper", "surface", "danger-soft")),
    *(("on-hue", f"hue-{n}", TEXT) for n in range(1, 9)),
    *((sign, ground, SIGN) for sign in ("new", "focus-outer") for ground in GROUNDS),
    *((sign, ground, SIGN) for sign in ("field", "primary") for ground in ("paper", "surface")),
    ("on-primary", "primary", TEXT),
    ("on-primary", "primary-strong", TEXT),
    ("primary-ink", "primary-soft", TEXT),
    ("new-ink", "new-soft", TEXT),
    ("ok-ink", "ok-soft", TEXT),
    ("ok-ink", "surface", TEXT),
    ("paper", "ink", TEXT),
    ("ok-ink", "paper", SIGN),
    ("focus-inner", "primary", SIGN),
    ("focus-inner", "focus-outer", SIGN),
]


def tokens(name: str) -> dict[str, str]:
    text = (CSS / name).read_text()
    hues = {f"hue-{n}": colour for n, colour in re.findall(r"\.hue-(\d) \{ --hue: (#\w{6})", text)}
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b", text)) | hues


LIGHT = tokens("tokens.css")
THEMES = {"light": LIGHT, "dark": LIGHT | tokens("tokens-dark.css")}


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground", "need"), PAIRS, ids=str)
def test_it_can_be_read(theme: str, ink: str, ground: str, need: float) -> None:
    lighter, darker = sorted((luminance(THEMES[theme][ink]), luminance(THEMES[theme][ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= need


def test_black_on_white_is_twenty_one() -> None:
    assert (luminance("#ffffff") + 0.05) / (luminance("#000000") + 0.05) == pytest.approx(21)
