"""A post cites slides: chosen or typed, shown to those who may open the deck, and kept on their version."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.kit.db import db
from forum.models import Citation, Cites, Document, Draft, Group, Kind, Topic
from tests import sketches
from tests.discussions.conftest import Talk, see
from tests.library.conftest import PDF, address
from tests.library.conftest import shelve as shelve  # noqa: PLC0414 a fixture

Shelve = Callable[..., Document]
PLACE = "/groups/performance/topics"


@pytest.fixture
def deck(shelve: Shelve) -> Document:
    """Ruth's deck of three slides in Performance Management."""
    document = shelve("performance", "ruth", "may.pdf", PDF, title="Slides of May")
    sketches.draw(document, 3, title="Kestrel {}")
    return document


def value(document: Document, k: int, v: int = 1) -> str:
    """What names a slide in a form."""
    return f"{document.group.slug}/{document.n}/{v}/{k}"


def cites() -> list[tuple[int, bool]]:
    """Every citation there is: the slide's number, and whether it was picked."""
    db.session.expire_all()
    return [(row.number, row.picked) for row in db.session.scalars(select(Citation).order_by(Citation.id))]


def test_discuss_opens_the_composer_with_the_slide(community: Any, as_: Any, deck: Document, talk: Talk) -> None:
    maya = as_(community.maya)
    ways = re.findall(r'href="([^"]+)">Discuss slide 2<', maya.get(address(deck)).text)
    page = maya.get(ways[0]).text
    assert f'name="cite" value="{value(deck, 2)}" checked' in page and "Slide 2: Kestrel 2" in page
    n = talk.topic(maya, "performance", "What does this mean?", cite=value(deck, 2))
    shown = see(as_(community.tom), f"{PLACE}/{n}").text
    assert f"/library/{deck.n}/versions/1/slides/2/thumbnail" in shown and "Slide 2: Kestrel 2" in shown
    assert "Slides of May" in shown and cites() == [(2, True)]
    about = see(as_(community.tom), address(deck)).words
    assert "What does this mean? about slide 2" in about and "Talked about 1 time" in about


@pytest.mark.parametrize("form", ["#slide-3", "/slides/3", "/versions/1/slides/3"])
def test_the_address_of_a_slide_in_a_text_cites_it(
    community: Any, as_: Any, deck: Document, talk: Talk, form: str
) -> None:
    maya = as_(community.maya)
    talk.reply(maya, "performance", 1, f"See http://localhost{address(deck)}{form} and say.")
    assert cites() == [(3, False)]
    assert "Slide 3: Kestrel 3" in see(as_(community.tom), f"{PLACE}/1").text


def test_a_link_from_the_root_cites_and_code_does_not(community: Any, as_: Any, deck: Document, talk: Talk) -> None:
    at = address(deck)
    talk.reply(
        as_(community.maya), "performance", 1, f"[this]({at}#slide-1), `{at}#slide-2`, http://else.org{at}#slide-3"
    )
    assert cites() == [(1, False)]


def test_only_what_the_writer_may_open_is_cited(community: Any, as_: Any, deck: Document, talk: Talk) -> None:
    """The address of a slide that somebody can't open stays a link, and tells them nothing."""
    n = talk.topic(as_(community.hugh), "policy", "Seen elsewhere", body=f"http://localhost{address(deck)}#slide-1")
    assert cites() == [] and "Kestrel" not in see(as_(community.hugh), f"/groups/policy/topics/{n}").text
    refused = talk.ask(as_(community.hugh), "policy", "Seen elsewhere", cite=value(deck, 1))
    assert refused.status_code == 422 and "can’t be cited any more" in refused.text
    assert "Kestrel" not in refused.text and cites() == []


def test_who_may_not_open_the_deck_sees_a_card_without_its_words(
    community: Any, as_: Any, shelve: Shelve, talk: Talk
) -> None:
    """Of a file for facilitators nothing; of one for members, in an open group, its card."""
    secret = shelve("performance", "ruth", "plan.pdf", PDF, title="The plan", audience="facilitators")
    known = shelve("policy", "ruth", "known.pdf", PDF, title="For members")
    for document in (secret, known):
        sketches.draw(document, 2, title="Osprey {}")
    talk.reply(as_(community.ruth), "performance", 1, "Look.", cite=value(secret, 1))
    topic = talk.topic(as_(community.ruth), "policy", "For whom?", cite=value(known, 2))
    maya = see(as_(community.maya), f"{PLACE}/1").text
    assert 'class="cites"' not in maya and "The plan" not in maya and "Osprey" not in maya
    assert f"/library/{secret.n}" not in maya
    outside = see(as_(community.joanna), f"/groups/policy/topics/{topic}").text
    member = see(as_(community.maya), f"/groups/policy/topics/{topic}").text
    assert "Osprey 2" in member and "You can’t open this slide" not in member
    assert "Osprey" not in outside and "For members" in outside and "You can’t open this slide" in outside


def test_a_slide_of_another_group_is_asked_for_at_every_request(
    community: Any, as_: Any, deck: Document, talk: Talk
) -> None:
    """Nothing of it is taken from what a browser kept: leaving the group takes the words away at once."""
    n = talk.topic(as_(community.maya), "policy", "A slide from next door", cite=value(deck, 1))
    tom, where = as_(community.tom), f"/groups/policy/topics/{n}"
    first = see(tom, where)
    assert "Kestrel 1" in first.text and "ETag" not in first.headers
    assert "Kestrel" not in see(as_(community.sam), where).text
    tom.post("/groups/performance/departure")
    db.session.expire_all()
    after = see(tom, where).text
    assert "Kestrel" not in after and "Slides of May" not in after and 'class="cites"' not in after
    assert (
        db.session.scalars(select(Topic.cites).where(Topic.n == n, Topic.title.like("A slide%"))).one() == "elsewhere"
    )


def test_who_talks_about_a_slide_is_told_only_to_those_who_may_read_it(
    community: Any, as_: Any, shelve: Shelve, talk: Talk
) -> None:
    """A deck of the open parent, talked about in the closed sub-group: outside neither the topic nor the count."""
    handout = shelve("policy", "ruth", "handout.pdf", PDF, title="Handout", audience="registered")
    sketches.draw(handout, 2, title="Wren {}")
    talk.topic(as_(community.maya), "performance", "Behind closed doors", cite=value(handout, 2))
    inside, outside = (see(as_(person), address(handout)) for person in (community.tom, community.hugh))
    assert "Behind closed doors about slide 2" in inside.words and 'data-talk="1"' in inside.text
    assert outside.status == 200 and "Behind closed" not in outside.text and "data-talk" not in outside.text


def test_a_citation_stays_on_its_version_and_says_that_there_is_a_newer_one(
    community: Any, as_: Any, deck: Document, talk: Talk
) -> None:
    maya = as_(community.maya)
    talk.reply(maya, "performance", 1, f"As on http://localhost{address(deck)}#slide-2 here.")
    send = {"file": (io.BytesIO(PDF + b"%"), "may.pdf")}
    as_(community.ruth).post(address(deck, "/versions"), data=send, content_type="multipart/form-data")
    db.session.expire_all()
    sketches.draw(deck, 3, title="Heron {}")
    page = see(maya, f"{PLACE}/1").text
    assert "Slide 2: Kestrel 2" in page and "Heron" not in page and "there is a newer version" in page
    assert f"/library/{deck.n}/versions/1#slide-2" in page
    no = int(re.findall(r'id="post-(\d+)"', page)[-1])
    said = {"body": f"As on http://localhost{address(deck)}#slide-2 here, mended.", "revision": "0"}
    assert maya.post(f"{PLACE}/1/posts/{no}/edit", data=said).status_code == 303
    assert "Slide 2: Kestrel 2" in see(maya, f"{PLACE}/1").text
    assert "said of version 1" in see(maya, address(deck)).text


def test_editing_leaves_slides_out_and_adds_others(community: Any, as_: Any, deck: Document, talk: Talk) -> None:
    maya = as_(community.maya)
    talk.reply(maya, "performance", 1, "Look at this.", cite=[value(deck, 1), value(deck, 2)])
    no = db.session.scalar(select(func.max(Topic.last_no)).join(Group).where(Group.slug == "performance", Topic.n == 1))
    where = f"{PLACE}/1/posts/{no}/edit"
    assert f'value="{value(deck, 2)}" checked' in maya.get(where).text
    same = {"body": "Look at this.", "revision": "0"}
    assert maya.post(where, data={**same, "cite": [value(deck, 2), value(deck, 3)]}).status_code == 303
    assert cites() == [(2, True), (3, True)]
    assert maya.post(where, data=same).status_code == 303
    assert cites() == []


def test_slides_are_chosen_without_scripts_and_nothing_typed_is_lost(
    community: Any, as_: Any, deck: Document, talk: Talk
) -> None:
    maya = as_(community.maya)
    first = talk.reply(maya, "performance", 1, "Half a thought", pick="")
    assert first.status_code == 200 and "Half a thought" in first.text and "Slides of May" in first.text
    second = talk.reply(maya, "performance", 1, "Half a thought", pick=str(deck.n), cite=value(deck, 3))
    assert [f'value="{value(deck, k)}"' in second.text for k in (1, 2, 3)] == [True] * 3
    assert f'value="{value(deck, 3)}" checked' in second.text and f'value="{value(deck, 1)}" checked' not in second.text
    assert "Half a thought" in second.text and cites() == []
    topic = talk.ask(maya, "performance", "Half a title", pick=str(deck.n))
    assert topic.status_code == 200 and "Half a title" in topic.text and "Kestrel 3" in topic.text


def test_the_preview_shows_the_slides(community: Any, as_: Any, deck: Document, talk: Talk) -> None:
    maya = as_(community.maya)
    shown = talk.reply(maya, "performance", 1, "Look.", preview="1", cite=value(deck, 2)).text
    piece = maya.post("/groups/performance/preview", data={"body": "Look.", "cite": value(deck, 2)}).text
    assert all("/versions/1/slides/2/thumbnail" in one for one in (shown, piece)) and cites() == []


def test_a_draft_keeps_the_slides(community: Any, as_: Any, deck: Document) -> None:
    maya = as_(community.maya)
    maya.post(f"{PLACE}/1/draft", data={"body": "Later", "cite": [value(deck, 1), "no/such"]})
    assert db.session.scalars(select(Draft)).one().fields["cite"] == value(deck, 1)
    assert f'value="{value(deck, 1)}" checked' in see(maya, f"{PLACE}/1").text
    maya.post(f"{PLACE}/draft", data={"title": "Later", "cite": value(deck, 2)})
    assert f'value="{value(deck, 2)}" checked' in maya.get(f"{PLACE}/new").text


def test_more_than_ten_slides_are_refused_with_the_text_kept(
    community: Any, as_: Any, shelve: Shelve, talk: Talk
) -> None:
    long = shelve("performance", "ruth", "long.pdf", PDF)
    sketches.draw(long, 12)
    refused = talk.reply(as_(community.maya), "performance", 1, "All", cite=[value(long, k) for k in range(1, 12)])
    assert refused.status_code == 422 and "up to 10 slides, and this one cites 11" in refused.text
    assert "All</textarea>" in refused.text and cites() == []


@pytest.mark.parametrize(
    "odd", ["", "performance", "performance/1/1/0", "x/" * 4, "performance/9999999999/1/1", "é/1/1/1"]
)
def test_odd_names_of_slides_are_no_slides(community: Any, as_: Any, odd: str) -> None:
    assert as_(community.maya).get(f"{PLACE}/new", query_string={"cite": odd}).status_code == 200


def test_a_deleted_post_cites_nothing_and_a_deleted_file_shows_nothing(
    community: Any, as_: Any, deck: Document, talk: Talk
) -> None:
    maya = as_(community.maya)
    talk.reply(maya, "performance", 1, "One", cite=value(deck, 1))
    talk.reply(maya, "performance", 1, "Two", cite=value(deck, 2))
    no = max(int(one) for one in re.findall(r'id="post-(\d+)"', see(maya, f"{PLACE}/1").text))
    maya.post(f"{PLACE}/1/posts/{no}/deletion")
    assert cites() == [(1, True)]
    assert "Two" not in see(as_(community.tom), address(deck)).text
    as_(community.ruth).post(address(deck, "/removal"))
    page = see(maya, f"{PLACE}/1").text
    assert "Kestrel" not in page and "Slides of May" not in page and 'class="cites"' not in page


def test_a_form_sent_twice_with_other_slides_is_another_post(
    community: Any, as_: Any, deck: Document, talk: Talk
) -> None:
    maya, key = as_(community.maya), "a" * 16
    for cite in (value(deck, 1), value(deck, 1)):
        talk.reply(maya, "performance", 1, "Once", cite=cite, key=key)
    assert cites() == [(1, True)]


def test_a_topic_that_cites_costs_one_statement_more_whatever_it_cites(
    community: Any, as_: Any, deck: Document, talk: Talk, watch: Any
) -> None:
    maya = as_(community.maya)
    n = talk.topic(maya, "performance", "Many slides", cite=value(deck, 1))
    with watch() as few:
        see(as_(community.tom), f"{PLACE}/{n}")
    for _ in range(8):
        talk.reply(maya, "performance", n, "More", cite=[value(deck, k) for k in (1, 2, 3)])
    with watch() as many:
        see(as_(community.dan), f"{PLACE}/{n}")
    assert len(many.statements) == len(few.statements)


def test_a_group_that_closes_takes_its_slides_back(community: Any, as_: Any, shelve: Shelve, talk: Talk) -> None:
    handout = shelve("service-design", "tom", "open.pdf", PDF, audience="registered", title="Open so far")
    sketches.draw(handout, 1, title="Lark {}")
    n = talk.topic(as_(community.maya), "policy", "From an open group", cite=value(handout, 1))
    where = f"/groups/policy/topics/{n}"
    assert "Lark 1" in see(as_(community.sam), where).text
    group = community.group("service-design")
    group.kind, group.public_reading = Kind.PRIVATE, False
    db.session.commit()
    assert "Lark" not in see(as_(community.sam), where).text
    assert db.session.scalars(select(Topic.cites).where(Topic.title == "From an open group")).one() == Cites.ELSEWHERE


def test_a_draft_that_cites_is_asked_for_at_every_request(community: Any, as_: Any, deck: Document, talk: Talk) -> None:
    maya = as_(community.maya)
    n = talk.topic(maya, "policy", "A draft below it")
    where = f"/groups/policy/topics/{n}"
    assert "ETag" in see(maya, where).headers
    maya.post(f"{where}/draft", data={"body": "Later", "cite": value(deck, 1)})
    assert "Kestrel 1" in see(maya, where).text and "ETag" not in see(maya, where).headers
    as_(community.ruth).post(address(deck, "/audience"), data={"audience": "facilitators"})
    assert "Kestrel" not in see(maya, where).text


def test_a_reply_sent_again_with_its_files_leads_to_the_first(community: Any, as_: Any) -> None:
    maya, key = as_(community.maya), "b" * 16
    kept = maya.post(f"{PLACE}/1/replies", data={"body": "", "key": key, "files": [(io.BytesIO(PDF), "a.pdf")]})
    number = re.findall(r'name="kept" value="(\d+)"', kept.text)[0]
    sent = {"body": "With a file", "key": key, "kept": number, "offered": number}
    first, second = (maya.post(f"{PLACE}/1/replies", data=sent) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
