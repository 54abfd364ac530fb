"""The forms of discussions: shapes and limits. Who may, and what else is true, is asked elsewhere."""

import re
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from forum.kit import text
from forum.kit.forms import AtMost, Form, Keyed, required
from forum.kit.tags import few_tags
from forum.models import TopicKind

MAX_TITLE = 150
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
