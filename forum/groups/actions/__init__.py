"""What people do with groups. Nothing here knows of requests, and nothing commits: the caller does, once."""

from forum.groups.actions.founding import SWITCHES, SlugTaken, address_for, create_group, describe, slug_from, switch
from forum.groups.actions.inviting import accept, claim_invitations, decline, invite, resend, revoke, still_right
from forum.groups.actions.joining import accept_request, ask, decline_request, join, may_ask_from, settled, withdraw
from forum.groups.actions.kinds import Reach, change_reach, changes, lawful, reach, seal
from forum.groups.actions.leaving import ban, leave, remove, unban
from forum.groups.actions.roles import appoint, appoint_owner, hand_over
from forum.groups.actions.seats import recount, seat, touch

__all__ = [
    "SWITCHES",
    "Reach",
    "SlugTaken",
    "accept",
    "accept_request",
    "address_for",
    "appoint",
    "appoint_owner",
    "ask",
    "ban",
    "change_reach",
    "changes",
    "claim_invitations",
    "create_group",
    "decline",
    "decline_request",
    "describe",
    "hand_over",
    "invite",
    "join",
    "lawful",
    "leave",
    "may_ask_from",
    "reach",
    "recount",
    "remove",
    "resend",
    "revoke",
    "seal",
    "seat",
    "settled",
    "slug_from",
    "still_right",
    "switch",
    "touch",
    "unban",
    "withdraw",
]
