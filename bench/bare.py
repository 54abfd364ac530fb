"""The measure of all figures: a bare Flask page, the least that such a page can be in Python.

Session cookie, the member's permission by one lookup, one indexed SELECT of 20 posts by SQLite's driver, Jinja, 24 KB.
No models, no rooms, no chrome beyond words. BARE_DATABASE names the file, BARE_KEY signs cookies.
"""

import hashlib
import os
import threading

import pysqlite3 as sqlite
from flask import Flask, abort, render_template, session
from jinja2 import DictLoader

ALLOWED = """
SELECT u.name, g.id FROM session s JOIN "user" u ON u.id = s.user_id JOIN "group" g ON g.slug = ?
JOIN membership m ON m.user_id = u.id AND m.group_id = g.id
WHERE s.digest = ? AND s.ended_at IS NULL AND m.standing IN ('member', 'facilitator', 'owner')
"""
POSTS = """
SELECT p.no, p.html, p.created_at, u.name, u.handle, u.organisation FROM post p JOIN "user" u ON u.id = p.author_id
WHERE p.topic_id = (SELECT id FROM topic WHERE group_id = ? AND n = ?) AND p.place > ? AND p.place <= ?
ORDER BY p.place, p.no
"""
SIZE = 20
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Posts</title><link rel="stylesheet" href="/style.css"></head>
<body>
<header class="site"><a href="/">Site</a>
<nav><ul>{% for word in words %}<li><a href="/{{ word }}">{{ word }}</a></li>{% endfor %}</ul></nav>
<p>{{ name }}</p></header>
<main>{% for no, html, at, who, handle, organisation in posts %}
<article class="post" id="post-{{ no }}" aria-labelledby="post-{{ no }}-h">
<header class="post-head"><span class="avatar" aria-hidden="true"></span>
<h3 id="post-{{ no }}-h"><a href="/people/{{ handle }}">{{ who }}</a></h3>
<p class="meta">{{ organisation }} · <a class="quiet" href="/posts/{{ no }}">
<time datetime="{{ at }}">{{ at }}</time></a></p>
</header>
<div class="prose">{{ html|safe }}</div>
<div class="post-foot"><a class="btn btn--ghost btn--small" href="/replies?to={{ no }}">Reply to post {{ no }}</a>
<a class="btn btn--ghost btn--small" href="/replies?to={{ no }}&amp;quote=1">Quote post {{ no }}</a></div>
</article>{% endfor %}
</main>
<footer>{% for word in words %}<a href="/about/{{ word }}">{{ word }}</a> {% endfor %}</footer>
</body></html>"""
WORDS = ("home", "groups", "people", "help", "privacy")

app = Flask(__name__)
app.jinja_loader = DictLoader({"page.html": PAGE})
app.secret_key = os.environ.get("BARE_KEY", "")
own = threading.local()


def database() -> sqlite.Connection:
    """This thread's connection."""
    if not hasattr(own, "connection"):
        own.connection = sqlite.connect(os.environ["BARE_DATABASE"], isolation_level=None)
        for pragma in ("journal_mode=WAL", "mmap_size=0", "cache_size=-16000"):
            own.connection.execute(f"PRAGMA {pragma}")
    return own.connection


@app.get("/<slug>/<int:n>/<int:page>")
def show(slug: str, n: int, page: int) -> str:
    """Twenty posts, for a member."""
    digest = hashlib.sha256(session.get("sid", "").encode()).hexdigest()
    allowed = database().execute(ALLOWED, (slug, digest)).fetchone()
    if allowed is None:
        abort(403)
    name, group = allowed
    posts = database().execute(POSTS, (group, n, (page - 1) * SIZE, page * SIZE)).fetchall()
    return render_template("page.html", words=WORDS, name=name, posts=posts)
