"""The shape of what this room asks for."""

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
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
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from forum.kit.forms import AtMost, Form, required
from forum.models import ReportKind, Verdict
from forum.moderation.queries.log import Asked
from forum.moderation.words import ACTIONS, said

LONGEST_PASSWORD, MOST_REPORTS = 1_000, 50
#: years in which a log can have entries
FIRST_YEAR, LAST_YEAR = 2000, 2100


#: what is wrong: in short, and what it means
KINDS = {
    ReportKind.PERSON: ("It identifies somebody", "A person who receives care, or somebody who did not agree to it"),
    ReportKind.UNKIND: ("It is unkind", "An attack, an insult, harassment"),
    ReportKind.SPAM: ("It advertises", "Something nobody here asked for"),
    ReportKind.RIGHTS: ("It may not be here", "Someone else’s work, or something confidential"),
    ReportKind.RULES: ("It breaks a rule of the group", "Say which below"),
    ReportKind.OTHER: ("Something else", "Say what below"),
}
VERDICTS = {
    Verdict.KEPT: ("Keep it", "It stays, or comes back, as it is"),
    Verdict.HIDDEN: ("Hide it", "Only facilitators see it. It can be shown again"),
    Verdict.DELETED: ("Delete it", "Its text and files are gone for good"),
}


def choices(words: Mapping[Any, tuple[str, str]]) -> list[SelectChoice]:
    """What can be chosen."""
    return [SelectChoice(each.value, short) for each, (short, _) in words.items()]


def hints(words: Mapping[Any, tuple[str, str]]) -> dict[str, str]:
    """What each choice means."""
    return {each.value: meaning for each, (_, meaning) in words.items()}


def words_for_other(form: Any, field: Field) -> None:
    """Validator: some reasons need words."""
    if form.kind.data in (ReportKind.OTHER.value, ReportKind.RULES.value) and not field.data:
        raise ValidationError("Say in a few words what is wrong")


def a_known_action(_form: Form, field: Field) -> None:
    """Validator: something that the log can say."""
    if field.data and field.data not in ACTIONS:
        raise ValidationError("Choose one from the list")


def a_day_of_ours(_form: Form, field: Field) -> None:
    """Validator: a day on which something can have been written down."""
    if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(f"Choose a day in the years {FIRST_YEAR} to {LAST_YEAR}")


def not_before_since(form: Any, field: Field) -> None:
    """Validator: the last day is not before the first."""
    if form.since.data and field.data and field.data < form.since.data:
        raise ValidationError("The last day is before the first one")


class ReportForm(Form):
    """What is wrong with a thing."""

    kind = RadioField("What is wrong?", choices=choices(KINDS), validators=[required("Choose what is wrong")])
    words = TextAreaField("More about it", [AtMost(1_000), words_for_other])


class Ruling(Form):
    """What is decided about a reported thing, and what both sides are told."""

    verdict = RadioField(
        "What do you decide?", choices=choices(VERDICTS), validators=[required("Choose what is to become of it")]
    )
    words = TextAreaField("What both are told", [AtMost(1_000)])


class Safety(Form):
    """What the group does by itself until a facilitator looks."""

    report_limit = IntegerField(
        "How many members’ reports hide a thing?",
        [
            InputRequired("Write a number; 0 = never"),
            NumberRange(0, MOST_REPORTS, f"Write a number from 0 to {MOST_REPORTS}"),
        ],
    )


class GiveBack(Form):
    """Why somebody has a text again."""

    words = TextAreaField("What the author is told", [required("Say why, so that they can do better"), AtMost(1_000)])


class Holding(Form):
    """What waits for a facilitator."""

    hold_first = BooleanField("Links in the first posts of somebody new wait for a facilitator")
    spam_limit = IntegerField(
        "From which weight on does any post wait?",
        [InputRequired("Write a number; 0 = never"), NumberRange(0, 50, "Write a number from 0 to 50")],
    )


class LogFilter(Form):
    """What somebody looks for in a log."""

    who = StringField("Person", [AtMost(80)])
    action = SelectField("What", [a_known_action], validate_choice=False)
    since = DateField("From", [Optional(), a_day_of_ours])
    until = DateField("Until", [Optional(), a_day_of_ours, not_before_since])

    def __init__(self, *args: Any, actions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((said(name, "someone"), name) for name in actions)
        self.action.choices = [SelectChoice("", "Everything"), *(SelectChoice(name, label) for label, name in named)]

    @property
    def asked(self) -> Asked:
        """The search."""
        return Asked(self.who.data.removeprefix("@"), self.action.data or "", self.since.data, self.until.data)


class Export(LogFilter):
    """The same, with proof that it is the person at the keyboard who takes the log along."""

    who = HiddenField()
    action = HiddenField(validators=[a_known_action])
    password = PasswordField("Your password", [required("Write your password"), AtMost(LONGEST_PASSWORD)])
