"""Settings: what people say of themselves, how the site looks to them, how and where they sign in."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from forum import activity
from forum.access import Person
from forum.kit import limits as text_limits
from forum.kit.db import db
from forum.members import accounts, actions, forms, limits, profiles, proofs
from forum.members import session as sessions
from forum.members.blueprint import bp
from forum.members.views.people import reader
from forum.models import Theme, User

WORDS = ("name", "organisation", "job_title", "about")
AUDIENCES = ("organisation_for", "job_title_for", "about_for", "expertise_for")


def account_of(me: Person) -> User:
    """The reader's own account, with their expertise."""
    return db.session.scalars(select(User).where(User.id == me.id).options(selectinload(User.expertise))).one()


def page(tab: str, **values: Any) -> str:
    """One page of the settings."""
    return render_template(f"members/settings/{tab}.html", tab=tab, **values)


@bp.get("/settings")
@bp.get("/settings/")
def settings() -> Response:
    """The first page of the settings."""
    reader()
    return redirect(url_for("members.edit_profile"), 303)


@bp.get("/settings/profile")
def edit_profile() -> str:
    """The form of what one says of oneself."""
    user = account_of(reader())
    values = {name: getattr(user, name) for name in WORDS} | {name: getattr(user, name).value for name in AUDIENCES}
    values |= {"expertise": ", ".join(e.tag for e in user.expertise), "may_be_asked": user.may_be_asked}
    values["findable"] = user.findable
    return page("profile", form=forms.Profile(data=values))


@bp.post("/settings/profile")
def save_profile() -> Response | tuple[str, int]:
    """Keeps the profile."""
    user, form = account_of(reader()), forms.Profile()
    if not form.submitted():
        return page("profile", form=form), 422
    words, audiences = ({name: form[name].data for name in names} for names in (WORDS, AUDIENCES))
    try:
        profiles.change(user, words, audiences, forms.tags(form.expertise.data))
        user.may_be_asked = form.may_be_asked.data
        user.findable = bool(form.findable.data)
    except text_limits.TooLong as error:
        form.refuse("about", str(error))
        return page("profile", form=form), 422
    db.session.commit()
    flash("Your profile is saved.")
    return redirect(url_for("members.edit_profile"), 303)


@bp.get("/settings/appearance")
def appearance() -> str:
    """The form of how the site looks."""
    user = account_of(reader())
    return page("appearance", form=forms.Appearance(data={"theme": user.theme.value, "timezone": user.timezone}))


@bp.post("/settings/appearance")
def save_appearance() -> Response | tuple[str, int]:
    """Keeps how the site looks."""
    user, form = account_of(reader()), forms.Appearance()
    if not form.submitted():
        return page("appearance", form=form), 422
    user.theme, user.timezone = Theme(form.theme.data), form.timezone.data or ""
    db.session.commit()
    flash("Saved.")
    return redirect(url_for("members.appearance"), 303)


@bp.get("/settings/account")
def account() -> str:
    """Address and password."""
    return _account(account_of(reader()))


def _account(user: User, address: forms.NewAddress | None = None, password: forms.ChangePassword | None = None) -> str:
    forms_of = {"address": address or forms.NewAddress(None), "password": password or forms.ChangePassword(None)}
    return page("account", user=user, form=address or password, **forms_of)


@bp.post("/settings/mail")
def save_mail() -> Response:
    """Keeps which mail they want."""
    account_of(reader()).mail_mentions = bool(request.form.get("mail_mentions"))
    db.session.commit()
    flash("Saved.")
    return redirect(url_for("members.account"), 303)


@bp.post("/settings/address")
@limits.tries_of_person
@limits.mails_from
@limits.mails_to
def ask_for_address() -> Response | tuple[str, int]:
    """Mails a link to the new address, for someone who knows the password."""
    user, form = account_of(reader()), forms.NewAddress()
    if not form.submitted() or not _knows(user, form, "password"):
        return _account(user, address=form), 422
    proofs.ask_for_address(user, form.email.data)
    db.session.commit()
    flash("We have sent a link to the new address. Open it there; until then nothing changes.")
    return redirect(url_for("members.account"), 303)


def _knows(user: User, form: forms.NewAddress | forms.ChangePassword, field: str) -> bool:
    right = accounts.fits(user, form[field].data)
    if not right:
        form.refuse(field, "This is not your present password")
    return right


@bp.post("/settings/password")
@limits.tries_of_person
def change_password() -> Response | tuple[str, int]:
    """A new password, for someone who knows the present one. The other browsers are signed out."""
    me = reader()
    user, form = account_of(me), forms.ChangePassword()
    form.context = (user.name, user.email, user.organisation)
    if not form.submitted() or not _knows(user, form, "current_password"):
        return _account(user, password=form), 422
    actions.set_password(user, form.new_password.data, by=me, keep=me.session_id)
    sessions.renew()
    db.session.commit()
    flash("Your password is changed, and your other browsers are signed out.")
    return redirect(url_for("members.account"), 303)


@bp.get("/settings/sessions")
def list_sessions() -> str:
    """Where one is signed in."""
    me = reader()
    rows = [(row, sessions.code(row), row.id == me.session_id) for row in sessions.sessions_of(me)]
    return page("sessions", rows=rows)


@bp.post("/settings/sessions/<code>/ending")
def end_session(code: str) -> Response:
    """Signs out one browser."""
    me = reader()
    if not sessions.end(me, code):
        abort(404)
    activity.log("account.session-ended", me)
    db.session.commit()
    flash("That browser is signed out.")
    return redirect(url_for("members.list_sessions"), 303)


@bp.post("/settings/sessions/others/ending")
def end_others() -> Response:
    """Signs out every browser but this one."""
    me = reader()
    sessions.end_all(me.id or 0, but=me.session_id)
    activity.log("account.sessions-ended", me)
    db.session.commit()
    flash("Your other browsers are signed out.")
    return redirect(url_for("members.list_sessions"), 303)
