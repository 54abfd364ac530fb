"""The nouns: columns, constraints, and facts about one row."""

from forum.models.audit import AuditEntry
from forum.models.citation import Citation, Quotation, Suggestion
from forum.models.discussion import NO_ANSWER, Cites, Post, Revision, Topic, TopicKind, TopicTag, waits
from forum.models.feed import FeedKey
from forum.models.group import LEADING, MAX_DEPTH, SEATED, Group, Kind, Membership, Standing, Subject
from forum.models.held import Held, HeldState
from forum.models.joining import Invitation, JoinRequest, RequestState
from forum.models.library import Document, DocumentTag, FileAudience, Receipts, Scan, Version
from forum.models.mark import Bookmark, Helpful
from forum.models.member import NAMES_ORGANISATION, Draft, Expertise, FieldAudience, Session, Submission, Theme, User
from forum.models.moving import Move, Moved
from forum.models.mute import Mute
from forum.models.notice import Bounce, Event, Mail, MailState
from forum.models.offer import Offer
from forum.models.page import Consent, Page, PageQuote, PageVersion
from forum.models.poll import Ballot, Poll
from forum.models.preview import Preview, PreviewState, Slide, page_noun
from forum.models.reading import Follow, Reading
from forum.models.receipt import Opening
from forum.models.report import Concern, Report, ReportKind, Verdict
from forum.models.seat import Asked, HotSeat, SeatQuestion, SeatVote, Sitter
from forum.models.stray import Stray
from forum.models.tagging import TagFollow
from forum.models.telling import Habit, Hear, Hearing, Notice, PushDevice, Untold
from forum.models.upload import Upload
from forum.models.workshop import Booking, CalendarKey, Material, SeenBy, Workshop

__all__ = [
    "LEADING", "MAX_DEPTH", "NAMES_ORGANISATION", "NO_ANSWER", "SEATED", "Asked", "AuditEntry", "Ballot", "Booking",
    "Bookmark", "Bounce", "CalendarKey", "Citation", "Cites", "Concern", "Consent", "Document", "DocumentTag",
    "Draft", "Event", "Expertise", "FeedKey", "FieldAudience", "FileAudience", "Follow", "Group", "Habit", "Hear",
    "Hearing", "Held", "HeldState", "Helpful", "HotSeat", "Invitation", "JoinRequest", "Kind", "Mail", "MailState",
    "Material", "Membership", "Move", "Moved", "Mute", "Notice", "Offer", "Opening", "Page", "PageQuote",
    "PageVersion", "Poll", "Post", "Preview", "PreviewState", "PushDevice", "Quotation", "Reading", "Receipts",
    "Report", "ReportKind", "RequestState", "Revision", "Scan", "SeatQuestion", "SeatVote", "SeenBy", "Session",
    "Sitter", "Slide", "Standing", "Stray", "Subject", "Submission", "Suggestion", "TagFollow", "Theme", "Topic",
    "TopicKind", "TopicTag", "Untold", "Upload", "User", "Verdict", "Version", "Workshop", "page_noun", "waits",
]  # fmt: skip
