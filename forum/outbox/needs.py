"""What a reader must still be, at the moment of sending, to be told: one line for each template."""

from typing import Any  # noqa: I001 a model a line would not fit

from sqlalchemy import exists, select

from forum.access import CARD, FACILITATE, TAKE_PART, Level, Person, can, level, person, readable
from forum.kit.db import db
from forum.kit.quoting import places_in
from forum.models import (
    Concern, Consent, Group, Held, HeldState, Mail, Offer, Page, PageQuote, Post, TagFollow, Topic,
    TopicKind, User, Verdict,
)  # fmt: skip
from forum.outbox.attending import ATTENDING, BOOKED, CANCELLED, FILES, PLACE, attends
from forum.outbox.invited import invited, stopped, suspended
from forum.outbox.news import told_of, wanted

#: it is about the address itself: whoever has it may read it, unless their account is suspended
ADDRESS = "address"
#: the invitation it carries still opens something, and whoever has the address may know of the group by it
INVITED = "invited"
#: a confirmed, active account; a level = that level in the mail's group, too
REGISTERED = "registered"
#: the post it tells of is there, and they may read it
POST = "post"
#: what they were told of is there, they may read it, have not, and want to hear of its group
TOLD = "told"
#: the same, and they want to be told by mail
WANTED = "wanted"
#: they asked the question that it is about, others have replied, and no answer is accepted
ASKER = "asker"
#: they are asked to help with a question that may be helped with still, and have not said no
OFFERED = "offered"
#: the same, whether they are in its group or not, unless they are banned there
READABLE = "readable"
#: they look after the group of the mail, and something waits there for them still
HELD = "held"
#: they run the site, and something that was reported waits where nobody looks after the group
ESCALATED = "escalated"
#: a page quotes them still, they may read both, and have said neither yes nor no
QUOTED = "quoted"
#: the same, and they still follow one of the tags it came for
TAGGED = "tagged"

NEEDS: dict[str, str | Level] = {
    "address-change": ADDRESS,
    "address-changed": ADDRESS,
    "already-registered": ADDRESS,
    "confirm": ADDRESS,
    "reset": ADDRESS,
    "password-changed": REGISTERED,
    "invitation": INVITED,
    "request-received": FACILITATE,
    "request-decided": CARD,
    "role-changed": TAKE_PART,
    "removed": REGISTERED,
    "reply-refused": REGISTERED,
    "file-infected": TAKE_PART,
    "mentioned": WANTED,
    "moved": READABLE,
    "topic-tagged": TAGGED,
    "held-decided": CARD,
    "held-waiting": HELD,
    "report-escalated": ESCALATED,
    "report-received": FACILITATE,
    "report-limit": FACILITATE,
    "report-hid": CARD,
    "report-decided": CARD,
    "report-verdict": CARD,
    "answer-nudge": ASKER,
    "answers-due": FACILITATE,
    "question-offered": OFFERED,
    "quoted": QUOTED,
    "post": TOLD,
    "news": REGISTERED,
    "discreet": REGISTERED,
    "workshop-place": PLACE,
    "workshop-reminder": PLACE,
    "workshop-changed": BOOKED,
    "workshop-cancelled": CANCELLED,
    "workshop-files": FILES,
}

#: needs that ask for the post of a mail itself: only such a mail says its words
OF_POSTS = (POST, WANTED, READABLE, TAGGED, QUOTED, TOLD)


def topic_of(mail: Mail) -> Topic | None:
    """The topic that a mail is about (`topic_id` of its facts), as its reader may read it now, wherever it is."""
    number = mail.facts.get("topic_id")
    who = person(mail.user_id) if number else None
    return db.session.scalar(select(Topic).where(Topic.id == number, readable(Topic, who))) if who else None


def page_of(mail: Mail) -> Page | None:
    """The page that a mail is about (`page` of its facts), as its reader may read it now."""
    number = mail.facts.get("page")
    who = person(mail.user_id) if number else None
    return db.session.scalar(select(Page).where(Page.id == number, readable(Page, who))) if who else None


def may_be_told(mail: Mail, reader: User | None, group: Group | None, topic: Topic | None = None) -> bool:
    """Whether this mail may go out now. A template without a line here goes nowhere."""
    need = NEEDS.get(mail.template)
    if need in (ADDRESS, INVITED):
        known = reader.active if reader else not suspended(mail.address)
        return known and (need == ADDRESS or (invited(mail, group) and not stopped(mail.address)))
    who = person(reader.id if reader else None)
    if need in (ASKER, OFFERED):
        return topic is not None and (may_accept if need == ASKER else may_help)(who, topic)
    if need in OF_POSTS:
        wants = need != WANTED or (reader is not None and reader.mail_mentions and wanted(who, mail.facts["post"]))
        return bool(who) and wants and _reads(who, mail, POST if need == WANTED else need)
    if need in ATTENDING:
        return bool(who) and attends(who, mail, str(need))
    return bool(who) and (need == REGISTERED or (group is not None and _in_group(who, mail, group, need)))


def _in_group(who: Person, mail: Mail, group: Group, need: Any) -> bool:
    """Whether they still are in that group what the mail needs."""
    if need == HELD:
        return _held_for(who, group)
    if need == ESCALATED:
        return _escalated_to(who, mail, group)
    return isinstance(need, Level) and level(who, group) >= need


def _held_for(who: Person, group: Group) -> bool:
    waits = exists(select(1).where(Held.group_id == group.id, Held.state == HeldState.WAITING))
    return level(who, group) >= FACILITATE and bool(db.session.scalar(select(waits)))


def _escalated_to(who: Person, mail: Mail, group: Group) -> bool:
    open_ = exists(select(1).where(Concern.code == mail.facts["code"], Concern.verdict == Verdict.OPEN))
    return who.admin and not group.facilitator_count and bool(db.session.scalar(select(open_)))


def _reads(who: Person, mail: Mail, need: Any) -> bool:
    """Whether they may still read the post that a mail tells of, and are what it needs besides."""
    if need == TOLD:
        return told_of(who, mail.facts["notice"])
    post = _post_for(who, mail.facts.get("post", 0))
    if post is None:
        return False
    if need == QUOTED:
        return _is_asked(who, mail)
    if need in (READABLE, TAGGED):
        return can(who, "follow", post.topic) and (need == READABLE or _follows(who, mail))
    return level(who, post.topic.group) >= TAKE_PART


def may_accept(who: Person, topic: Topic) -> bool:
    """Whether they asked this, and could say now which reply answers it."""
    open_still = topic.accepted_no is None and topic.answer_count > 0 and topic.locked_at is None
    return open_still and topic.author_id == who.id and can(who, "accept", topic)


def may_help(who: Person, topic: Topic) -> bool:
    """Whether they are still asked about this: by the site only while they want to be, and nobody has answered."""
    asked = select(Offer.by_id, User.may_be_asked).join(User, User.id == Offer.user_id)
    mine = asked.where(Offer.topic_id == topic.id, Offer.user_id == who.id, Offer.declined_at.is_(None))
    row = db.session.execute(mine).first()
    if row is None or not can(who, "follow", topic):
        return False
    if topic.kind != TopicKind.QUESTION or topic.accepted_no is not None or topic.locked_at:
        return False
    return bool(row.by_id or (row.may_be_asked and not topic.answer_count))


def _is_asked(who: Person, mail: Mail) -> bool:
    """Whether a page of a group they are in says the words that a mail asks about, and they have not answered."""
    page, number = page_of(mail), mail.facts.get("k")
    if page is None or level(who, page.group) < TAKE_PART or number not in places_in(page.html):
        return False
    mine = (PageQuote.page_id == page.id, PageQuote.number == number, PageQuote.consent == Consent.ASKED)
    return bool(db.session.scalar(select(exists(select(1).where(*mine)))))


def _post_for(who: Person, post_id: int) -> Post | None:
    """A post, wherever it is by now, if it is there and they may read it."""
    return db.session.scalar(select(Post).where(Post.id == post_id, Post.deleted_at.is_(None), readable(Post, who)))


def _follows(who: Person, mail: Mail) -> bool:
    mine = (TagFollow.user_id == who.id, TagFollow.group_id == mail.group_id)
    return bool(db.session.scalar(select(exists(select(1).where(*mine, TagFollow.tag.in_(mail.facts["tags"]))))))
