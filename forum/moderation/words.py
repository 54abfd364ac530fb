"""What the log says: each action in words. A test holds the table complete."""

from typing import Any

#: {subject} is the person it was done to
ACTIONS = {
    "account.address-asked": "Asked for another address",
    "account.address-changed": "Changed the address",
    "account.calendar-key-ended": "Ended the key to the calendar",
    "account.calendar-key-made": "Made a key to the calendar",
    "account.confirmation-asked": "Asked for another confirmation mail for {subject}",
    "account.confirmed": "Confirmed the address",
    "account.feed-key-ended": "Ended the key to feeds",
    "account.feed-key-made": "Made a key to feeds",
    "account.password-changed": "Changed the password of {subject}",
    "account.photo-changed": "Changed the photo",
    "account.photo-removed": "Removed the photo",
    "account.promoted": "Made {subject} a site administrator",
    "account.registered": "Registered",
    "account.registered-again": "Tried to register {subject} again",
    "account.reset-asked": "Asked for a new password for {subject}",
    "account.restored": "Let {subject} come back",
    "account.session-ended": "Signed out another browser",
    "account.sessions-ended": "Signed out all other browsers",
    "account.sign-in-failed": "Failed to sign in as {subject}",
    "account.signed-in": "Signed in",
    "account.signed-out": "Signed out",
    "account.suspended": "Suspended {subject}",
    "admin.mail dropped": "Dropped mail that could not be delivered",
    "admin.mail retried": "Had mail tried again that could not be delivered",
    "admin.looked at report": "Looked at something that was reported, as administrator",
    "document.audience": "Changed who may open a file",
    "document.deleted": "Deleted a file",
    "document.described": "Put words to a slide",
    "document.edited": "Changed what is said of a file",
    "document.hidden": "Hid a file",
    "document.infected": "Deleted a file that held a virus",
    "document.receipts": "Changed what is recorded when a file is opened",
    "document.restored": "Showed a file again",
    "move.undone": "Took a move back",
    "move.undone away": "Took a move back that had brought something here",
    "post.moved": "Moved a post",
    "post.moved away": "Moved a post to another group",
    "tag.merged": "Merged two tags",
    "tag.renamed": "Renamed a tag",
    "topic.merged": "Made two topics into one",
    "topic.merged away": "Made a topic part of one in another group",
    "topic.moved": "Moved a topic here",
    "topic.moved away": "Moved a topic to another group",
    "topic.split": "Made a post a topic of its own",
    "folder.renamed": "Renamed a folder",
    "group.created": "Started the group",
    "group.described": "Changed the texts",
    "group.handed over": "Handed the group over to {subject}",
    "group.kind changed": "Changed who finds, joins and reads",
    "group.switched": "Changed the switches",
    "group.tightened": "Became tighter with its parent",
    "invitation.accepted": "Came in by invitation",
    "invitation.declined": "Declined an invitation",
    "invitation.made": "Invited someone",
    "invitation.revoked": "Took an invitation back",
    "invitation.sent again": "Sent an invitation again",
    "invitation.void": "Voided an invitation by someone who may not invite any more",
    "log.exported": "Exported the log",
    "member.banned": "Banned {subject}",
    "member.joined": "Joined",
    "member.left": "Left",
    "member.removed": "Removed {subject}",
    "member.unbanned": "Lifted the ban on {subject}",
    "page.deleted": "Deleted a page",
    "page.protected": "Protected a page: only facilitators change it",
    "page.unprotected": "Let members change a page again",
    "poll.removed": "Took away a poll",
    "post.deleted": "Deleted a post",
    "post.given back": "Gave a post back to {subject}, unpublished",
    "post.hidden": "Hid a post",
    "post.published": "Published a post of {subject} that had waited",
    "post.restored": "Showed a post again",
    "question.aside": "Set a question of {subject} to a hot seat aside",
    "question.let in": "Let a question of {subject} to a hot seat in",
    "report.decided": "Decided about something of {subject} that was reported",
    "report.limit": "Was reported so often that the group’s rule hides it: something of {subject}",
    "request.accepted": "Accepted the request of {subject}",
    "request.declined": "Declined the request of {subject}",
    "role.changed": "Changed the role of {subject}",
    "seat.removed": "Took away a hot seat",
    "topic.deleted": "Deleted a topic",
    "topic.edited": "Changed title or tags of a topic",
    "topic.hidden": "Hid a topic",
    "topic.locked": "Locked a topic",
    "topic.pinned": "Pinned a topic",
    "topic.restored": "Showed a topic again",
    "topic.unlocked": "Unlocked a topic",
    "topic.unpinned": "Unpinned a topic",
    "answer.accepted": "Accepted an answer to a question by {subject}",
    "answer.cleared": "Cleared the accepted answer of a question by {subject}",
    "answer.reviewed": "Looked after the accepted answer of a question by {subject}",
    "answer.doubted": "Said that an accepted answer may be out of date",
    "version.deleted": "Deleted a version of a file",
    "version.restored": "Made an older version of a file the newest",
    "workshop.cancelled": "Cancelled a workshop",
}


def said(action: str, subject: str | None) -> str:
    """What was done, in words."""
    return ACTIONS.get(action, action).replace("{subject}", subject or "someone")


def told(details: dict[str, Any]) -> str:
    """The details of an entry, on one line."""
    return "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in details.items() if value != "")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " → ".join(map(str, value)) if isinstance(value, list) else str(value)
