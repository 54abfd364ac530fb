"""Portraits: shown to those who may see them, chosen and removed by their owner."""

from flask import Response, abort, flash, redirect, url_for
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from forum.kit import giving
from forum.kit.db import db
from forum.kit.ids import digest, same
from forum.kit.pictures import BadPicture
from forum.members import forms, limits, profiles, queries
from forum.members.blueprint import bp
from forum.members.views.people import reader
from forum.members.views.settings import account_of, page
from forum.models import FieldAudience
from forum.uploads import photo_key_of, store


@bp.get("/people/<handle>/photo/<key>")
def photo(handle: str, key: str) -> Response:
    """The portrait, decided at each request; unchanged ones are answered 304."""
    me = reader()
    known = queries.portrait_key(handle, me)
    if not (known and same(known, key.removesuffix(".webp"))):
        abort(404)
    try:
        reply = giving.answer(store(), photo_key_of(known), "image/webp", digest(f"{me.id} {key}")[:24], None)
    except FileNotFoundError:
        abort(404)
    except OSError as error:
        raise ServiceUnavailable(retry_after=60) from error
    reply.headers["Cache-Control"] = "private, no-cache"
    return reply


@bp.get("/settings/photo")
def choose_photo() -> str:
    """The present photo, a field for another, and who sees it."""
    user = account_of(reader())
    return page("photo", form=forms.Photo(data={"photo_for": user.photo_for.value}), user=user)


@bp.post("/settings/photo")
@limits.pictures_of_person
def set_photo() -> AnyResponse | tuple[str, int]:
    """Keeps a new photo, if one was sent, and who sees it."""
    user, form = account_of(reader()), forms.Photo()
    if not form.submitted():
        return page("photo", form=form, user=user), 422
    former, sent = user.photo_key, form.photo.data
    try:
        if sent and sent.filename:
            profiles.set_photo(user, sent.stream)
    except BadPicture as error:
        form.refuse("photo", str(error))
        return page("photo", form=form, user=user), 422
    user.photo_for = FieldAudience(form.photo_for.data)
    profiles.retell(user)
    kept = user.photo_key
    db.session.commit()
    profiles.forget(former if former != kept else None)
    flash("Your photo is saved.")
    return redirect(url_for("members.choose_photo"), 303)


@bp.post("/settings/photo/removal")
def remove_photo() -> AnyResponse:
    """Takes the photo away."""
    user = account_of(reader())
    former = user.photo_key
    profiles.remove_photo(user)
    db.session.commit()
    profiles.forget(former)
    flash("Your photo is removed.")
    return redirect(url_for("members.choose_photo"), 303)
