"""Signing in and out, and what a visitor gets who has to sign in first."""

from urllib.parse import urlsplit

from flask import Response, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from forum import activity
from forum.access import SignIn, viewer
from forum.kit.clock import now
from forum.kit.csrf import SAFE
from forum.kit.db import db
from forum.kit.ids import HOME, next_url
from forum.kit.kept import kept
from forum.members import accounts, forms, limits
from forum.members import session as sessions
from forum.members.blueprint import bp
from forum.models import User

NO_MATCH = "This address and password don’t open an account. Check both and try again."


def onwards() -> str:
    """Where the person was going: the `next` of this address, else the invitation they came with, else home."""
    target = next_url(request.args.get("next", ""))
    invited = session.get("invitation")
    return target if target != HOME or not invited else url_for("groups.invitation", token=invited)


@bp.get("/sign-in")
def sign_in() -> AnyResponse | str:
    """The sign-in page; someone signed in is sent where they were going, unless they come for a new session."""
    if viewer() and "again" not in request.args:
        return redirect(onwards(), 303)
    return _page(forms.SignIn())


def _page(form: forms.SignIn) -> str:
    target = next_url(request.args.get("next", ""))
    return render_template("members/sign_in.html", form=form, target=target, asked=target != HOME, plain=True)


@bp.post("/sign-in")
@limits.sign_in_from
@limits.sign_in_at
def enter() -> AnyResponse | tuple[str, int]:
    """Signs in and goes on, or says that it did not work; never why."""
    form = forms.SignIn()
    if not form.submitted():
        return _page(form), 422
    user = accounts.account_of(form.email.data)
    right = accounts.fits(user, form.password.data)
    if user is None or not (right and user.active and user.confirmed_at):
        activity.log("account.sign-in-failed", None, subject=user)
        db.session.commit()
        form.form_errors.append(NO_MATCH)
        return _page(form), 422
    target = onwards()
    let_in(user)
    db.session.commit()
    return redirect(target, 303)


def let_in(user: User) -> None:
    """Starts the session of someone who has proved who they are. Does not commit."""
    sessions.start(user)
    user.last_login_at = now()
    activity.log("account.signed-in", user, subject=user)


@bp.post("/sign-out")
def sign_out() -> AnyResponse:
    """Ends this browser's session, and has it forget the pages it kept."""
    if me := viewer():
        activity.log("account.signed-out", me)
    sessions.close()
    db.session.commit()
    flash("You are signed out.")
    reply = redirect(url_for("members.sign_in"), 303)
    reply.headers["Clear-Site-Data"] = '"cache"'
    return reply


def ask_to_sign_in(_refusal: SignIn) -> AnyResponse:
    """To the sign-in page, and back to where they were going. What was typed stays on a page of its own."""
    if request.method in SAFE:
        path = request.full_path if request.query_string else request.path
        return redirect(url_for("members.sign_in", next=path), 303)
    typed = kept()
    if typed is None:
        return redirect(url_for("members.sign_in", next=_came_from()), 303)
    return Response(render_template("members/signed_out.html", kept=typed), 403, {"Cache-Control": "private, no-store"})


def _came_from() -> str:
    """The page whose button was pressed, as the browser says."""
    said = urlsplit(request.headers.get("Referer", ""))
    ours = said.netloc == request.host and said.scheme == request.scheme
    return next_url(said.path) if ours else HOME
