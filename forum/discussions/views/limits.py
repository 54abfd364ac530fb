"""How much a person may post in a while."""

from flask import current_app, request

from forum.access import viewer


def by_person() -> str:
    """Whom posts are counted for."""
    me = viewer()
    return f"person:{me.id}" if me else f"address:{request.remote_addr}"


def post_limit() -> str:
    """How many posts in how long."""
    return str(current_app.config["LIMIT_POST"])
