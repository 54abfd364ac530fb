"""A topic's page, and the ways to one of its posts."""

from datetime import datetime
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from forum import uploads
from forum.access import Person, can, default_audience, viewer
from forum.discussions import cards, moving, reading
from forum.discussions.blueprint import bp
from forum.discussions.cards import Around
from forum.discussions.citing import picks
from forum.discussions.queries.abilities import abilities
from forum.discussions.queries.answers import answer_in_short
from forum.discussions.queries.citations import Cited, cited_on
from forum.discussions.queries.gate import TopicRow, topic_at
from forum.discussions.queries.offers import asked_from, open_question
from forum.discussions.queries.places import first_new, pages_of, place_of, places_of, shown_up_to
from forum.discussions.queries.polls import over, poll_of
from forum.discussions.queries.posts import Page, page_of
from forum.discussions.queries.questions import put_questions, seat_on
from forum.discussions.queries.quotations import put_quotes
from forum.discussions.queries.went import parts_of
from forum.discussions.reading import Marks, marks_of
from forum.discussions.views.arriving import files_in
from forum.discussions.views.picking import chosen
from forum.kit import fresh
from forum.kit.clock import now
from forum.kit.text import RENDERER
from forum.models import Cites
from forum.sight import Sight, sight

TOPIC = "/groups/<slug>/topics/<named:n>"


@bp.get(TOPIC, endpoint="topic")
def show(slug: str, n: int) -> Response:
    """One page of a topic. What it shows is read from then on: that is noted, and written a moment later."""
    me = viewer()
    topic = topic_at(me, slug, n)
    size, gap = current_app.config["POSTS_PER_PAGE"], current_app.config["VISIT_GAP"]
    number, pages = request.args.get("page", 1, type=int), pages_of(topic, size)
    if not 1 <= number <= pages:
        raise NotFound
    moment, seen = now(), sight(topic)
    topic.seat, answered = seat_on(me, topic, *places_of(number, size))
    marks = reading.visit(marks_of(me, topic), gap, moment) if me else Marks(topic.last_no, topic.last_no, None, None)
    around = surroundings(me, topic, moment)
    # whether another group's slides may be opened, and what they say, stands in no version of this one
    elsewhere = (
        topic.cites == Cites.ELSEWHERE
        or topic.parted
        or (topic.draft and (topic.draft.get("cite") or topic.draft.get("kept")))
    )
    name = "" if elsewhere else tag(me, topic, marks.mark, around, seen)
    if name and (reply := fresh.unchanged(name)):
        return reply
    page = page_of(me, topic, marks.mark, number, size, request.args.get("post", type=int))
    put_files(me, topic, page, *places_of(number, size))
    put_cites(me, topic, page, *places_of(number, size))
    put_quotes(me, topic, (page.opening, *page.posts()), *places_of(number, size))
    put_questions(topic, page.posts(), answered)
    hop(topic, page, number, pages)
    runs = cards.draw(page, around)
    if me and (read := reading.moved(marks, shown_up_to(topic, marks.seen, number, size), gap, moment)):
        reading.markers.put((me.id or 0, topic.id), read)
    shown = drawn(topic, page, runs, marks, around, seen)
    return fresh.stamped(shown, name) if name else shown


def tag(me: Person, topic: TopicRow, mark: int, around: Around, seen: Sight) -> str:
    """The ETag of the page: who reads, what they may, what was written, what is new to them, and the hour."""
    own = (mark, topic.following, topic.waits, topic.draft, topic.draft_at)
    reader = (me.id, me.version, me.name, me.photo_key, me.theme, *own)
    group = (topic.group.version, topic.group.parent and topic.group.parent.version, seen.sentence)
    return fresh.tag(
        request.full_path,
        reader,
        group,
        topic.level,
        topic.version,
        around,
        RENDERER,
        now().hour,
        topic.poll_id and over(topic.poll_closes_at),
        topic.seat and (topic.seat.phase, topic.seat.workshop, topic.seat.sitters),
    )


def surroundings(me: Person, topic: Any, moment: datetime) -> Around:
    """What is the same for all posts of the page."""
    group, zone = topic.group, me.timezone or current_app.config["TIMEZONE"]
    return Around(
        f"/groups/{group.slug}/topics/{topic.n}", group.slug, group.name, abilities(me, topic), default_audience(group),
        uploads.way_to_open(me, group), topic.accepted_no, zone, cards.today_in(zone, moment),
    )  # fmt: skip


def put_files(me: Person, topic: TopicRow, page: Page, above: int, upto: int) -> None:
    """Gives each post of the page that is seen its files. One statement, if the group has files at all."""
    files = uploads.attached_to(topic, above, upto, me) if topic.group.last_document_n else {}
    for post in (page.opening, *page.posts()):
        if post and post.author:
            post.files = files.get(post.id, ())


def put_cites(me: Person, topic: TopicRow, page: Page, above: int, upto: int) -> None:
    """Gives each post of the page that is seen the slides it cites. One statement, if any post of the topic does."""
    cites = {} if topic.cites == Cites.NONE else cited_on(topic.id, above, upto, me)
    for post in (page.opening, *page.posts()):
        if post and post.author:
            post.cites = cites.get(post.id, ())


def hop(topic: TopicRow, page: Page, number: int, pages: int) -> None:
    """Leads from each New pill to the next: in the order of the page, then to the pages after, then to the composer."""
    new = [post for post in page.posts() if post.new]
    later = f"/groups/{topic.group.slug}/topics/{topic.n}/new?after={number}"
    for at, post in enumerate(new):
        post.next_new = f"#post-{new[at + 1].no}" if at + 1 < len(new) else "#reply" if number == pages else later


def drawn(
    topic: TopicRow, page: Page, runs: tuple[Markup, Markup], marks: Marks, around: Around, seen: Sight
) -> Response:
    """The page."""
    number, pages = request.args.get("page", 1, type=int), pages_of(topic, current_app.config["POSTS_PER_PAGE"])
    posts = list(page.posts())
    shown = render_template(
        "discussions/topic.html", nav="groups", group=topic.group, topic=topic, page=page, runs=runs, may=around.may,
        base=around.base, around=around, number=number, pages=pages, marks=marks, sight=seen,
        new=[post for post in posts if post.new], answer=answer_in_short(topic),
        asked=asked_from(topic.asked), open_question=open_question,
        files=[file for post in (page.opening, *posts) if post for file in post.files],
        composer=composer(topic, around, seen) if around.may.reply else None,
        poll=poll_of(topic) if number == 1 else None, may_vote=can(viewer(), "vote", topic),
        posted="posted" in request.args and topic.author_id == viewer().id,
        back=moving.undoable(viewer(), topic) if around.may.lead else None, parts=parts_of(viewer(), topic),
        latest=None if number < pages else max((post.no for post in posts), default=None),
    )  # fmt: skip
    return make_response(shown)


def composer(topic: TopicRow, around: Around, seen: Sight) -> Markup:
    """Where a reply is written, with all that its draft has kept."""
    return cards.composer(topic, around, seen, drafted(topic), files_in(viewer(), topic.group, topic.draft))


def drafted(topic: TopicRow) -> list[Cited]:
    """The slides that the draft of a reply cites."""
    return chosen(viewer(), picks(topic.draft["cite"].split())) if topic.draft and topic.draft.get("cite") else []


@bp.get(TOPIC + "/new")
def first_new_post(slug: str, n: int) -> Answer:
    """The way to the first new post; to the composer when there is none."""
    me = viewer()
    topic = topic_at(me, slug, n)
    size = current_app.config["POSTS_PER_PAGE"]
    above = request.args.get("after", 0, type=int) * size
    if not me:
        return redirect(url_for("discussions.topic", slug=slug, n=n), 303)
    marks = reading.visit(marks_of(me, topic), current_app.config["VISIT_GAP"], now())
    if marks.mark < 0 and not above:
        return redirect(url_for("discussions.topic", slug=slug, n=n), 303)
    found = first_new(me, topic, marks.mark, above) if above < topic.last_place or not above else None
    if found is None:
        return to_page(slug, n, pages_of(topic, size), "reply")
    return redirect(address_of(slug, n, *found), 303)


@bp.get(TOPIC + "/posts/<number:k>")
def post(slug: str, n: int, k: int) -> Answer:
    """The way to a post: its page, with its run open."""
    topic = topic_at(viewer(), slug, n)
    found = place_of(topic, k)
    if found is None:
        raise NotFound
    return redirect(address_of(slug, n, *found), 303)


def address_of(slug: str, n: int, no: int, place: int, head: int | None) -> str:
    """Where a post is: the page of its place; a reply in a run is named, so that the run does not fold it away."""
    number = max(1, -(-place // current_app.config["POSTS_PER_PAGE"]))
    page, post = number if number > 1 else None, no if head else None
    return url_for("discussions.topic", slug=slug, n=n, page=page, post=post, _anchor=f"post-{no}")


def to_page(slug: str, n: int, number: int, anchor: str) -> Answer:
    """303 to a place on a page of a topic."""
    return redirect(
        url_for("discussions.topic", slug=slug, n=n, page=number if number > 1 else None, _anchor=anchor), 303
    )
