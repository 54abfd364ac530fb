"""Files that come with a post: received, kept over a refused form, thrown away when they came twice."""

from flask import request

from forum import uploads
from forum.access import Person
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


def marks_of_files(form: Form) -> list[str]:
    """What tells the files of this form from others: for a form that is sent twice."""
    return uploads.marks(request.form, form.files.data)
