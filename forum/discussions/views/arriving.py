"""Files that come with a post: received, kept over a refused form, thrown away when they came twice."""

from collections.abc import Mapping

from flask import request

from forum import uploads
from forum.access import Person, can
from forum.kit.forms import Form
from forum.models import Document, Group


def arrived(me: Person, group: Group, form: Form) -> list[Document]:
    """The person's files for this post: those a refused form kept, and those just sent. Refusals go to the field."""
    found, refused = uploads.receive(form.files.data or [], me, group)
    for words in refused:
        form.refuse("files", words)
    documents = [*uploads.kept(me, group, request.form), *found]
    if words := uploads.too_many(documents):
        form.refuse("files", words)
    return documents


def files_in(me: Person, group: Group, draft: Mapping[str, str] | None) -> list[Document]:
    """The person's files that a draft has kept, as far as they are not posted yet. One statement, if it has any."""
    numbers = [int(one) for one in (draft or {}).get("kept", "").split() if one.isdecimal()]
    return uploads.drafts(me, group, numbers) if numbers and can(me, "upload", group) else []


def marks_of_files(form: Form) -> list[str]:
    """What tells the files of this form from others: for a form that is sent twice."""
    return uploads.marks(request.form, form.files.data)
