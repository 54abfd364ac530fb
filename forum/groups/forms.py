"""The shape of what this room asks for; rules about other rows live in actions."""

import re
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from forum.groups.words import HUES, ROLES, kinds_below
from forum.kit import text
from forum.kit.forms import AtMost, Form, Keyed, an_address, required
from forum.kit.names import BadName, clean_person_name
from forum.models import Group, Kind, Standing

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_SUBJECTS, LONGEST_SUBJECT = 6, 40
MOST_USES = 200
LONGEST_NOTE = 1_000
LONGEST_PASSWORD = 1_000
PROOF = [required("Write your password"), AtMost(LONGEST_PASSWORD)]
KIND_NAMES = {kind.value: kind.value.capitalize() for kind in Kind}


def a_name(_form: Form, field: Field) -> None:
    """Validator: a name that can be shown and told from others."""
    try:
        field.data = clean_person_name(field.data)
    except BadName as error:
        raise ValidationError(str(error)) from None


def a_slug(_form: Form, field: Field) -> None:
    """Validator: an address of small letters, digits and hyphens."""
    field.data = (field.data or "").lower()
    if field.data and not SLUG.fullmatch(field.data):
        raise ValidationError("Use small letters, digits and single hyphens, like night-cover")


def in_capitals(text: str) -> str:
    """Filter: capital letters. Some letters become two or three then, so it stands before the limit."""
    return text.upper()


def without_at(text: str) -> str:
    """Filter: a handle as it is stored, however it was written."""
    return text.removeprefix("@").lower()


def a_text(_form: Form, field: Field) -> None:
    """Validator: Markdown within the limits of a text."""
    try:
        text.render(field.data or "")
    except text.TooLong as error:
        raise ValidationError(str(error)) from None


def some_subjects(_form: Form, field: Field) -> None:
    """Validator: a few short words, separated by commas."""
    words = subjects_of(field.data)
    if len(words) > MOST_SUBJECTS:
        raise ValidationError(f"Name {MOST_SUBJECTS} subjects at most")
    if any(len(word) > LONGEST_SUBJECT for word in words):
        raise ValidationError(f"Each subject has {LONGEST_SUBJECT} characters at most")


def subjects_of(typed: str | None) -> list[str]:
    """The subjects in a line separated by commas, each once."""
    words = (" ".join(word.split()) for word in (typed or "").split(","))
    return list(dict.fromkeys(word for word in words if word))


class Texts(Form):
    """What a group says of itself."""

    name = StringField("Name", [required("Write a name"), a_name])
    summary = StringField(
        "What it is for, in one line", [required("Say in one line what the group is for"), AtMost(200)]
    )
    subjects = StringField("Subjects", [some_subjects])
    about = TextAreaField("About the group", [AtMost(10_000), a_text])
    emblem = StringField("Emblem", [AtMost(3)], filters=[in_capitals])
    hue = SelectField("Colour", choices=[SelectChoice(str(n), name) for n, name in enumerate(HUES, 1)], default="1")


class NewGroup(Keyed, Texts):
    """A group to be, possibly below another."""

    slug = StringField("Address", [AtMost(60), a_slug])
    kind = RadioField("Who is it for?", [required("Choose who the group is for")])

    def __init__(self, *args: Any, parent: Group | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(kind.value, KIND_NAMES[kind.value]) for kind in kinds_below(parent)]


class Settings(Texts):
    """The texts of a group, and what its facilitators write to people who ask."""

    welcome = TextAreaField("Welcome", [AtMost(2_000)])
    refusal = TextAreaField("Refusal", [AtMost(2_000)])


class ReachChoice(Form):
    """Who finds, joins and reads a group."""

    kind = RadioField("Who is it for?", [required("Choose who the group is for")])
    public_reading = BooleanField("Anyone on the web may read it")
    single_files = BooleanField("Facilitators may open single files to everyone registered")

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(kind.value, KIND_NAMES[kind.value]) for kind in kinds_below(group.parent)]


class Confirmed(ReachChoice):
    """A change of who finds, joins and reads, with the state it was shown for."""

    seen = HiddenField()


class Ask(Form):
    """A request to join."""

    note = TextAreaField("Why would you like to join?", [AtMost(LONGEST_NOTE)])


class Decision(Form):
    """What an applicant, or someone who has to go, is told."""

    message = TextAreaField("Message", [AtMost(2_000)])


class InviteByMail(Keyed):
    """An invitation to one address."""

    email = EmailField("Email address", [required("Write an email address"), an_address, AtMost(254)])
    note = TextAreaField("A few words to them", [AtMost(LONGEST_NOTE)])


class InviteByLink(Keyed):
    """An open link."""

    max_uses = IntegerField(
        "How many people may use it?",
        [Optional(), NumberRange(1, MOST_USES, f"Write a number from 1 to {MOST_USES}")],
        default=10,
    )


class RoleChoice(Form):
    """A member's role."""

    role = RadioField("Role", choices=[SelectChoice(role.value, name) for role, name in ROLES.items()])

    password = PasswordField("Your password", [AtMost(LONGEST_PASSWORD)])

    @property
    def chosen(self) -> Standing:
        """The role that was chosen."""
        return Standing(self.role.data)


class HandOver(Form):
    """Proof that the owner means it."""

    password = PasswordField("Your password", PROOF)


class NewOwner(Form):
    """Who is to own a sub-group that has no owner."""

    handle = StringField("Handle", [required("Write the handle of a member"), AtMost(40)], filters=[without_at])
    password = PasswordField("Your password", PROOF)


class ViewAs(Form):
    """As whom to look at the group."""

    who = RadioField("As whom?", [required("Choose as whom you want to look")])
