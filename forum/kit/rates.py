"""Rate limits: 429 with Retry-After. Kept in memory, or in Redis where it is configured; they work without it."""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from forum.kit import errors

limiter = Limiter(key_func=get_remote_address, default_limits=[])


def searches(whose: Callable[[], str]) -> Callable[[Any], Any]:
    """A limit on a page's searches (`?q=`), counted together with those on other pages; its plain list has none."""
    return limiter.shared_limit(_often, "search", key_func=whose, exempt_when=lambda: not request.args.get("q"))


def proofs(whose: Callable[[], str]) -> Callable[[Any], Any]:
    """A limit on a person's failed tries to prove who they are, counted together wherever a page asks for it."""
    return limiter.shared_limit(
        _tries, "proof", key_func=whose, methods=["POST"], deduct_when=lambda reply: reply.status_code != 303
    )


def _tries() -> str:
    return str(current_app.config["LIMIT_SIGN_IN"])


def _often() -> str:
    return str(current_app.config["LIMIT_SEARCH"])


def init_app(app: Flask) -> None:
    """Counts in Redis where REDIS_URL says so, falling back to memory while it is away."""
    app.config["RATELIMIT_STORAGE_URI"] = app.config["REDIS_URL"] or "memory://"
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(app.config["REDIS_URL"])
    app.config["RATELIMIT_STRATEGY"] = "moving-window"
    app.config["RATELIMIT_KEY_PREFIX"] = "guildhall"
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, wait)


def wait(_error: RateLimitExceeded) -> Response:
    """The page that says in how long to try again."""
    reached = limiter.current_limit
    seconds = int(reached.reset_at - time.time()) if reached else 60
    return errors.page(TooManyRequests(retry_after=max(1, seconds)))
