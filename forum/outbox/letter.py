"""One mail as it leaves: whether its reader may still be told, and what it says."""

import hashlib
import hmac
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from jinja2 import Template
from sqlalchemy import bindparam, select

from forum.access import person
from forum.kit.db import db
from forum.kit.hot import Hot
from forum.kit.mail import DOMAIN, compose, message_id
from forum.models import Group, Kind, Mail, Post, User
from forum.outbox import answering, news, stopping
from forum.outbox.attending import workshop_of
from forum.outbox.needs import NEEDS, OF_POSTS, TOLD, may_be_told, page_of, topic_of
from forum.outbox.said import Said, said
from forum.sight import sight

#: mail that somebody gets for being in a group: it names a way to end it
OF_GROUPS = ("post", "mentioned", "news")
#: other mail that can be answered, of a topic or the question that it names
ANSWERED = ("topic-tagged", "question-offered")
#: what goes to an account whose mail comes back, too: of its own security. The rest is on the site
ALWAYS = ("already-registered", "password-changed")
#: why somebody gets the mail of a post
REASONS = {
    "reply": "it answers you",
    "announcement": "you are a member of this group",
    "answer": "you wrote it",
}


MAIL = Hot(
    select(Mail.id, Mail.template, Mail.user_id, Mail.address, Mail.group_id, Mail.facts, Mail.once).where(
        Mail.id == bindparam("mail")
    )
)
READER = Hot(
    select(User.id, User.name, User.email, User.fs_uniquifier, User.active, User.mail_mentions, User.mail_stopped_at)
    .where(User.id == bindparam("me"))
)  # fmt: skip


def write(mail_id: int) -> EmailMessage | None:
    """The letter of a mail; None when its reader may no longer be told, or there is nothing left to tell."""
    mail = MAIL.first({"mail": mail_id})
    reader = READER.first({"me": mail.user_id}) if mail and mail.user_id else None
    topic = topic_of(mail) if mail else None
    if mail is None or (reader and reader.mail_stopped_at and mail.template not in ALWAYS):
        return None
    group = topic.group if topic else _group(mail)
    if not may_be_told(mail, reader, group, topic):
        return None
    told = said(mail.facts["post"]) if NEEDS.get(mail.template) in OF_POSTS else None
    facts = _facts(mail, reader, group, told) | ({"topic": topic} if topic else {})
    if mail.template == "news" and not facts["parts"]:
        return None
    of = told if mail.template in OF_GROUPS else None
    return _message(mail, reader, of.post.topic.group if of else group, facts, of)


def _group(mail: Mail) -> Group | None:
    """The group of a mail; that of a post comes with it."""
    apart = mail.group_id and NEEDS.get(mail.template) != TOLD
    return db.session.get(Group, mail.group_id) if apart else None


def _message(
    mail: Mail, reader: User | None, group: Group | None, facts: dict[str, Any], told: Said | None
) -> EmailMessage:
    config, hushed, post = current_app.config, facts["discreet"], told.post if told else None
    more = dict(_stop(reader, group, facts)) if reader and mail.template in OF_GROUPS else {}
    answers = _answers(mail, facts)
    if answers and reader and (address := answering.address_for(reader, answers)):
        more["Reply-To"], facts["above"] = address, answering.ABOVE
    name = "discreet" if hushed and group and mail.template not in OF_GROUPS else mail.template
    subject, text, html = (_template(name, part).render(facts) for part in ("subject", "text", "html"))
    return compose(
        sender=(config["SITE_NAME"], config["MAIL_FROM"] or f"forum@{_host()}"),
        to=(reader.name, reader.email) if reader else ("", mail.address),
        subject=" ".join(subject.split()), text=text.strip() + "\n", html=html,
        message_id=_id(f"{mail.id}:{mail.once}") if post is None or reader is None else id_of(post.id, reader),
        list_id=f"<{_secret(f'list {group.id}')[:20] if hushed else group.slug}.groups.{_host()}>" if group else None,
        more={**more, **(_thread(told, reader) if told and reader else {})},
    )  # fmt: skip


def _answers(mail: Mail, facts: dict[str, Any]) -> Post | None:
    """The post that an answer to this letter replies to. One that says too little to be answered has none."""
    if mail.template in OF_GROUPS:
        return facts.get("post")
    if mail.template not in ANSWERED or facts["discreet"]:
        return None
    if "topic" not in facts:
        return facts.get("post")
    opening = select(Post.id).where(Post.topic_id == facts["topic"].id, Post.no == 0)
    return said(db.session.scalars(opening).one()).post


def id_of(post_id: int, reader: User) -> str:
    """The Message-ID of a post's letter to this reader: replies to it name it, and tell nobody its number."""
    return _id(f"post:{post_id}:{reader.id}")


def _thread(told: Said, reader: User) -> dict[str, str]:
    """What makes a mail program lay a post below what it answers, and all of a topic together."""
    above = [told.opening, told.post.parent_id] if told.post.no else []
    ids = list(dict.fromkeys(id_of(number, reader) for number in above if number))
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)} if ids else {}


def _stop(reader: User, group: Group | None, facts: dict[str, Any]) -> Mapping[str, str]:
    """How to end this mail with one press (RFC 8058), also for the letter's foot."""
    facts["stop"] = link("inbox.stop", token=stopping.keep(reader, group))
    for at, part in enumerate(facts.get("parts", [])):
        own = link("inbox.stop", token=stopping.keep(reader, part.of))
        facts["parts"][at] = part._replace(stop=own, audience=sight(part.of).sentence.striptags())
    return {"List-Unsubscribe": f"<{facts['stop']}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _template(name: str, part: str) -> Template:
    return current_app.jinja_env.get_template(f"mail/{name}.{part}")


def _facts(mail: Mail, reader: User | None, group: Group | None, of: Said | None) -> dict[str, Any]:
    """What the templates see: of the site, of the reader, of the news."""
    config = current_app.config
    site = {"site_name": config["SITE_NAME"], "base_url": config["BASE_URL"], "contact": config["CONTACT"]}
    told: dict[str, Any] = {"post": of.post, "words": of.words, "audience": of.audience} if of else {}
    told |= _why(mail, of.post) if of else {}
    about = of.post.topic.group if of else group
    hidden = bool(reader) and about is not None and about.kind == Kind.HIDDEN
    told["discreet"] = hidden or news.wants_discreet(mail.user_id)
    if mail.template == "news":
        told["parts"], told["more"] = news.parts(person(mail.user_id), mail.facts)
    told |= {"page": page_of(mail)} if "page" in mail.facts else {}
    told |= {"workshop": workshop_of(mail)} if "workshop_id" in mail.facts else {}
    return {**site, "link": link, "person": reader, "group": group, **mail.facts, **told}


def _why(mail: Mail, post: Post) -> dict[str, str]:
    """Whose doing a post's mail tells of, and why they get it."""
    by = mail.facts.get("by") or post.author.name
    return {"by": by, "reason": REASONS.get(mail.facts.get("why", ""), "you hear of every post in this group")}


def link(endpoint: str, _anchor: str = "", **values: Any) -> str:
    """The full address of a page, made from the configured address of the site."""
    base = urlsplit(current_app.config["BASE_URL"])
    pages = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    address = pages.build(endpoint, values, force_external=True)
    return f"{address}#{_anchor}" if _anchor else address


def _id(unique: str) -> str:
    """A Message-ID, always the same for the same mail."""
    return message_id(_host(), f"{current_app.config['SECRET_KEY']}:{unique}")


def _secret(of: str) -> str:
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), of.encode(), hashlib.sha256).hexdigest()


def _host() -> str:
    """The name of the site's host, as addresses of mail need it."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or ""
    return host if DOMAIN.fullmatch(host) else "localhost"
