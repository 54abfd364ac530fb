"""What is read of each row that is found: all that its line on the page shows."""

from sqlalchemy import literal, null

from forum.access import ASKER, shown
from forum.models import Document, Group, Page, Post, Slide, Topic, User, Version, Workshop

#: what stands where a topic's row has its kind
PAGE_KIND, WORKSHOP_KIND = "page", "workshop"
OF_TALK = (
    Group.id.label("group_id"), Group.slug, Post.no, Post.html, Post.created_at, Post.hidden_at,
    Topic.n, Topic.title, Topic.kind, Topic.accepted_no,
    User.name, User.handle, shown(ASKER, "organisation").label("organisation"),
)  # fmt: skip
OF_PAGE = (
    Group.id.label("group_id"), Group.slug, literal(0).label("no"), Page.html, Page.edited_at.label("created_at"),
    null().label("hidden_at"), Page.n, Page.title, literal(PAGE_KIND).label("kind"),
    User.name, User.handle, shown(ASKER, "organisation").label("organisation"),
)  # fmt: skip
OF_WORKSHOP = (
    Group.id.label("group_id"), Group.slug, literal(0).label("no"), Workshop.agenda_html.label("html"),
    Workshop.starts_at.label("created_at"), null().label("hidden_at"), Workshop.n, Workshop.title,
    literal(WORKSHOP_KIND).label("kind"), User.name, User.handle, shown(ASKER, "organisation").label("organisation"),
)  # fmt: skip
OF_FILE = (
    Group.id.label("group_id"), Group.slug, Document.n, Document.title, Slide.number.label("slide"),
    Slide.title.label("slide_title"), Slide.text, Slide.described, Slide.notes,
    Slide.small_key.is_not(None).label("drawn"), (Slide.height > Slide.width).label("upright"),
    Document.description, Document.kind, Document.extension, Document.size, Document.audience, Document.hidden_at,
    Document.posted_at, Document.post_id, Version.name.label("file_name"), Version.number.label("version"),
)  # fmt: skip
