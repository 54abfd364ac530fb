"""The room's forms: shape only; what other rows say is asked in actions."""

from typing import Any
from zoneinfo import available_timezones

from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, Field, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from forum.kit import addresses, names
from forum.kit.forms import AtMost, Form, an_address, required
from forum.kit.limits import MAX_SOURCE
from forum.members import accounts
from forum.models import FieldAudience, Theme

MAX_ABOUT = 4_000
MAX_TAGS, MAX_TAG = 12, 40
WHO = [
    SelectChoice(FieldAudience.REGISTERED.value, "Everyone signed in"),
    SelectChoice(FieldAudience.GROUPS.value, "People in my groups"),
    SelectChoice(FieldAudience.NOBODY.value, "Nobody"),
]
THEMES = [
    SelectChoice(Theme.AUTO.value, "Like my device"),
    SelectChoice(Theme.LIGHT.value, "Light"),
    SelectChoice(Theme.DARK.value, "Dark"),
]
LONGEST_PASSWORD = 1_000
NO_PLACES = ("Etc/", "SystemV/", "posix/", "right/")


def a_name(_form: Form, field: Field) -> None:
    """Validator: a person's name that can be shown; its spaces are tidied."""
    try:
        field.data = names.clean_person_name(field.data)
    except names.BadName as error:
        raise ValidationError(str(error)) from None


def email(label: str = "Email address") -> Any:
    """A field for an email address."""
    return EmailField(label, [required("Write your email address"), an_address])


def password(label: str = "Password") -> Any:
    """A field for a password that exists. What is longer than any password is not even hashed."""
    return PasswordField(label, [required("Write your password"), AtMost(LONGEST_PASSWORD)])


def new_password(label: str = "New password") -> Any:
    """A field for a password to be."""
    return PasswordField(label, [required("Choose a password"), AtMost(LONGEST_PASSWORD)])


class NewPassword(Form):
    """A password to be. `context` is what is known of the person, which a password must not be made of."""

    new_password = new_password()
    context: tuple[str, ...] = ()

    def validate_new_password(self, field: Field) -> None:
        """Long enough, not too common, not made of what everybody knows."""
        if not field.errors and (wrong := accounts.password_problem(field.data, *self.context)):
            raise ValidationError(wrong)


class SignIn(Form):
    """The way in."""

    email = EmailField("Email address", [required("Write your email address"), AtMost(addresses.LONGEST)])
    password = password()


class Register(Form):
    """A new account."""

    name = StringField("Your name", [required("Write your name"), a_name])
    organisation = StringField("Organisation", [required("Write your organisation"), AtMost(120)])
    job_title = StringField("Job title", [AtMost(120)])
    email = email()
    password = new_password("Password")

    def validate_password(self, field: Field) -> None:
        """As for every new password; not made of the other fields."""
        typed = (self.name.data, self.organisation.data, self.job_title.data, self.email.data)
        if not field.errors and (wrong := accounts.password_problem(field.data, *filter(None, typed))):
            raise ValidationError(wrong)


class Confirm(Form):
    """The last step of registering: the name in addresses, and the password as proof that the account is theirs."""

    handle = StringField("Your handle", [required("Choose a handle")])
    password = password()

    def validate_handle(self, field: Field) -> None:
        """Lawful as a handle."""
        if wrong := names.handle_error(field.data):
            raise ValidationError(wrong)


class Address(Form):
    """An address to send a link to."""

    email = email()


class NewAddress(Form):
    """Another address for an account, with the password as proof."""

    email = email("New email address")
    password = password("Your password")


class ChangePassword(NewPassword):
    """Another password, with the present one as proof."""

    current_password = password("Your present password")
    new_password = new_password()


class Profile(Form):
    """What people say of themselves, and to whom."""

    name = StringField("Your name", [required("Write your name"), a_name])
    organisation = StringField("Organisation", [AtMost(120)])
    organisation_for = SelectField("Who sees your organisation", choices=WHO)
    job_title = StringField("Job title", [AtMost(120)])
    job_title_for = SelectField("Who sees your job title", choices=WHO)
    about = TextAreaField("About you", [AtMost(min(MAX_ABOUT, MAX_SOURCE))])
    about_for = SelectField("Who sees what you write about yourself", choices=WHO)
    expertise = StringField("Ask me about", [AtMost(MAX_TAGS * (MAX_TAG + 2))])
    expertise_for = SelectField("Who sees what you can be asked about", choices=WHO)
    findable = BooleanField("People who share no group with you can find you")

    may_be_asked = BooleanField("You may ask me about questions that nobody has answered")

    def validate_expertise(self, field: Field) -> None:
        """Few, short words."""
        found = tags(field.data)
        if len(found) > MAX_TAGS:
            raise ValidationError(f"Name {MAX_TAGS} things or fewer")
        if any(len(tag) > MAX_TAG for tag in found):
            raise ValidationError(f"Keep each one to {MAX_TAG} characters or fewer")


class Photo(Form):
    """A portrait, and who sees it."""

    photo = FileField("Photo")
    photo_for = SelectField("Who sees your photo", choices=WHO)


def zone_choices() -> list[SelectChoice]:
    """The time zones people may choose, by name."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(NO_PLACES))
    return [SelectChoice("", "Like the site"), *(SelectChoice(zone, zone.replace("_", " ")) for zone in zones)]


class Appearance(Form):
    """How the site looks to one person."""

    theme = RadioField("Colours", choices=THEMES)
    timezone = SelectField("Time zone", [Optional()], choices=zone_choices)


def tags(text: str) -> list[str]:
    """The words between commas, each once, in small letters."""
    return list(dict.fromkeys(tag for part in text.split(",") if (tag := " ".join(part.split()).lower())))
