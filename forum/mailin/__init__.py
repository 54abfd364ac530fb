"""Replies by mail: read safely, asked about by the rule, and posted as the form posts them."""

from forum.mailin.posting import Fate, knows, receive
from forum.mailin.serving import IDENT, PORT, Lmtp, greeting

__all__ = ["IDENT", "PORT", "Fate", "Lmtp", "greeting", "knows", "receive"]
