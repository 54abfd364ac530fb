"""Addresses that a page asks for by itself: being asked, they prove nobody at the keyboard."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

VIEWS = "unasked"
View = TypeVar("View", bound=Callable[..., Any])


def unasked(view: View) -> View:
    """A view that scripts ask again and again: it does not make a session last."""
    setattr(view, VIEWS, True)
    return view


def asked_by_itself() -> bool:
    """Whether this request is for such an address."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), VIEWS, False) is True
