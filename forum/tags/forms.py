"""The room's forms."""

from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from forum.kit.forms import Form, required
from forum.kit.tags import MAX_TAG, PARTS, tidy, wrong_with


class NewName(Form):
    """What a tag is to be called. `merge` names the tag of whose use the person was told."""

    to = StringField("New name", [required("Write the new name")], render_kw={"maxlength": MAX_TAG})
    merge = HiddenField()

    def validate_to(self, field: Any) -> None:
        """One tag, in its one spelling."""
        if PARTS.search(field.data):
            raise ValidationError("Write one tag, without commas")
        if wrong := wrong_with(tidy(field.data)) if tidy(field.data) else "Write the new name":
            raise ValidationError(wrong)
        field.data = tidy(field.data)
