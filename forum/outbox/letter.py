"""One mail as it leaves: whether its reader may still be told, and what it says."""

from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from jinja2 import Template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.kit.db import db
from forum.kit.mail import DOMAIN, compose, message_id
from forum.models import Group, Mail, Post, Topic, User
from forum.outbox.needs import may_be_told, page_of, topic_of


def write(mail_id: int) -> EmailMessage | None:
    """The letter of a mail; None when its reader may no longer be told, as things stand now."""
    mail = db.session.get(Mail, mail_id)
    reader = db.session.get(User, mail.user_id) if mail and mail.user_id else None
    group = db.session.get(Group, mail.group_id) if mail and mail.group_id else None
    topic = topic_of(mail) if mail else None
    group = topic.group if topic else group
    if mail is None or not may_be_told(mail, reader, group, topic):
        return None
    return _message(mail, reader, group, topic)


def _message(mail: Mail, reader: User | None, group: Group | None, topic: Topic | None) -> EmailMessage:
    config, facts = current_app.config, _facts(mail, reader, group) | ({"topic": topic} if topic else {})
    subject, text, html = (_template(mail.template, part).render(facts) for part in ("subject", "text", "html"))
    return compose(
        sender=(config["SITE_NAME"], config["MAIL_FROM"] or f"forum@{_host()}"),
        to=(reader.name, reader.email) if reader else ("", mail.address),
        subject=" ".join(subject.split()), text=text.strip() + "\n", html=html,
        message_id=message_id(_host(), f"{config['SECRET_KEY']}:{mail.id}:{mail.once}"),
        list_id=f"<{group.slug}.groups.{_host()}>" if group else None,
    )  # fmt: skip


def _template(name: str, part: str) -> Template:
    return current_app.jinja_env.get_template(f"mail/{name}.{part}")


def _facts(mail: Mail, reader: User | None, group: Group | None) -> dict[str, Any]:
    """What the templates see: of the site, of the reader, of the news."""
    config = current_app.config
    site = {"site_name": config["SITE_NAME"], "base_url": config["BASE_URL"], "contact": config["CONTACT"]}
    told: dict[str, Any] = {"post": _post(mail.facts["post"])} if "post" in mail.facts else {}
    told |= {"page": page_of(mail)} if "page" in mail.facts else {}
    return {**site, "link": link, "person": reader, "group": group, **mail.facts, **told}


def _post(post_id: int) -> Post:
    """The post that a mail tells of, as it is now, with its author."""
    return db.session.scalars(select(Post).where(Post.id == post_id).options(joinedload(Post.author))).one()


def link(endpoint: str, _anchor: str = "", **values: Any) -> str:
    """The full address of a page, made from the configured address of the site."""
    base = urlsplit(current_app.config["BASE_URL"])
    pages = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    address = pages.build(endpoint, values, force_external=True)
    return f"{address}#{_anchor}" if _anchor else address


def _host() -> str:
    """The name of the site's host, as addresses of mail need it."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or ""
    return host if DOMAIN.fullmatch(host) else "localhost"
