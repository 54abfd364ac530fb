"""Where the current request comes from, for the log: its address and its id. Empty outside a request."""

from flask import g, has_request_context, request


def address() -> str:
    """The address of whoever asks, as the trusted proxies say."""
    return (request.remote_addr or "")[:45] if has_request_context() else ""


def request_id() -> str:
    """The id that the response carries in X-Request-Id."""
    return str(getattr(g, "request_id", "")) if has_request_context() else ""
