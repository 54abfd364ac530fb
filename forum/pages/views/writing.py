"""Writing a page: begun, changed, kept while it is typed; and what two people wrote at once, in one text."""

from flask import current_app, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum import drafts, once
from forum.access import Person, enter, fetch, require, viewer
from forum.kit import text
from forum.kit.db import db
from forum.kit.merging import merge
from forum.kit.quoting import own_words, quoted_lines
from forum.kit.rates import limiter
from forum.models import Group, Page, Topic
from forum.pages import actions
from forum.pages.blueprint import bp
from forum.pages.forms import PageForm
from forum.pages.linking import titled
from forum.pages.queries import editor_of, version_at
from forum.pages.quoting import story_of
from forum.sight import sight

Answer = str | Response | tuple[str, int]
OFTEN = "60 per minute"


def by_person() -> str:
    """Whom pages are counted for."""
    me = viewer()
    return f"person:{me.id}" if me else f"address:{request.remote_addr}"


def write_limit() -> str:
    """How many pages may be saved in how long."""
    return str(current_app.config["LIMIT_POST"])


def place_of(thing: Group | Page) -> str:
    """Where the draft of a page, or of a new one of a group, is kept. A story of each topic has a place of its own."""
    if isinstance(thing, Page):
        return f"page:{thing.id}"
    n = story_no()
    return f"new-page:{thing.id}:story:{n}" if n else f"new-page:{thing.id}"


def story_no() -> int:
    """The number of the topic that the address names to make a story of; 0 = of none."""
    n = request.args.get("story", 0, type=int)
    return n if 0 < n < 2**31 else 0


def to_page(slug: str, n: int) -> Response:
    """303 to the page."""
    return redirect(url_for("pages.page", slug=slug, n=n), 303)


@bp.route("/new", methods=["GET", "POST"])
@limiter.limit(write_limit, key_func=by_person, methods=["POST"])
def new(slug: str) -> Answer:
    """A new page of the group."""
    me = viewer()
    group = enter(me, slug)
    require(me, "preview", group)
    if request.method != "POST":
        draft = drafts.from_draft(me.id or 0, place_of(group))
        return written(me, group, PageForm(None, data=draft.fields if draft else story(me, slug)))
    form = PageForm()
    if not form.submitted() or "preview" in request.form:
        return written(me, group, form), 422 if form.errors else 200
    claim = once.claim(me.id or 0, form.key.data, "page", str(group.id), form.title.data, form.body.data)
    if claim.result:
        return redirect(claim.result, 303)
    try:
        page = actions.begin(me, group, form.title.data, form.body.data)
    except text.TooLong as error:
        db.session.rollback()
        return refused(me, group, form, error)
    drafts.discard_draft(me.id or 0, place_of(group))
    address = claim.done(url_for("pages.page", slug=slug, n=page.n))
    db.session.commit()
    return redirect(address, 303)


@bp.route("/<number:n>/edit", methods=["GET", "POST"])
@limiter.limit(write_limit, key_func=by_person, methods=["POST"])
def edit(slug: str, n: int) -> Answer:
    """The page, changed. When somebody else was quicker, what both wrote is put into one text, and nothing is saved."""
    me = viewer()
    page = fetch(Page, me, slug, n=n)
    require(me, "edit page", page)
    if request.method != "POST":
        draft = drafts.from_draft(me.id or 0, place_of(page))
        now_ = {"title": page.title, "body": page.body, "revision": str(page.revision)}
        return written(me, page.group, PageForm(None, data=draft.fields if draft else now_), page)
    form = PageForm()
    if not form.submitted() or "preview" in request.form:
        return written(me, page.group, form, page), 422 if form.errors else 200
    try:
        actions.save(me, page, int(form.revision.data), form.title.data, form.body.data)
    except actions.Stale:
        db.session.rollback()
        return merged(me, fetch(Page, me, slug, n=n), form)
    except text.TooLong as error:
        return refused(me, page.group, form, error, page)
    drafts.discard_draft(me.id or 0, place_of(page))
    db.session.commit()
    return to_page(slug, n)


def refused(me: Person, group: Group, form: PageForm, error: text.TooLong, page: Page | None = None) -> Answer:
    """The page to write on, with what is wrong with the text."""
    form.refuse("body", str(error))
    return written(me, group, form, page), 422


def story(me: Person, slug: str) -> dict[str, str]:
    """What a practice story of the topic that the address names begins with."""
    n = story_no()
    if not n:
        return {}
    topic = fetch(Topic, me, slug, n=n)
    here = f"/groups/{slug}/topics/{n}"
    quotes = [
        quoted_lines(f"**{post.name}**, [post {post.no}]({here}/posts/{post.no}):", own_words(post.body))
        for post in story_of(me, topic)
    ]
    parts = [f"From [{topic.title}]({here}).", "**What it was about**", *quotes[:1], "**What helped**", *quotes[1:]]
    return {"title": f"Practice story: {topic.title}"[:150], "body": "\n\n".join([*parts, "**What we do now**", ""])}


def merged(me: Person, page: Page, form: PageForm) -> Answer:
    """The page on which both texts stand in one, to be looked at and saved."""
    mine, title = form.body.data, form.title.data
    base = version_at(page, int(form.revision.data))
    marks = (f"({editor_of(page, me).name} wrote:)", "(You wrote:)")
    both = merge(base.body if base else "", page.body + "\n", mine + "\n", marks)
    if base and title == base.title:
        form.title.data = page.title
    form.body.data, form.revision.data = both.text.strip("\n"), str(page.revision)
    shown = render_template(
        "pages/merge.html", nav="groups", group=page.group, page=page, form=form,
        base=url_for("pages.index", slug=page.group.slug),
        by=editor_of(page, me), clashes=both.clashes, changed=text.diff(page.body, form.body.data), mine=mine,
        titles=(page.title, title), sight=sight(page.group, "this page"),
    )  # fmt: skip
    return shown, 409


def written(me: Person, group: Group, form: PageForm, page: Page | None = None) -> str:
    """The page to write on."""
    preview = "preview" in request.form and not form.errors
    shown: Markup | None = titled(me, actions.rendered(form.body.data)) if preview else None
    return render_template(
        "pages/edit.html", nav="groups", group=group, page=page, form=form, shown=shown, story=story_no(),
        base=url_for("pages.index", slug=group.slug), sight=sight(group, "this page"),
    )  # fmt: skip


@bp.post("/draft")
@limiter.limit(OFTEN, key_func=by_person)
def keep_new_draft(slug: str) -> Response:
    """Keeps what was typed of a new page."""
    group = enter(viewer(), slug)
    require(viewer(), "preview", group)
    return kept(viewer(), place_of(group), url_for("pages.new", slug=slug, story=story_no() or None))


@bp.post("/<number:n>/draft")
@limiter.limit(OFTEN, key_func=by_person)
def keep_draft(slug: str, n: int) -> Response:
    """Keeps what was typed of a page."""
    page = fetch(Page, viewer(), slug, n=n)
    require(viewer(), "edit page", page)
    return kept(viewer(), place_of(page), url_for("pages.edit", slug=slug, n=n))


def kept(me: Person, place: str, back: str) -> Response:
    """Keeps or discards the draft, and commits. A page is led back; a script is told that it is done."""
    typed = {
        name: request.form[name].replace("\0", "") for name in ("title", "body", "revision") if name in request.form
    }
    if "discard" in request.form:
        drafts.discard_draft(me.id or 0, place)
    else:
        drafts.keep_draft(me.id or 0, place, typed)
    db.session.commit()
    asked_by_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return Response(status=204) if asked_by_script else redirect(back, 303)
