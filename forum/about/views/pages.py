"""Pages about the site, for everyone."""

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.about import law
from forum.about.blueprint import bp

DAY = 24 * 3_600


@bp.get("/about")
def index() -> Response:
    """The first of the pages."""
    return redirect(url_for("about.access"), 303)


@bp.get("/about/access")
def access() -> str:
    """Who can see what: the table that decides it."""
    values = {"kinds": law.kinds(), "rows": law.table(), "columns": law.columns(), "levels": law.WORDS}
    return render_template("about/access.html", meanings=law.MEANINGS, **values)


@bp.get("/about/guidelines")
def guidelines() -> str:
    """How we talk here."""
    return render_template("about/guidelines.html")


@bp.get("/about/privacy")
def privacy() -> str:
    """What is kept, and why."""
    config = current_app.config
    days = {"idle": config["SESSION_IDLE"] // DAY, "absolute": config["SESSION_ABSOLUTE"] // DAY}
    return render_template(
        "about/privacy.html", days=days, invitation=config["INVITATION_DAYS"], push=config["WEB_PUSH"]
    )


@bp.get("/about/accessibility")
def accessibility() -> str:
    """What was done so that everyone can use the site, and what is missing."""
    return render_template("about/accessibility.html")


@bp.get("/about/help")
def help_page() -> str:
    """Whom to ask."""
    return render_template("about/help.html")
