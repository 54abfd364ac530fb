"""The nouns: columns, constraints, and facts about one row."""

from forum.models.audit import AuditEntry
from forum.models.citation import Citation, Suggestion
from forum.models.discussion import Cites, Follow, Post, Reading, Revision, Topic, TopicKind, TopicTag
from forum.models.group import (
    LEADING,
    MAX_DEPTH,
    SEATED,
    Group,
    Kind,
    Membership,
    Standing,
    Subject,
)
from forum.models.joining import Invitation, JoinRequest, RequestState
from forum.models.library import Document, DocumentTag, FileAudience, Receipts, Scan, Version
from forum.models.member import (
    NAMES_ORGANISATION,
    Draft,
    Expertise,
    FieldAudience,
    Session,
    Submission,
    Theme,
    User,
)
from forum.models.notice import Event, Mail, MailState
from forum.models.preview import Preview, PreviewState, Slide, page_noun
from forum.models.receipt import Opening
from forum.models.stray import Stray
from forum.models.upload import Upload

__all__ = [
    "LEADING", "MAX_DEPTH", "NAMES_ORGANISATION", "SEATED", "AuditEntry", "Citation", "Cites", "Document",
    "DocumentTag", "Draft", "Event", "Expertise", "FieldAudience", "FileAudience", "Follow", "Group", "Invitation",
    "JoinRequest", "Kind", "Mail", "MailState", "Membership", "Opening", "Post", "Preview", "PreviewState", "Reading",
    "Receipts", "RequestState", "Revision", "Scan", "Session", "Slide", "Standing", "Stray", "Subject", "Submission",
    "Suggestion", "Theme", "Topic", "TopicKind", "TopicTag", "Upload", "User", "Version", "page_noun",
]  # fmt: skip
