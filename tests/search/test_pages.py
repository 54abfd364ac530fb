"""The page of the search: kinds, rows, states, pages, and what it costs."""

import re

import pytest
from sqlalchemy import update

from forum.kit.db import db
from forum.models import Document, Post, Slide, Topic, User
from tests.conftest import make_app, sign_in
from tests.search.conftest import opening, read, slides

DECK = "/groups/performance/library/2"


def test_a_phrase_that_stands_on_slide_12_only_finds_that_slide(find, community):
    deck = community.document("performance", 2)
    first = slides(deck)[0]
    db.session.add(Slide(version_id=first.version_id, group_id=first.group_id, number=12, title="Thresholds",
                         text="• Ask the quiet kestrel first\n• Then wait", small_key="k", large_key="k", width=1600, height=900))  # fmt: skip
    db.session.commit()
    page = find("maya", '"quiet kestrel"')
    assert page.links == [f"{DECK}#slide-12"]
    assert f'src="{DECK}/slides/12/thumbnail"' in page.text
    assert "Slide 12</span> Thresholds" in page.text
    assert "Ask the <mark>quiet kestrel</mark> first" in page.text
    assert page.counts == {"Topics and posts": "", "Pages": "", "Workshops": "", "Files and slides": "1", "People": ""}
    for name in ("sam", "", "grace", "hugh", "leon"):
        page = find(name, '"quiet kestrel"')
        assert page.count == "0" and not page.links
        assert set(page.counts.values()) == {""} and "Thresholds" not in page.text


def test_words_are_found_in_each_place_where_they_may_stand(find, community):
    topic, deck = community.topic("performance", 1), community.document("performance", 2)
    topic.title, opening(topic).body = "Wombats at work", "Of numbats, too."
    deck.title, deck.description = "Bilby in a box", "With a quokka beside it"
    one, two = slides(deck)
    one.title, one.text, one.notes, two.described = "Dingo", "• A potoroo", "Say galah slowly", "A kookaburra laughs"
    db.session.commit()
    here, slide = "/groups/performance/topics/1", f"{DECK}#slide-1"
    where = {"wombats": here, "wombat": here, "numbat": here, "bilby": DECK, "quokka": DECK, "dingo": slide,
             "potoroo": slide, "galah": slide, "kookaburra": f"{DECK}#slide-2"}  # fmt: skip
    assert {word: find("maya", word).links for word in where} == {word: [link] for word, link in where.items()}


def test_what_a_person_wrote_of_a_slide_stands_in_place_of_its_own_words(find, community):
    one = slides(community.document("performance", 2))[0]
    one.text, one.described = "• Misread wrds", "What it really says"
    db.session.commit()
    assert find("maya", "misread").count == "0"
    assert find("maya", '"really says"').links == [f"{DECK}#slide-1"]


def test_accents_and_endings_make_no_difference(find, community):
    post = opening(community.topic("performance", 1))
    post.body = "The café organises MEASURING days for naïve equipes"
    db.session.commit()
    for words in (
        "cafe",
        "CAFÉ",
        "cafe organising",
        "cafe organised",
        "cafe measure",
        "cafe measures",
        "naive cafe",
        "café équipe",
        '"organised measures"',
    ):
        assert find("maya", words).links == ["/groups/performance/topics/1"], words
    for words in ("organ -cafe", '"days measuring"', "measurex"):
        assert find("maya", words, kind="talk").links == [], words


def test_every_word_counts_even_the_smallest(find, community):
    opening(community.topic("performance", 1)).body = "to be or not to be"
    db.session.commit()
    assert find("maya", '"or not to be"').links == ["/groups/performance/topics/1"]


def test_people_are_found_by_name_handle_and_organisation(find, community):
    community.ruth.organisation = "Kingsmere Conservancy"
    db.session.commit()
    for words in ("ruth", "castell", "Ruth Castellan", "kingsmere", "ruth kingsmere"):
        assert find("maya", words, kind="people").links == ["/people/ruth"], words
    assert find("maya", "castellan maya", kind="people").links == []


@pytest.mark.parametrize(
    ("audience", "who", "sees"),
    [("groups", "maya", True), ("groups", "joanna", False), ("nobody", "maya", False), ("nobody", "ruth", True)],
)
def test_an_organisation_that_is_not_shown_finds_nobody(find, community, audience, who, sees):
    community.ruth.organisation, community.ruth.organisation_for = "Kingsmere Conservancy", audience
    db.session.commit()
    for words in ("kingsmere", "ruth kingsmere"):
        page = find(who, words, kind="people")
        assert page.links == (["/people/ruth"] if sees else [])
        assert page.counts["People"] == ("1" if sees else "")
    assert find(who, "ruth -kingsmere", kind="people").links == ([] if sees else ["/people/ruth"])


def test_visitors_find_what_is_public_and_no_people(find, community):
    public, closed = (opening(community.topic(slug, 1)) for slug in ("service-design", "performance"))
    public.body = closed.body = "A marvellous thylacine"
    db.session.commit()
    page = find("", "thylacine")
    assert page.links == ["/groups/service-design/topics/1"]
    assert list(page.counts) == ["Topics and posts", "Pages", "Workshops", "Files and slides"]
    assert find("", "ruth", kind="people").links == []


def test_only_one_group_when_it_is_asked_for(find, community):
    for slug in ("service-design", "performance"):
        opening(community.topic(slug, 1)).body = "A marvellous thylacine"
    db.session.commit()
    assert find("maya", "thylacine", group="performance").links == ["/groups/performance/topics/1"]
    assert len(find("maya", "thylacine").links) == 2
    for slug in ("reorganisation", "no-such-group"):
        assert find("maya", "thylacine", group=slug).links == []


def test_a_group_one_may_not_know_of_answers_as_none(find, community):
    opening(community.topic("reorganisation", 1)).body = "A marvellous thylacine"
    db.session.commit()
    real, none = (find("maya", "thylacine", group=slug) for slug in ("reorganisation", "reorganisatiox"))
    tidy = [re.sub("reorganisatio[nx]|[0-9a-f]{16}", "ASKED", page.text) for page in (real, none)]
    assert tidy[0] == tidy[1]


def test_markup_that_was_typed_stays_text(find, community):
    topic = community.topic("performance", 1)
    topic.title, post = "Of <b>thylacines</b>", opening(topic)
    post.body, post.html = "thylacine <script>", "<p>A thylacine &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    db.session.commit()
    page = find("maya", "thylacine").text
    assert "A <mark>thylacine</mark> &lt;script&gt;alert(1)" in page and "<script>alert" not in page
    assert "Of &lt;b&gt;<mark>thylacines</mark>&lt;/b&gt;" in page
    assert "<h1>0 found for “&lt;i&gt;q”</h1>" in find("maya", "<i>q").text


@pytest.mark.parametrize(("words", "says"), [
    ("", "only in what you can open"),
    ("a", "at least two letters"),
    ("-audit", "at least two letters"),
    ("xylophonist", "Nothing that you can read matches"),
])  # fmt: skip
def test_each_state_says_what_to_do(find, words, says):
    page = find("maya", words)
    assert page.status == 200 and says in page.text and not page.links


def test_a_search_that_takes_too_long_ends_calmly(app, community, tmp_path):
    for n in range(30):
        db.session.add(
            Topic(group_id=community.group("policy").id, n=500 + n, kind="discussion", title="x", author_id=1)
        )
    db.session.flush()
    for topic in db.session.query(Topic).filter(Topic.n >= 500):
        db.session.add(
            Post(
                topic_id=topic.id,
                group_id=topic.group_id,
                no=0,
                place=0,
                author_id=1,
                body="thylacine",
                html="",
                renderer=1,
            )
        )
    db.session.commit()
    slow = make_app(
        tmp_path / "slow",
        app.config["DATABASE_URL"],
        SEARCH_DEADLINE=0.0 if "sqlite" in app.config["DATABASE_URL"] else 0.001,
    )
    if db.engine.dialect.name == "postgresql":
        lock = db.engine.connect()
        lock.exec_driver_sql("BEGIN; LOCK TABLE post_index IN ACCESS EXCLUSIVE MODE")
    reply = sign_in(slow, community.maya).get("/search?q=thylacine")
    if db.engine.dialect.name == "postgresql":
        lock.exec_driver_sql("ROLLBACK")
        lock.close()
    assert reply.status_code == 503
    assert "takes too long" in reply.text and 'value="thylacine"' in reply.text
    with slow.app_context():
        db.session.remove()
        db.engine.dispose()
    assert len(read(sign_in(app, community.maya).get("/search?q=thylacine&kind=talk")).links) == 20


def test_pages_follow_each_other_without_gap_or_repetition(find, community, as_):
    topic = community.topic("policy", 1)
    for n in range(1000, 1055):
        db.session.add(
            Post(
                topic_id=topic.id,
                group_id=topic.group_id,
                no=n,
                place=n,
                author_id=community.ruth.id,
                body=f"thylacine {n}",
                html="",
                renderer=1,
            )
        )
        db.session.flush()
    db.session.commit()
    maya, address, seen = as_(community.maya), "/search?q=thylacine", []
    while address:
        reply = maya.get(address)
        seen += read(reply).links
        older = re.search(r'<a class="btn btn--small" href="([^"]+)" rel="next">', reply.text)
        address = older[1].replace("&amp;", "&") if older else ""
        db.session.add(
            Post(
                topic_id=topic.id,
                group_id=topic.group_id,
                no=2000 + len(seen),
                place=1,
                author_id=1,
                body="thylacine",
                html="",
                renderer=1,
            )
        )
        db.session.commit()  # what is added meanwhile moves no page
    assert seen == [f"/groups/policy/topics/1/posts/{n}" for n in range(1054, 999, -1)]


def test_the_address_of_a_page_counts_nothing_and_tells_nothing(find, community):
    """A place that one may not know of is as one that is not there."""
    hidden = opening(community.topic("reorganisation", 1))
    hidden.body = opening(community.topic("performance", 1)).body = "thylacine"
    db.session.commit()
    pages = [
        find("maya", "thylacine", kind="talk", after=place)
        for place in ("reorganisation/1/0", "reorganisation/987/0", "x", "//", "a/²/9")
    ]
    assert {tuple(page.links) for page in pages} == {("/groups/performance/topics/1",)}


def test_more_than_fifty_are_not_counted(find, community):
    topic = community.topic("policy", 1)
    db.session.add_all(
        Post(
            topic_id=topic.id,
            group_id=topic.group_id,
            no=n,
            place=n,
            author_id=1,
            body="thylacine",
            html="",
            renderer=1,
        )
        for n in range(1000, 1140)
    )
    db.session.commit()
    page = find("maya", "thylacine")
    assert page.count == "More than 50" and page.counts["Topics and posts"] == "50+"


def test_the_best_come_first_when_asked(find, community):
    old, new = community.topic("performance", 1), community.topic("performance", 2)
    old.title, opening(new).body = "Thylacine thylacine", "A thylacine"
    db.session.commit()
    newest, best = find("maya", "thylacine"), find("maya", "thylacine", sort="best")
    assert sorted(newest.links) == sorted(best.links)
    assert best.links[0] == "/groups/performance/topics/1"


@pytest.mark.parametrize("kind", ["talk", "files", "people"])
def test_a_page_asks_the_database_six_times_at_most(as_, community, watch, kind):
    db.session.execute(update(Post).values(body="thylacine"))
    db.session.execute(update(User).values(name="Thylacine"))
    db.session.execute(update(Slide).values(text="thylacine"))
    db.session.commit()
    maya = as_(community.maya)
    maya.get("/search?q=x")
    with watch() as seen:
        assert len(read(maya.get(f"/search?q=thylacine&kind={kind}")).links) > 4
    assert len(seen.statements) <= 6, seen.statements


def test_nothing_of_it_is_kept_anywhere(as_, community, caplog):
    with caplog.at_level("DEBUG"):
        reply = as_(community.maya).get("/search?q=thylacine")
    assert reply.headers["Cache-Control"] == "private, no-store"
    assert "thylacine" not in caplog.text


def test_every_page_has_the_field(visitor, as_, community):
    for browser in (visitor, as_(community.maya)):
        assert '<form class="site-search" action="/search" role="search"' in browser.get("/").text


def test_a_file_of_which_only_the_card_may_be_seen_is_not_found(find, community):
    document = community.document("policy", 1)
    db.session.execute(update(Document).where(Document.id == document.id).values(title="Thylacine", audience="members"))
    db.session.commit()
    assert find("tom", "thylacine").links == ["/groups/policy/library/1"]
    assert find("joanna", "thylacine").links == []
