"""The nouns: columns, constraints, and facts about one row."""

from forum.models.audit import AuditEntry
from forum.models.discussion import Follow, Post, Reading, Revision, Topic, TopicKind, TopicTag
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
from forum.models.library import Document, DocumentTag, FileAudience, Receipts, Version
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
from forum.models.preview import Preview, PreviewState, Slide
from forum.models.receipt import Opening
from forum.models.upload import Upload

__all__ = [
    "LEADING", "MAX_DEPTH", "NAMES_ORGANISATION", "SEATED", "AuditEntry", "Document", "DocumentTag", "Draft",
    "Event", "Expertise", "FieldAudience", "FileAudience", "Follow", "Group", "Invitation", "JoinRequest", "Kind",
    "Mail", "MailState", "Membership", "Opening", "Post", "Preview", "PreviewState", "Reading", "Receipts",
    "RequestState", "Revision", "Session", "Slide", "Standing", "Subject", "Submission", "Theme", "Topic",
    "TopicKind", "TopicTag", "Upload", "User", "Version",
]  # fmt: skip
