"""A new password for someone who forgot theirs; a new address that was proved."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.access import viewer
from forum.kit.db import db
from forum.members import forms, limits, links, proofs, session
from forum.members.blueprint import bp
from forum.members.views.joining import private, unusable
from forum.models import User


@bp.get("/reset")
def reset() -> str:
    """The form for a link to a new password."""
    return render_template("members/reset.html", form=forms.Address(), plain=True)


@bp.post("/reset")
@limits.mails_from
@limits.mails_to
def ask_for_reset() -> Response | tuple[str, int]:
    """Mails the link if there is such an account; the answer is the same."""
    form = forms.Address()
    if not form.submitted():
        return render_template("members/reset.html", form=form, plain=True), 422
    proofs.ask_for_reset(form.email.data)
    db.session.commit()
    return redirect(url_for("members.mail_sent", what="reset"), 303)


@bp.get("/reset/<token>")
def new_password(token: str) -> Response | tuple[Response, int]:
    """The page behind the link in the mail. Changes nothing."""
    found = links.opened("reset", token)
    return _page(found.user, forms.NewPassword()) if found else unusable("reset")


def _page(user: User, form: forms.NewPassword) -> Response:
    return private(render_template("members/new_password.html", form=form, user=user, plain=True))


@bp.post("/reset/<token>")
@limits.sign_in_from
def set_password(token: str) -> Response | tuple[Response, int]:
    """Sets the new password, once, and signs out every browser."""
    found, form = links.opened("reset", token), forms.NewPassword()
    if found is None:
        return unusable("reset")
    form.context = (found.user.name, found.user.email, found.user.organisation)
    if not form.submitted():
        return _page(found.user, form), 422
    if not proofs.reset_password(found.user, form.new_password.data):
        db.session.rollback()
        return unusable("reset")
    db.session.commit()
    flash("Your password is changed, and you are signed out everywhere. Sign in with the new one.")
    return redirect(url_for("members.sign_in"), 303)


@bp.get("/address/<token>")
def new_address(token: str) -> Response | tuple[Response, int]:
    """The page behind the link to a new address. Changes nothing."""
    found = links.opened("address", token)
    if found is None:
        return unusable("address")
    return private(render_template("members/new_address.html", found=found, plain=True))


@bp.post("/address/<token>")
@limits.sign_in_from
def move(token: str) -> Response | tuple[Response, int]:
    """Moves the account to the address, once, and signs out the other browsers."""
    found, me = links.opened("address", token), viewer()
    keep = me.session_id if found and found.user.id == me.id else None
    if found is None or not proofs.change_address(found.user, found.address, keep=keep):
        db.session.rollback()
        return unusable("address")
    if keep:
        session.renew()
    db.session.commit()
    flash(f"Your account now has the address {found.address}.")
    return redirect(url_for("members.account") if keep else url_for("members.sign_in"), 303)
