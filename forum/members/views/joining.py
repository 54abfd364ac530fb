"""Registering: a form, a mail, and a page where one proves the address and the password at once."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.access import viewer
from forum.kit.db import db
from forum.kit.ids import next_url
from forum.members import accounts, actions, forms, limits, links, proofs
from forum.members.blueprint import bp
from forum.members.views.entering import let_in, onwards
from forum.models import User


@bp.get("/register")
def register() -> Response | str:
    """The form for a new account."""
    if viewer():
        return redirect(onwards(), 303)
    return _page(forms.Register())


def _page(form: forms.Register) -> str:
    target = next_url(request.args.get("next", ""))
    return render_template("members/register.html", form=form, target=target, plain=True)


@bp.post("/register")
@limits.mails_from
@limits.mails_to
def sign_up() -> Response | tuple[str, int]:
    """Mails whoever has the address; the answer is the same whether it was known or not."""
    form = forms.Register()
    if not form.submitted():
        return _page(form), 422
    proofs.register(
        form.name.data, form.email.data, form.password.data, form.organisation.data, form.job_title.data, onwards()
    )
    db.session.commit()
    return redirect(url_for("members.mail_sent", what="confirm"), 303)


@bp.get("/mail-sent/<any(confirm, reset):what>")
def mail_sent(what: str) -> str:
    """Says to look into one's mail. Knows nothing of whether there is any."""
    return render_template("members/mail_sent.html", what=what, plain=True)


@bp.get("/confirm")
def resend() -> str:
    """The form for another confirmation mail."""
    return render_template("members/resend.html", form=forms.Address(), plain=True)


@bp.post("/confirm")
@limits.mails_from
@limits.mails_to
def send_again() -> Response | tuple[str, int]:
    """Another confirmation mail, if an account waits for one; the answer is the same."""
    form = forms.Address()
    if not form.submitted():
        return render_template("members/resend.html", form=form, plain=True), 422
    proofs.ask_again(form.email.data, onwards())
    db.session.commit()
    return redirect(url_for("members.mail_sent", what="confirm"), 303)


@bp.get("/confirm/<token>")
def confirm(token: str) -> Response | tuple[Response | str, int]:
    """The page behind the link in the mail. Changes nothing."""
    found = links.opened("confirm", token)
    if found is None:
        return unusable("confirm")
    return _last_step(found.user, forms.Confirm(data={"handle": actions.free_handle(found.user.name)})), 200


def _last_step(user: User, form: forms.Confirm) -> Response:
    target = next_url(request.args.get("next", ""))
    return private(render_template("members/confirm.html", form=form, user=user, target=target, plain=True))


@bp.post("/confirm/<token>")
@limits.sign_in_from
@limits.tries_at_link
def finish(token: str) -> Response | tuple[Response | str, int]:
    """Confirms the account, once, and signs in."""
    found, form = links.opened("confirm", token), forms.Confirm()
    if found is None:
        return unusable("confirm")
    user, target = found.user, onwards()
    if not form.submitted() or not _proved(user, form):
        return _last_step(user, form), 422
    try:
        done = proofs.confirm(user, form.handle.data)
    except actions.Taken as error:
        form.refuse("handle", str(error))
        return _last_step(user, form), 422
    if not done:
        return unusable("confirm")
    let_in(user)
    db.session.commit()
    flash(f"Welcome, {user.name}. Your address is confirmed.")
    return redirect(target, 303)


def _proved(user: User, form: forms.Confirm) -> bool:
    """Whether the handle is free and the password theirs; else the form says what is not."""
    if wrong := actions.handle_problem(form.handle.data):
        form.refuse("handle", wrong)
    elif not accounts.fits(user, form.password.data):
        form.refuse("password", "This is not the password you registered with. If you forgot it, choose a new one")
    return not form.errors


def unusable(purpose: str) -> tuple[Response, int]:
    """The page for a link that is used, too old, or not ours: the same for all, with the way to a new one."""
    return private(render_template("members/unusable.html", purpose=purpose, plain=True)), 404


def private(page: str) -> Response:
    """A page whose address is a secret: not kept, and told to no other page."""
    kept_secret = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    return Response(page, mimetype="text/html", headers=kept_secret)
