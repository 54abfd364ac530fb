"""What holds on every page, for everyone (design brief, acceptance points 1 to 7, 9, 10, 12, 13 and 16)."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import checks
from tests.e2e.checks import DESKTOP, PHONE, listed
from tests.e2e.conftest import Visit
from tests.e2e.pages import RICH, STOPS, Stop

CALM = {"reduced_motion": "reduce"}


def named(stop: Stop) -> str:
    """A stop in the name of a test."""
    return f"{stop.name or 'visitor'} {stop.address}"


every_page = pytest.mark.parametrize("stop", STOPS, ids=named)
rich_pages = pytest.mark.parametrize("stop", RICH, ids=named)


@every_page
def test_axe_finds_nothing_and_the_page_fits_every_window(visit: Visit, stop: Stop) -> None:
    page = visit(stop.name, stop.address, **CALM)
    assert page.title().startswith(stop.title)
    assert page.title().endswith(" – Guildhall")
    problems = checks.sound(page)
    assert not problems, listed(problems)


@rich_pages
def test_the_colours_also_hold_the_other_way_round(visit: Visit, stop: Stop) -> None:
    page = visit(stop.name, stop.address, **CALM)
    problems = checks.contrast_in_two_windows(page)
    assert not problems, listed(problems)


@rich_pages
def test_the_first_tab_shows_the_way_past_the_navigation(visit: Visit, stop: Stop) -> None:
    page = visit(stop.name, stop.address)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@rich_pages
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["wide", "narrow"])
def test_every_stop_on_the_way_through_is_seen(visit: Visit, stop: Stop, size: tuple[int, int]) -> None:
    page = visit(stop.name, stop.address, viewport={"width": size[0], "height": size[1]}, **CALM)
    script = f"() => {{ const name = {checks.NAME}; const el = document.activeElement; if (el === document.body) return null;"
    script += """ const style = getComputedStyle(el), box = el.getBoundingClientRect();
      const bar = [...document.querySelectorAll('nav')].find(nav => getComputedStyle(nav).position === 'fixed');
      const covered = bar && !bar.contains(el) && box.top >= bar.getBoundingClientRect().top;
      return [name(el), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, !covered,
        box.bottom > 0 && box.top < innerHeight]; }"""
    met: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate(script)
        if at is None:
            break
        assert at[1:] == [True, True, True], at
        met.append(at[0])
    assert 5 < len(met) < 400


@rich_pages
def test_what_is_current_or_pressed_keeps_an_outline_in_forced_colours(visit: Visit, stop: Stop) -> None:
    page = visit(stop.name, stop.address, forced_colors="active")
    marked = page.locator("[aria-current], [aria-pressed=true]").filter(visible=True)
    for one in marked.all():
        assert one.evaluate("el => parseFloat(getComputedStyle(el).outlineWidth) >= 2"), one.inner_text()
    assert marked.count() or not stop.name


@rich_pages
def test_nothing_moves_for_those_who_asked_for_rest(visit: Visit, stop: Stop) -> None:
    page = visit(stop.name, stop.address, **CALM)
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(el => { const style = getComputedStyle(el);
        return [style.transitionDuration, style.animationDuration].some(all => all.split(',').some(one => parseFloat(one) > 0)); }).length"""
    )
    assert moving == 0


@rich_pages
def test_pages_fit_and_stand_still_with_and_without_their_fonts(visit: Visit, stop: Stop) -> None:
    page = visit(stop.name, stop.address)
    page.evaluate("() => document.fonts.ready")
    page.reload()
    assert page.evaluate("() => document.fonts.check('16px Newsreader')")
    assert shifted(page) < 0.1
    page.context.route("**/*.woff2", lambda route: route.abort())
    page.reload()
    assert not page.evaluate("() => document.fonts.check('16px Newsreader')")
    for size in (DESKTOP, PHONE):
        with checks.seen(page, size):
            assert page.evaluate(checks.OVERFLOW) == []


def shifted(page: Page) -> float:
    """How far the page jumped while it was loading: the browser's own layout shift score."""
    return float(
        page.evaluate(
            """() => new Promise(resolve => { let sum = 0;
            new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; }).observe({type: 'layout-shift', buffered: true});
            setTimeout(() => resolve(sum), 200); })"""
        )
    )


def test_code_put_into_a_page_does_not_run(visit: Visit, complaints: list[str]) -> None:
    page = visit("maya", "/")
    page.evaluate(
        """() => { const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script);
        document.body.insertAdjacentHTML('beforeend', '<img src="/no" onerror="window.ran = true"><p id="styled" style="color: rgb(1, 2, 3)">x</p>');
        const style = document.createElement('style'); style.textContent = '#styled { color: rgb(1, 2, 3) }'; document.head.append(style); }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("() => window.ran") is None
    assert page.locator("#styled").evaluate("el => getComputedStyle(el).color") != "rgb(1, 2, 3)"
    assert len(complaints) >= 4
    complaints.clear()
