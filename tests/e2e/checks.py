"""What holds on every page, whoever opens it: each check is the list of what is wrong."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE, NARROW, ZOOMED = (1280, 900), (390, 844), (320, 640), (320, 256)
AXE_SOURCE = Axe().axe_script

AXE = """rules => axe.run(document, {resultTypes: ['violations'], ...rules}).then(found => found.violations.map(
  one => `${one.id}: ` + one.nodes.slice(0, 3).map(node => node.target.join(' ') + ' ' + node.html.slice(0, 160)).join(' | ')))"""

#: names of things in lists of complaints
NAME = "el => el.tagName.toLowerCase() + (el.id ? '#' + el.id : '') + ' ' + (el.textContent || '').trim().slice(0, 40)"

OVERFLOW = f"""() => {{ const name = {NAME}; const wide = document.documentElement.scrollWidth; if (wide <= innerWidth) return [];
  const out = [...document.querySelectorAll('body *')].filter(el => el.getBoundingClientRect().right > innerWidth + 1);
  return [`${{wide}} px wide: ` + out.slice(0, 4).map(name).join(' | ')]; }}"""

#: WCAG 1.4.12, as a member's own style sheet would set it
SPACING = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }"""

FIXED = f"""() => [...document.querySelectorAll('body *')].filter(el => getComputedStyle(el).position === 'fixed').map({NAME})"""

HEADINGS = """() => { const found = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(el => el.checkVisibility());
  const levels = found.map(el => +el.tagName[1]), wrong = [];
  if (levels.filter(level => level === 1).length !== 1) wrong.push(`${levels.filter(level => level === 1).length} h1`);
  found.forEach((el, at) => { if (levels[at] - (levels[at - 1] ?? 1) > 1) wrong.push(`h${levels[at]} after h${levels[at - 1]}: ${el.textContent.trim()}`); });
  return wrong; }"""

BARE = """() => [...[...document.querySelectorAll('[style]')].map(el => 'style= on ' + el.tagName),
  ...[...document.querySelectorAll('script:not([src]), style')].map(el => 'inline ' + el.tagName),
  ...[...document.querySelectorAll('*')].filter(el => [...el.attributes].some(one => one.name.startsWith('on'))).map(el => 'handler on ' + el.tagName)]"""

EMPTY = f"""() => [...document.querySelectorAll('main ul, main ol, main dl, main table, main select')].filter(
  el => !el.children.length && !('uploads' in el.dataset)).map({NAME})"""

#: after one Tab, so that what is focused counts as reached by keyboard
FOCUS = f"""async () => {{ const name = {NAME}, wrong = [], bar = [...document.querySelectorAll('body *')].find(el => getComputedStyle(el).position === 'fixed' && !el.closest('.skip'));
  const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter(el => el.tabIndex >= 0 && el.checkVisibility({{visibilityProperty: true}}));
  for (const el of all) {{
    el.focus(); if (document.activeElement !== el) {{ wrong.push('takes no focus: ' + name(el)); continue; }}
    const shown = el.matches('input.vh, .choice input, .check input') ? [el, el.closest('label')] : [el];
    if (!shown.some(one => {{ const s = getComputedStyle(one); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; }})) wrong.push('no outline: ' + name(el));
    if (bar && !bar.contains(el)) {{ const box = el.getBoundingClientRect(), at = bar.getBoundingClientRect();
      if (Math.min(box.bottom, at.top) - box.top < Math.min(box.height, 44)) wrong.push('below the bar: ' + name(el)); }}
  }}
  return wrong; }}"""


@contextmanager
def seen(page: Page, size: tuple[int, int], **media: Any) -> Iterator[None]:
    """The page in a window of that size, perhaps dark; and as it was again."""
    before = page.viewport_size
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(**media)
    yield
    page.emulate_media(**dict.fromkeys(media))
    if before:
        page.set_viewport_size(before)


def axe(page: Page, *rules: str) -> list[str]:
    """What axe finds: all that its tags name, or these rules only."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SOURCE)
    chosen = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    return list(page.evaluate(AXE, {"runOnly": chosen}))


def axe_in_two_windows(page: Page) -> list[str]:
    """What axe finds in a wide window by day and a narrow one by night."""
    return [*_axe_in(page, DESKTOP, "light"), *_axe_in(page, PHONE, "dark")]


def contrast_in_two_windows(page: Page) -> list[str]:
    """What axe finds of colours in a wide window by night and a narrow one by day."""
    return [*_axe_in(page, DESKTOP, "dark", "color-contrast"), *_axe_in(page, PHONE, "light", "color-contrast")]


def _axe_in(page: Page, size: tuple[int, int], scheme: str, *rules: str) -> list[str]:
    with seen(page, size, color_scheme=scheme):
        return [f"{size[0]} px, {scheme}: {one}" for one in axe(page, *rules)]


def fits(page: Page) -> list[str]:
    """Whether the page fits a window of 320 px, with wider spacing too, and nothing stays in place at 400 % zoom."""
    found = []
    with seen(page, PHONE):
        found += [f"390 px: {one}" for one in page.evaluate(OVERFLOW)]
    with seen(page, ZOOMED):
        found += [f"fixed at 400 %: {one}" for one in page.evaluate(FIXED)]
    with seen(page, NARROW):
        found += [f"320 px: {one}" for one in page.evaluate(OVERFLOW)]
        page.evaluate(SPACING)
        found += [f"320 px, spaced: {one}" for one in page.evaluate(OVERFLOW)]
        page.evaluate("() => { document.adoptedStyleSheets = []; }")
    return found


def reads(page: Page) -> list[str]:
    """Whether headings, targets, lists and focus are as they should be, and nothing stands inline."""
    found = []
    for what, script in {"heading": HEADINGS, "inline": BARE, "empty": EMPTY}.items():
        found += [f"{what}: {one}" for one in page.evaluate(script)]
    for size in (DESKTOP, PHONE):
        with seen(page, size):
            page.keyboard.press("Tab")
            found += [f"focus at {size[0]}: {one}" for one in page.evaluate(FOCUS)]
    return found


def sound(page: Page) -> list[str]:
    """All that is wrong with a page."""
    return [*axe_in_two_windows(page), *fits(page), *reads(page)]


def listed(problems: list[str]) -> str:
    """The problems, one a line, for a failing test."""
    return json.dumps(problems, indent=1, ensure_ascii=False)
