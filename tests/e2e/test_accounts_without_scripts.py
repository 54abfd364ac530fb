"""Registering, a forgotten password and a new address, by the mail in the instance folder, with JavaScript off."""

from playwright.sync_api import Page, expect

from tests.e2e import checks
from tests.e2e.checks import listed
from tests.e2e.conftest import Visit
from tests.e2e.site import PASSWORD, Site, person, sign_in

PLAIN = {"java_script_enabled": False}
NEW = "six grey herons waiting"


def test_someone_registers_confirms_by_mail_and_is_led_to_the_first_steps(visit: Visit, site: Site) -> None:
    page = visit("", "/register", **PLAIN)
    page.get_by_label("Your name").fill("Nora Blythe")
    page.get_by_label("Organisation").fill("Westmere Police")
    page.get_by_label("Email address").fill("nora@example.org")
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")

    page.goto(site.link("nora@example.org", "/confirm/"))
    expect(page.get_by_text("Welcome, Nora Blythe. One last step opens your account.")).to_be_visible()
    expect(page.get_by_label("Your handle")).to_have_value("nora-blythe")
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Confirm and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Nora")
    for step in ("Join a group", "Say who you are", "See who can see what"):
        expect(page.get_by_role("link", name=step)).to_be_visible()


def test_a_link_that_confirmed_once_says_so_the_second_time(visit: Visit, site: Site) -> None:
    page = visit("", "/register", **PLAIN)
    for label, words in (("Your name", "Ivy Marsh"), ("Organisation", "Marlby"), ("Email address", "ivy@example.org")):
        page.get_by_label(label).fill(words)
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Register").click()
    link = site.link("ivy@example.org", "/confirm/")
    page.goto(link)
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Confirm and sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Ivy")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")


def test_someone_who_forgot_their_password_chooses_another_by_mail(visit: Visit, site: Site) -> None:
    page = visit("", "/sign-in", **PLAIN)
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email address").fill("joanna@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("If there is an account with that address")).to_be_visible()

    page.goto(site.link("joanna@example.org", "/reset/"))
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    page.goto("/sign-in")
    page.get_by_label("Email address").fill("joanna@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This address and password don’t open an account")
    sign_in(page, "joanna@example.org", NEW)
    expect(page.get_by_role("link", name="Service Design Peers").first).to_be_visible()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(visit: Visit, site: Site) -> None:
    page = visit("", "/reset", **PLAIN)
    page.get_by_label("Email address").fill("nobody@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("If there is an account with that address")).to_be_visible()
    assert site.letters("nobody@example.org") == []


def test_hugh_changes_his_address_once_the_new_one_is_proved(visit: Visit, site: Site) -> None:
    page = person(visit("", "/sign-in", **PLAIN), "hugh")
    page.goto("/settings/account")
    page.get_by_label("Email address").fill("hugh.pemberton@example.net")
    page.get_by_label("password").first.fill(PASSWORD)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("main")).to_contain_text("hugh@example.org")
    page.goto(site.link("hugh.pemberton@example.net", "/address/"))
    page.get_by_role("button", name="Use this address").click()
    page.goto("/settings/account")
    expect(page.get_by_role("main")).to_contain_text("You sign in as hugh.pemberton@example.net")
    assert site.letters("hugh@example.org"), "the old address is told"


def problems_of(page: Page) -> str:
    """What is wrong with a page that only a mail leads to."""
    return listed(checks.sound(page))


def test_the_pages_behind_links_in_mail_are_sound_too(visit: Visit, site: Site) -> None:
    page = visit("", "/reset", reduced_motion="reduce")
    page.get_by_label("Email address").fill("leon@example.org")
    page.get_by_role("button", name="Send the link").click()
    page.goto(site.link("leon@example.org", "/reset/"))
    assert problems_of(page) == "[]"
    page.goto("/register")
    for label, words in (("Your name", "Una Reid"), ("Organisation", "Marlby"), ("Email address", "una@example.org")):
        page.get_by_label(label).fill(words)
    page.get_by_label("Password").fill(NEW)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    page.goto(site.link("una@example.org", "/confirm/"))
    assert problems_of(page) == "[]"
