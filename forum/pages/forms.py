"""The form of a page: shape and limits."""

import re
from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from forum.kit import text
from forum.kit.forms import AtMost, Keyed, required

NUMBER = re.compile(r"[1-9]\d{0,8}")


def in_limits(_form: Any, field: Any) -> None:
    """Refuses a text above a limit of the renderer, in its words."""
    try:
        text.render(field.data or "")
    except text.TooLong as error:
        raise ValidationError(str(error)) from None


class PageForm(Keyed):
    """A page, new or changed. `revision` is the one that was on the screen."""

    title = StringField("Title", [required("Write a title"), AtMost(150)])
    body = TextAreaField("Text", [required("Write something, or delete the page instead"), in_limits])
    revision = HiddenField(filters=[lambda value: value if value and NUMBER.fullmatch(value) else "0"])
