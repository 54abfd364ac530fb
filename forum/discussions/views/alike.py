"""Questions like the one that is being asked, before it is posted."""

from flask import render_template, request

from forum.access import Person, enter, require, viewer
from forum.discussions.blueprint import bp
from forum.discussions.forms import MAX_TITLE
from forum.discussions.queries.similar import Alike, similar
from forum.discussions.views.limits import by_person
from forum.kit.rates import limiter
from forum.models import TopicKind

#: a title is typed in as many steps as it has words
OFTEN = "60 per minute"


@bp.post("/groups/<slug>/topics/similar")
@limiter.limit(OFTEN, key_func=by_person)
def find_similar(slug: str) -> str:
    """A piece of HTML for the page that asks: nothing when there is none. Posted, so that no title is in an address."""
    me = viewer()
    group = enter(me, slug)
    require(me, "start topic", group)
    return render_template("discussions/similar.html", similar=like(me, request.form))


def like(me: Person, form: dict[str, str]) -> list[Alike]:
    """The questions like the one in a form; none for what is no question."""
    if form.get("kind", TopicKind.QUESTION.value) != TopicKind.QUESTION.value:
        return []
    return similar(me, form.get("title", "")[:MAX_TITLE])
