"""Pages of groups: written together, every version kept, and nothing lost when two save at once."""

import html
import re
import secrets

import pytest
from sqlalchemy import func, select

from forum.access import person
from forum.groups import actions as groups
from forum.kit.clock import now
from forum.kit.db import db
from forum.models import Draft, Page, PageVersion
from tests.discussions.conftest import see, talk

__all__ = ["talk"]

TEXT = "# Before the visit\n\nAsk for the file.\n\nBring two pens.\n\nSay who you are."


def write(browser, slug="policy", **said):
    """The answer to a new page."""
    data = {"title": "How we visit", "body": TEXT, "key": secrets.token_hex(8), **said}
    return browser.post(f"/groups/{slug}/pages/new", data=data)


def change(browser, address, body, revision=1, title="How we visit"):
    """The answer to a change."""
    return browser.post(f"{address}/edit", data={"title": title, "body": body, "revision": str(revision)})


@pytest.fixture
def page(community, as_):
    """The address of a page that Maya wrote in Policy."""
    return write(as_(community.maya)).headers["Location"]


def test_a_member_writes_a_page_and_every_reader_reads_it(community, as_, page):
    assert re.fullmatch(r"/groups/policy/pages/\d+", page)
    for who in (community.leon, community.joanna):
        seen = see(as_(who), page)
        assert "How we visit" in seen.words and "Bring two pens." in seen.words and community.maya.name in seen.words
        assert "How we visit" in see(as_(who), "/groups/policy/pages").words
    assert "/edit" not in see(as_(community.joanna), page).text
    assert as_(community.joanna).get(f"{page}/edit").status_code == 403
    assert write(as_(community.joanna)).status_code == 403


def test_a_form_sent_twice_makes_one_page(community, as_):
    maya, key = as_(community.maya), secrets.token_hex(8)
    assert write(maya, key=key).headers["Location"] == write(maya, key=key).headers["Location"]


def test_bad_input_comes_back_with_what_was_typed(community, as_, page):
    reply = write(as_(community.maya), title="", body="Kept words")
    assert reply.status_code == 422 and "Write a title" in reply.get_data(as_text=True)
    assert "Kept words" in reply.get_data(as_text=True)
    assert write(as_(community.maya), body="x" * 40_001).status_code == 422
    assert change(as_(community.maya), page, "").status_code == 422
    said = see(
        as_(community.maya),
        write(as_(community.maya), title="<b>x</b>", body="<script>alert(1)</script>").headers["Location"],
    )
    assert "<script>alert" not in said.text and "&lt;b&gt;x&lt;/b&gt;" in said.text


def test_history_shows_who_changed_what_and_the_way_back(community, as_, page):
    change(as_(community.sam), page, TEXT.replace("two pens", "three pens"))
    leon = as_(community.leon)
    history = see(leon, f"{page}/history")
    assert "Version 2" in history.words and community.sam.name in history.words
    assert "<del>two</del><ins>three</ins>" in see(leon, f"{page}/history/2").text
    assert leon.get(f"{page}/history/3").status_code == 404 == leon.get(f"{page}/history/0").status_code
    assert leon.post(f"{page}/history/1/return").status_code == 303
    assert "two pens" in see(leon, page).words and "brings back version 1" in see(leon, f"{page}/history").words
    assert "three pens" in see(leon, f"{page}/history/2").words


def test_two_people_save_at_once_and_nothing_is_lost(community, as_, page):
    sam, leon = as_(community.sam), as_(community.leon)
    assert change(sam, page, TEXT.replace("Ask for", "Read")).status_code == 303
    second = change(leon, page, TEXT.replace("two pens", "a pencil"))
    said = html.unescape(second.get_data(as_text=True))
    assert second.status_code == 409 and "Two of you changed this page" in said
    assert community.sam.name in said
    proposal = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", said, re.DOTALL)[1]
    assert "Read the file." in proposal and "a pencil" in proposal
    assert "a pencil" not in see(leon, page).words
    revision = re.search(r'name="revision" type="hidden" value="(\d+)"', said)[1]
    assert change(leon, page, proposal, int(revision)).status_code == 303
    words = see(leon, page).words
    assert "Read the file." in words and "a pencil" in words and "3 versions" in words


def test_where_they_changed_the_same_line_both_stand_in_the_proposal(community, as_, page):
    change(as_(community.sam), page, TEXT.replace("two pens", "three pens"))
    said = html.unescape(change(as_(community.leon), page, TEXT.replace("two pens", "no pens")).get_data(as_text=True))
    proposal = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", said, re.DOTALL)[1]
    assert "three pens" in proposal and "no pens" in proposal and "In 1 place you both changed the same lines" in said


def test_saving_a_page_that_is_gone_or_closed_changes_nothing(community, as_, page):
    as_(community.tom).post(f"{page}/protection")
    assert change(as_(community.sam), page, "Too late").status_code == 403
    assert "Only facilitators change this page." in see(as_(community.sam), page).words
    assert change(as_(community.tom), page, "By Tom").status_code == 303
    as_(community.tom).post(f"{page}/protection/end")
    assert change(as_(community.sam), page, "By Sam", 2).status_code == 303
    assert as_(community.sam).post(f"{page}/removal").status_code == 403
    assert as_(community.tom).post(f"{page}/removal").status_code == 303
    assert as_(community.sam).get(page).status_code == 404 == change(as_(community.sam), page, "x", 3).status_code
    assert db.session.scalar(select(func.count()).where(PageVersion.body.contains("By Sam"))) == 0
    assert write(as_(community.maya)).headers["Location"] != page


def test_pages_of_a_closed_group_are_its_members_alone(community, as_):
    address = write(as_(community.maya), "performance", title="Among us").headers["Location"]
    for below in ("", "/edit", "/history", "/history/1"):
        assert as_(community.sam).get(address + below).status_code == 403
        assert as_(community.dan).get(address + below).status_code == 200
    groups.leave(person(community.dan.id), community.group("performance"))
    db.session.commit()
    assert as_(community.dan).get(address).status_code == 403


def test_a_typed_address_becomes_a_link_with_a_title_for_who_may_read_it(community, as_):
    inside = write(as_(community.maya), "performance", title="Among us").headers["Location"]
    links = [
        f"http://localhost{inside}",
        "http://localhost/groups/performance/pages/999",
        "http://localhost/groups/policy/topics/1",
    ]
    address = write(
        as_(community.maya), title="Links", body="\n\n".join([*links, f"[my own words]({links[0]})"])
    ).headers["Location"]
    maya, sam = see(as_(community.maya), address), see(as_(community.sam), address)
    title = community.topic("policy").title
    assert (
        ">Among us</a>" in maya.text and title in maya.words and title in sam.words and ">my own words</a>" in sam.text
    )
    assert "Among us" not in sam.text and sam.text.count(">a place that may not be open to you</a>") == 2
    assert maya.text.count(">a place that may not be open to you</a>") == 1


def test_a_draft_of_a_page_is_kept_and_is_its_writers_alone(community, as_, page):
    sam = as_(community.sam)
    assert sam.post(f"{page}/draft", data={"title": "T", "body": "Half a thought", "revision": "1"}).status_code == 303
    assert "Half a thought" in see(sam, f"{page}/edit").text
    assert "Half a thought" not in see(as_(community.leon), f"{page}/edit").text
    assert change(sam, page, "A whole thought").status_code == 303
    assert db.session.scalar(select(func.count()).where(Draft.user_id == community.sam.id)) == 0
    sam.post("/groups/policy/pages/draft", data={"title": "New", "body": "From nothing"})
    assert "From nothing" in see(sam, "/groups/policy/pages/new").text


def test_the_list_is_paged_by_time(community, as_, watch):
    group, maya = community.group("policy"), community.maya.id
    db.session.add_all(
        Page(group_id=group.id, n=n, title=f"Page {n}", body="x", html="x", renderer=1, editor_id=maya)
        for n in range(100, 160)
    )
    db.session.commit()
    leon = as_(community.leon)
    first = see(leon, "/groups/policy/pages")
    older = re.findall(r'href="(/groups/policy/pages\?before=[\d-]+)"', first.text)
    assert first.text.count('class="topic-title"') == 50 and len(older) == 1
    assert see(leon, older[0]).text.count('class="topic-title"') >= 10
    assert see(leon, "/groups/policy/pages?before=x-y").status == 200


def test_ids_of_another_group_open_nothing(community, as_, page):
    n = page.rsplit("/", 1)[1]
    for who in (community.maya, community.priya):
        assert as_(who).get(f"/groups/performance/pages/{int(n) + 500}/edit").status_code == 404
        assert change(as_(who), f"/groups/performance/pages/{int(n) + 500}", "x").status_code == 404


def test_a_version_that_quotes_a_post_that_went_comes_back_without_its_words(community, as_, page, talk):
    maya = as_(community.maya)
    n = talk.topic(maya, "policy", "How do you visit?")
    talk.reply(maya, "policy", n, "With two pens.")
    quote = f"> [post 1](/groups/policy/topics/{n}/posts/1)\n>\n> With two pens."
    assert change(maya, page, quote).status_code == 303
    assert change(maya, page, "Nothing any more.", 2).status_code == 303
    assert maya.post(f"/groups/policy/topics/{n}/posts/1/deletion").status_code == 303
    reply = maya.post(f"{page}/history/2/return", follow_redirects=True)
    assert reply.status_code == 200 and "says again what it said in version 2" in reply.get_data(as_text=True)
    words = see(maya, page).words
    assert "Nothing any more." not in words and "With two pens." not in words
    assert "With two pens." not in see(as_(community.sam), page).words


def test_links_by_somebody_new_do_not_come_with_a_page_that_cannot_wait(community, as_, page):
    sam = community.sam
    sam.created_at = now()
    db.session.commit()
    link = "See https://kestrel.example/feathers for more."
    for reply in (write(as_(sam), body=link), change(as_(sam), page, f"{TEXT}\n\n{link}")):
        text = reply.get_data(as_text=True)
        assert reply.status_code == 422 and "Links by somebody new wait" in text and link in text
    assert change(as_(sam), page, f"{TEXT}\n\nNo link.").status_code == 303
    assert change(as_(community.tom), page, link, 2).status_code == 303
    assert change(as_(sam), page, f"{link}\n\nAs before.", 3).status_code == 303
