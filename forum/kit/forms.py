"""Forms that say in plain words what is missing, and tidy what was typed.

`Form` is the base of every form; `Keyed` is for those that create something: its key makes a repeated POST harmless.
Proof of origin is asked for before any view (kit.csrf), so forms carry no token of their own.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, HiddenField, PasswordField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import FieldList
from wtforms.validators import DataRequired, ValidationError

from forum.kit.addresses import NotAnAddress, clean_address

MANY = (SelectMultipleField, MultipleFileField, FieldList)
KEY = re.compile(r"[0-9a-f]{16}")
EDGES = re.compile(r"\A(?:[ \t]*\n)+|\s+\Z")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # control characters
UNSEEN_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a text may have lines and tabs
PLAIN_WORDS = {
    "This field is required.": "Fill this in",
    "Not a valid choice.": "Choose one from the list",
    "Not a valid integer value.": "Write a whole number",
    "Not a valid date value.": "Write a date, like 2026-03-02",
    "Invalid email address.": "Write an email address, like name@example.org",
    "Invalid URL.": "Write a web address, like https://example.org",
    "Invalid Choice: could not coerce.": "Choose one from the list",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choose from the list",
}

Tidy = Callable[[Any], Any]


class Words:
    """WTForms' own messages in our words."""

    def gettext(self, text: str) -> str:
        """The plain words for a message."""
        return PLAIN_WORDS.get(text, text)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The message for this number."""
        return self.gettext(one if n == 1 else many)


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose text arrives tidy: trimmed, NFC, with \\n for line ends, and without control characters."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How fields are bound."""

        csrf = False

        def bind_field(self, form: "Form", unbound_field: Any, options: dict[str, Any]) -> Any:
            """The field, with the tidying of its kind before its own filters."""
            filters = [*tidying(unbound_field.field_class), *unbound_field.kwargs.get("filters", ())]
            return unbound_field.bind(form=form, **{**options, "filters": filters})

        def get_translations(self, form: "Form") -> Words:
            """Our words."""
            return Words()

    def __init__(self, formdata: Any = ..., **kwargs: Any) -> None:
        super().__init__(formdata=posted() if formdata is ... else formdata, **kwargs)

    def submitted(self) -> bool:
        """Whether the form was sent and is right. If it was sent and is not, `errors` says why: answer 422."""
        return bool(self.is_submitted() and self.validate())

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field is lawful and right."""
        right = super().validate(extra_validators=extra_validators)
        for field in self:
            if wrong := unlawful(field):
                field.errors = [wrong]
                right = False
        return bool(right)

    def refuse(self, name: str, message: str) -> None:
        """Adds what an action found wrong to the field of this name; answer 422."""
        self[name].errors = [*self[name].errors, message]


def fresh_key(key: str | None = None) -> str:
    """The key that was sent, or a new one."""
    return key if key and KEY.fullmatch(key) else secrets.token_hex(8)


class Keyed(Form):
    """A form that creates something: the same key sent again gets the first result, not a second one."""

    key = HiddenField(default=fresh_key, filters=[fresh_key])


class AtMost:
    """A limit on a text: 'Title must be 150 characters or fewer'."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: Form, field: Field) -> None:
        if len(field.data or "") > self.limit:
            raise ValidationError(f"{field.label.text} must be {self.limit:,} characters or fewer")


class AtLeast:
    """The least a text must have: 'Password must be 12 characters or more'."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: Form, field: Field) -> None:
        if len(field.data or "") < self.limit:
            raise ValidationError(f"{field.label.text} must be {self.limit:,} characters or more")


def an_address(_form: Form, field: Field) -> None:
    """Validator: an email address; kept in its one spelling."""
    try:
        field.data = clean_address(field.data or "")
    except NotAnAddress as error:
        raise ValidationError(str(error)) from None


def required(message: str) -> DataRequired:
    """A validator that asks in words: required('Write a title')."""
    return DataRequired(message)


def posted() -> MultiDict[str, Any] | CombinedMultiDict[str, Any] | None:
    """What was sent as a form, files included; None when nothing was. JSON is never taken for a form."""
    if request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
        return None
    return CombinedMultiDict([request.files, request.form])


def tidying(kind: type) -> Iterable[Tidy]:
    """The filters for a kind of field."""
    if issubclass(kind, PasswordField):
        return (same_letters,)
    if issubclass(kind, TextAreaField):
        return (same_letters, tidy_text)
    return (same_letters, str.strip) if issubclass(kind, StringField) else ()


def same_letters(text: Any) -> Any:
    """The text in Unicode's composed form (NFC). What is no text becomes none at all."""
    return unicodedata.normalize("NFC", text) if isinstance(text, str) else ""


def tidy_text(text: str) -> str:
    """The text with \\n for line ends, without empty lines around it; the first line keeps its indent."""
    return EDGES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def unlawful(field: Field) -> str | None:
    """What is wrong with the shape of a field's value, if anything."""
    sent = getattr(field, "raw_data", None) or ()
    if len(sent) > 1 and not isinstance(field, MANY):
        return "Send one value only"
    if not isinstance(field, StringField):
        return None
    if any(not isinstance(value, str) for value in sent):
        return "Write text here, not a file"
    hidden = UNSEEN_IN_TEXT if isinstance(field, TextAreaField) else UNSEEN
    if hidden.search(field.data or ""):
        return f"{field.label.text} has a character that can’t be shown. Remove it, or type the text again"
    return None
