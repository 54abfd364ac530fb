"""The forms of discussions: shapes and limits. Who may, and what else is true, is asked elsewhere."""

import re
from datetime import date, timedelta
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from forum.kit import text
from forum.kit.days import day_from
from forum.kit.forms import AtMost, Form, Keyed, required
from forum.kit.tags import few_tags
from forum.models import TopicKind

MAX_TITLE = 150
#: what facilitators say of an answer
MAX_SUMMARY = 200
KINDS = {
    TopicKind.QUESTION: ("Question", "You can accept one answer"),
    TopicKind.DISCUSSION: ("Discussion", "Share something, or think aloud"),
    TopicKind.ANNOUNCEMENT: ("Announcement", "News for everyone in the group, from its facilitators"),
}
NUMBER = re.compile(r"[1-9]\d{0,8}")


def in_limits(_form: Form, field: Any) -> None:
    """Refuses a text above a limit of the renderer, in its words."""
    try:
        text.check_source(field.data or "")
    except text.TooLong as error:
        raise ValidationError(str(error)) from None


class TopicForm(Keyed):
    """A new topic."""

    kind = RadioField("What are you posting?", validators=[required("Choose what you are posting")])
    title = StringField("Your question or subject in one line", [required("Write it in one line"), AtMost(MAX_TITLE)])
    body = TextAreaField("Details", [required("Write something about it"), in_limits])
    tags = StringField("Tags", [few_tags])
    files = MultipleFileField("Add files")

    def __init__(self, kinds: list[TopicKind], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind.choices = [SelectChoice(kind.value, KINDS[kind][0]) for kind in kinds]


class ReplyForm(Keyed):
    """A reply. `to` = the number of the post it answers; empty: the topic."""

    to = HiddenField(filters=[lambda value: value if value and NUMBER.fullmatch(value) else ""])
    body = TextAreaField("Your reply", [required("Write your reply"), in_limits])
    files = MultipleFileField("Add files")

    @property
    def answers(self) -> int | None:
        """The number of the post it answers."""
        return int(self.to.data) if self.to.data else None


class Care(Form):
    """What facilitators say of an accepted answer."""

    summary = StringField("The answer in one line", [AtMost(MAX_SUMMARY)])
    doubted = BooleanField("It may be out of date")
    why = StringField("Why", [AtMost(MAX_SUMMARY)])
    review = StringField("Look at it again on")
    #: when it was doubted, as it stood on the page; '' = it was not
    seen = HiddenField()

    def __init__(self, today: date, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    @property
    def review_on(self) -> date | None:
        """The day when it comes back to the facilitators."""
        return day_from(self.review.data or "")

    def validate_review(self, field: Any) -> None:
        """A day to come, not too far ahead; or none."""
        if not field.data:
            return
        if self.review_on is None:
            raise ValidationError("Write a day, like 12 March 2027")
        if not self.today < self.review_on <= self.today + timedelta(days=3660):
            raise ValidationError("Choose a day after today, in the next ten years")


class Doubt(Form):
    """Why an accepted answer may be out of date."""

    why = StringField("Why may it be out of date?", [AtMost(MAX_SUMMARY)])


class Helper(Form):
    """Whom a facilitator asks."""

    handle = StringField(
        "Handle",
        [required("Write the handle of a member"), AtMost(40)],
        filters=[lambda said: (said or "").lstrip("@")],
    )


class EditForm(Form):
    """A post's text, edited. `revision` is the one that was on the screen when the edit began."""

    revision = HiddenField(filters=[lambda value: value if value and NUMBER.fullmatch(value) else "0"])
    body = TextAreaField("Text", [required("Write something, or delete the post instead"), in_limits])


class AboutTopic(Form):
    """What stands above a topic."""

    kind = RadioField("Kind", validators=[required("Choose one")])
    title = StringField("Title", [required("Write a title"), AtMost(MAX_TITLE)])
    tags = StringField("Tags", [few_tags])

    def __init__(self, kinds: list[TopicKind], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind.choices = [SelectChoice(kind.value, KINDS[kind][0]) for kind in kinds]


class Moving(Form):
    """A choice of where something goes. `seen`: the seal of what was shown, once that was looked at."""

    seen = HiddenField()

    def __init__(self, formdata: Any = ..., **more: Any) -> None:
        super().__init__(formdata, **more)
        #: whether anything was chosen at all
        self.formdata_sent = formdata is not None


class IntoGroup(Moving):
    """The group that a topic goes to."""

    to = SelectField("Move it to", validate_choice=True)

    def __init__(self, groups: list[tuple[str, str]], formdata: Any = ..., **more: Any) -> None:
        super().__init__(formdata, **more)
        self.to.choices = [SelectChoice(slug, name) for slug, name in groups]


class IntoTopic(Moving):
    """The topic that another becomes a part of."""

    into = StringField("Address of the other topic", [required("Write the address of the other topic"), AtMost(300)])


class PlacePost(Moving):
    """Where a reply goes."""

    where = RadioField("Where does it belong?", validators=[required("Choose where it belongs")])
    to = StringField("Number of the post that it answers", [AtMost(9)])
    into = StringField("Address of the other topic", [AtMost(300)])
    title = StringField("Title of the new topic", [AtMost(MAX_TITLE)])
    kind = RadioField("Kind of the new topic")

    def __init__(self, kinds: list[TopicKind], formdata: Any = ..., **more: Any) -> None:
        super().__init__(formdata, **more)
        ways = {"here": "Elsewhere in this topic", "there": "In another topic", "new": "In a topic of its own"}
        self.where.choices = [SelectChoice(way, words) for way, words in ways.items()]
        self.kind.choices = [SelectChoice(kind.value, KINDS[kind][0]) for kind in kinds]
        if not self.kind.data:
            self.kind.data = TopicKind.DISCUSSION.value

    @property
    def number(self) -> int:
        """The number of the post that it is to answer; 0 = the topic."""
        return int(self.to.data or 0)

    def validate_to(self, field: Any) -> None:
        """A number, or nothing."""
        if field.data and not NUMBER.fullmatch(field.data):
            raise ValidationError("Write the number of a post, or nothing")

    def validate_title(self, field: Any) -> None:
        """A topic has a title."""
        if self.where.data == "new" and not field.data:
            raise ValidationError("Write a title for the new topic")

    def validate_into(self, field: Any) -> None:
        """Another topic has an address."""
        if self.where.data == "there" and not field.data:
            raise ValidationError("Write the address of the other topic")
