"""The shape of what the library asks for."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from forum.kit.filetypes import accepted
from forum.kit.forms import AtMost, Form, Keyed, required
from forum.kit.tags import few_tags, tags_of
from forum.models import FileAudience, Group, Receipts

FILES = {"accept": accepted()}
RECORDING = [
    SelectChoice(Receipts.NONE.value, "Nothing"),
    SelectChoice(Receipts.COUNTS.value, "How many people, by organisation"),
    SelectChoice(Receipts.NAMES.value, "Who it was"),
]
#: what is said of a file beside its title, by the names of its columns
SAID = ("description", "folder", "workshop", "licence")


def audience_names(group: Group, lawful: list[FileAudience]) -> list[SelectChoice]:
    """The audiences a person may give a file here, as choices in words."""
    inside = f"Members of {group.parent.name}" if group.parent else "Everyone signed in"
    words = {
        FileAudience.WEB: "Anyone on the web",
        FileAudience.REGISTERED: inside,
        FileAudience.MEMBERS: f"Members of {group.name}",
        FileAudience.FACILITATORS: f"Facilitators of {group.name}",
    }
    return [SelectChoice(audience.value, words[audience]) for audience in lawful]


class AudienceChoice(Form):
    """Who opens a file. The lawful choices depend on the person and the group."""

    audience = RadioField("Who can open it?")

    def __init__(self, *args: Any, group: Group, lawful: list[FileAudience], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience.choices = audience_names(group, lawful)

    @property
    def chosen(self) -> FileAudience:
        """The audience that was chosen."""
        return FileAudience(self.audience.data)


class About(Form):
    """What is said of a file."""

    description = TextAreaField("What is it for?", [AtMost(2_000)])
    folder = StringField("Folder", [AtMost(60)])
    workshop = StringField("From which workshop?", [AtMost(120)])
    tags = StringField("Tags", [few_tags])
    licence = StringField("Licence or permission", [AtMost(200)])

    @property
    def said(self) -> dict[str, Any]:
        """What was said, by the names of columns, and `tags`."""
        fields = ("title", *SAID) if "title" in self else SAID
        return {**{name: self[name].data for name in fields}, "tags": tags_of(self.tags.data or "")}


class AddFiles(Keyed, About, AudienceChoice):
    """Files for the library, and what is said of them all."""

    files = MultipleFileField("Files", render_kw=FILES)
    title = StringField("Title", [AtMost(150)])


class Details(About):
    """What is said of one file, changed."""

    title = StringField("Title", [required("Write a title"), AtMost(150)])


class Together:
    """The forms of several things, sent as one: right when each of them is."""

    form_errors: tuple[str, ...] = ()

    def __init__(self, forms: Iterable[Form]) -> None:
        self.forms = list(forms)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.forms)

    def submitted(self) -> bool:
        """Whether they were sent, and are all right; each says what is wrong with it."""
        right = [form.submitted() for form in self.forms]
        return bool(right) and all(right)

    @property
    def errors(self) -> dict[str, Any]:
        """What is wrong, by the names of fields."""
        return {field.name: field.errors for field in self if field.errors}


class Whereto(Form):
    """The folder that files are put into; none = out of any."""

    folder = StringField("Folder", [AtMost(60)])


class FolderName(Form):
    """What a folder is called."""

    name = StringField("Name of the folder", [required("Write a name"), AtMost(60)])


class Recording(Form):
    """What the uploader of a file learns of those who open it."""

    receipts = RadioField("What is recorded when somebody opens it?", choices=RECORDING)


class SlideWords(Form):
    """What a person writes in place of the words of a slide, and what stood there when they began."""

    described = TextAreaField("Words", [AtMost(5_000)])
    before = HiddenField()


class NewVersion(Keyed):
    """A file that takes the place of another, at the same address."""

    file = FileField("The new file", render_kw=FILES)


class Reason(Form):
    """Why a facilitator did something, for the log."""

    reason = StringField("Reason", [AtMost(200)])
