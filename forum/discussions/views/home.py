"""The front page: for a member what changed, for a visitor what this is."""

import re

from flask import current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import SignIn, catch_up, viewer
from forum.discussions import visiting
from forum.discussions.blueprint import bp
from forum.discussions.listing import listed
from forum.discussions.queries.home import SHOWN, TO_HELP, Front, stirred_for
from forum.discussions.queries.mine import News, news_for
from forum.discussions.queries.rows import Row
from forum.kit import fresh
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.when import plural
from forum.models import SEATED

KINDS = {"": "", "questions": "question", "announcements": "announcement"}
#: the first letter that shows: not one of a tag
FIRST_LETTER = re.compile(r"(?<![^>])[a-z](?![^<]*>)")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@bp.get("/")
def home() -> Response:
    """What changed for this person since they were last here on another day."""
    me = viewer()
    if not me:
        return make_response(render_template("discussions/welcome.html", nav="home"))
    wanted = request.args.get("show", "")
    if wanted not in KINDS:
        raise NotFound
    zone = me.timezone or current_app.config["TIMEZONE"]
    news = news_for(me)
    visiting.note(me.id or 0, me.visited_at, zone)
    since = visiting.since(me.visited_at, me.visited_before_at, zone)
    away = since is not None and now() - since > visiting.AWAY
    stirred = stirred_for(me, KINDS[wanted], news.topics, away)
    most = 10 if away else SHOWN
    facts = {
        "news": listed(news.rows, zone), "new": listed(stirred.new[:most], zone),
        "more": stirred.more or len(stirred.new) > most,
        "asked_rows": news.asked, "waiting_rows": listed(waiting_for(news, stirred), zone),
        "wanted": wanted, "sentence": sentence(news, stirred), "away": away,
        "since": visiting.in_words(since, zone) if since else "", "first_name": me.name.split(" ", 1)[0],
        "newcomer": not any(seat.standing in SEATED for seat in me.seats.values()), "files": stirred.files,
        "coming": stirred.coming,
    }  # fmt: skip
    page = render_template("discussions/home.html", nav="home", **facts).encode()
    name = fresh.by_text(page)
    return fresh.unchanged(name) or fresh.stamped(make_response(page), name)


def waiting_for(news: News, stirred: Front) -> list[Row]:
    """The questions in their groups that wait, but those they were asked about, which stand before them."""
    asked = {(row.group, row.n) for row in news.asked}
    return [row for row in stirred.waiting if (row.group, row.n) not in asked][: max(0, TO_HELP - len(asked))]


def sentence(news: News, stirred: Front) -> Markup:
    """At most three clauses, each a link: what is for them, what else is new, whom they could help."""
    clauses = [clause for clause in (_for_you(news), _elsewhere(news, stirred), _to_help(news, stirred)) if clause]
    if not clauses:
        return Markup("")
    joined = clauses[0] if len(clauses) == 1 else Markup("%s, and %s") % (Markup(", ").join(clauses[:-1]), clauses[-1])
    if news.rows:  # it begins with a name
        return joined + "."
    return Markup(FIRST_LETTER.sub(lambda found: found[0].upper(), joined, count=1)) + "."  # noqa: S704 only a letter changes


def _for_you(news: News) -> Markup:
    if not news.rows:
        return Markup("")
    names = (
        " and ".join(news.names)
        if len(news.names) < 3
        else f"{news.names[0]}, {news.names[1]} and {number(len(news.names) - 2)} more"
    )
    if len(news.rows) == 1:
        row = news.rows[0]
        link = f"/groups/{row.group[0] if row.group else ''}/topics/{row.n}/new"
        return Markup("%s <a href='%s'>%s in “%s”</a>") % (names, link, row.why, row.title)
    return Markup("%s <a href='#you-h'>wrote to you in %s discussions</a>") % (names, number(len(news.rows)))


def _elsewhere(news: News, stirred: Front) -> Markup:
    if not stirred.new:
        return Markup("")
    posts = sum(row.new for row in stirred.new)
    groups = len({row.group for row in stirred.new})
    verb, more = ("is" if posts == 1 else "are"), ("more " if news.rows else "")
    words = f"{posts}{'+' if stirred.more else ''} {more}new post{'s' if posts != 1 else ''}"
    where = (
        "your groups" if stirred.more else "one of your groups" if groups == 1 else f"{number(groups)} of your groups"
    )
    return Markup("there %s <a href='#groups-h'>%s</a> in %s") % (verb, words, where)


def _to_help(news: News, stirred: Front) -> Markup:
    waiting = len(news.asked) + len(waiting_for(news, stirred))
    if not waiting:
        return Markup("")
    who = "one question waits" if waiting == 1 else f"{number(waiting)} questions wait"
    return Markup("<a href='#help-h'>%s</a> for an answer you may know") % who


def number(count: int) -> str:
    """A small number as a word."""
    return NUMBERS[count] if count < len(NUMBERS) else plural(count, "").strip()


@bp.post("/caught-up")
def mark_all_read() -> Response:
    """Nothing posted so far is new to them any more."""
    me = viewer()
    if not me:
        raise SignIn
    catch_up(me, now())
    db.session.commit()
    return redirect(url_for("discussions.home"), 303)
