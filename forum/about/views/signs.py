"""What machines ask: whether the site lives, whether it works, whom to tell of a weakness, what not to index."""

from datetime import timedelta

from flask import Response, current_app, jsonify

from forum.about import health
from forum.about.blueprint import bp
from forum.kit.clock import now

PRIVATE_PLACES = ("/people", "/settings", "/sign-in", "/register", "/reset", "/confirm", "/address", "/invitations")


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _plain("ok\n")


@bp.get("/readyz")
def readyz() -> Response:
    """Each part in one word; 503 when one fails that the site needs. Late mail is said, and takes nothing down."""
    parts = health.parts()
    reply = jsonify(parts)
    reply.status_code = 503 if parts["status"] == health.DOWN else 200
    reply.headers["Cache-Control"] = "no-store"
    return reply


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Whom to tell of a weakness (RFC 9116)."""
    base, contact = current_app.config["BASE_URL"], current_app.config["CONTACT"]
    told = f"mailto:{contact}" if contact else f"{base}/about/help"
    ends = (now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    canonical = f"{base}/.well-known/security.txt"
    return _plain(
        f"Contact: {told}\nExpires: {ends}\nPreferred-Languages: en\nCanonical: {canonical}\n", "public, max-age=86400"
    )


@bp.get("/robots.txt")
def robots() -> Response:
    """What search engines leave alone. The rest is what visitors may read."""
    lines = ["User-agent: *", *(f"Disallow: {place}" for place in PRIVATE_PLACES)]
    return _plain("\n".join(lines) + "\n", "public, max-age=86400")


def _plain(text: str, cache: str = "no-store") -> Response:
    return Response(text, mimetype="text/plain", headers={"Cache-Control": cache})
