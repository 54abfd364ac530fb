"""Guard 3: a word of its own in every field of every group; each person reads the whole site; it appears where it may."""

import re
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from sqlalchemy import and_, case, delete, func, insert, inspect, select, update

from forum import access, demo
from forum.access import CARD, FACILITATE, OWN, READ, Level
from forum.kit import ids
from forum.kit.clock import now
from forum.kit.db import db
from forum.kit.text import render
from forum.models import (
    LEADING,
    Asked,
    Ballot,
    Booking,
    Bookmark,
    CalendarKey,
    Citation,
    Cites,
    Concern,
    Document,
    DocumentTag,
    FeedKey,
    Group,
    Held,
    HeldState,
    HotSeat,
    Invitation,
    JoinRequest,
    Membership,
    Notice,
    Page,
    PageQuote,
    PageVersion,
    Poll,
    Post,
    Preview,
    Quotation,
    Report,
    ReportKind,
    Revision,
    SeatQuestion,
    Slide,
    Subject,
    Suggestion,
    Topic,
    TopicTag,
    User,
    Verdict,
    Version,
    Workshop,
)
from forum.who import person
from tests.conftest import Browser, Community

PEOPLE = (
    "visitor",
    "joanna",
    "sam",
    "leon",
    "omar",
    "hugh",
    "vic",
    "maya",
    "priya",
    "ruth",
    "tom",
    "dan",
    "ines",
    "ceri",
    "grace",
)
WORD = re.compile(r"canary([a-z]+?)q(\d+)q")
#: the level from which each field may be seen
FIELDS: dict[str, Level] = {
    "name": CARD, "summary": CARD, "subject": CARD, "emblem": CARD,
    "about": READ, "title": READ, "answer": READ, "body": READ, "tag": READ, "old": READ, "document": READ, "description": READ, "folder": READ,
    "licence": READ, "workshop": READ, "mark": READ, "file": READ, "slide": READ, "slideshow": FACILITATE, "secret": FACILITATE, "hidden": FACILITATE, "note": FACILITATE,
    "suggestion": FACILITATE, "quoted": READ, "poll": READ, "asked": READ, "aside": FACILITATE, "page": READ, "meeting": READ, "door": FACILITATE,
    "report": FACILITATE, "ruling": FACILITATE, "held": FACILITATE,
    "welcome": FACILITATE, "refusal": FACILITATE, "invitation": FACILITATE,
}  # fmt: skip
assert OWN > FACILITATE
MOST = 400


def word(field: str, group_id: int) -> str:
    """The word that stands in a field of a group."""
    assert field in FIELDS
    return f"canary{field}q{group_id}q"


def plant(group: Group) -> None:
    """Writes the words of one group into each of its fields."""
    g = group.id
    group.name, group.summary = f"{group.name} {word('name', g)}", word("summary", g)
    group.about, group.about_html = word("about", g), f"<p>{word('about', g)}</p>"
    group.welcome, group.refusal = word("welcome", g), word("refusal", g)
    topics = select(Topic.id).where(Topic.group_id == g)
    posts = select(Post.id).where(Post.group_id == g)
    documents = select(Document.id).where(Document.group_id == g)
    facilitators = documents.where(Document.audience == "facilitators")
    secret = select(Version.id).where(Version.document_id.in_(facilitators))
    mark = case((Document.audience == "facilitators", word("secret", g)), else_=word("mark", g))
    tagged = select(Document.id, Document.group_id, mark).where(Document.group_id == g)
    for statement in (
        delete(DocumentTag).where(DocumentTag.group_id == g),
        update(Subject).where(Subject.group_id == g).values(name=word("subject", g) + Subject.name),
        update(Topic).where(Topic.group_id == g).values(title=word("title", g)),
        update(Topic)
        .where(Topic.group_id == g, Topic.accepted_no.is_not(None))
        .values(answer_summary=word("answer", g), outdated_why=word("answer", g), outdated_at=Topic.created_at),
        update(Post)
        .where(Post.group_id == g, Post.deleted_at.is_(None))
        .values(body=word("body", g), html=f"<p>{word('body', g)}</p>"),
        update(Post)
        .where(Post.group_id == g, Post.hidden_at.is_not(None))
        .values(body=word("hidden", g), html=f"<p>{word('hidden', g)}</p>"),
        update(TopicTag).where(TopicTag.topic_id.in_(topics)).values(tag=word("tag", g) + TopicTag.tag),
        update(Revision).where(Revision.post_id.in_(posts)).values(body=word("old", g)),
        update(Document)
        .where(Document.group_id == g)
        .values(
            title=word("document", g),
            description=word("description", g),
            folder=word("folder", g),
            licence=word("licence", g),
            workshop=word("workshop", g),
        ),
        insert(DocumentTag).from_select(["document_id", "group_id", "tag"], tagged),
        update(Document)
        .where(Document.group_id == g, Document.audience == "facilitators")
        .values(
            title=word("secret", g),
            description=word("secret", g),
            folder="",
            licence=word("secret", g),
            workshop=word("secret", g),
        ),
        update(Version)
        .where(Version.document_id.in_(documents))
        .values(name=word("file", g) + "." + Version.extension),
        update(Preview).where(Preview.group_id == g).values(reason=word("slide", g)),
        update(Slide)
        .where(Slide.group_id == g)
        .values(title=word("slide", g), text=word("slide", g), notes=word("slide", g)),
        update(Slide).where(Slide.group_id == g, Slide.number == 2).values(described=word("slide", g)),
        update(Slide)
        .where(Slide.version_id.in_(secret))
        .values(title=word("secret", g), text=word("secret", g), notes=word("secret", g), described=word("secret", g)),
        update(JoinRequest).where(JoinRequest.group_id == g).values(note=word("note", g)),
        update(Invitation).where(Invitation.group_id == g).values(note=word("invitation", g)),
    ):
        db.session.execute(statement)


def plant_reports(groups: dict[int, Group]) -> None:
    """In every group a post was reported, by someone who says why; and one was decided about."""
    sam = db.session.scalars(select(User).where(User.handle == "sam")).one()
    mails = [demo.address_of(name) for name in PEOPLE]
    quiet = db.session.scalars(select(User).where(User.email.not_in(mails)).order_by(User.id)).first()
    assert quiet is not None
    for g in groups:
        said = {"title": word("held", g), "body": word("held", g), "html": f"<p>{word('held', g)}</p>"}
        for state in (HeldState.WAITING, HeldState.RETURNED):
            code, facts = f"held-{g}-{state.value}", {"words": word("held", g), "reasons": [word("held", g)]}
            db.session.add(
                Held(group_id=g, code=code, author_id=quiet.id, state=state, decided_at=now(), **said, **facts)
            )
        posts = select(Post).where(Post.group_id == g, Post.deleted_at.is_(None)).order_by(Post.id).limit(2)
        for at, post in enumerate(db.session.scalars(posts).unique()):
            concern = Concern(group_id=g, code=f"concern-{g}-{at}", post_id=post.id, author_id=post.author_id)
            concern.words, concern.report_count = (word("ruling", g) if at else ""), 1
            concern.verdict = Verdict.KEPT if at else Verdict.OPEN
            concern.decided_at = now() if at else None
            made = Report(
                group_id=g, reporter_id=sam.id, kind=ReportKind.OTHER, words=word("report", g), concern=concern
            )
            db.session.add_all((concern, made))


def plant_citations(groups: dict[int, Group]) -> None:
    """An open topic cites a slide of every group, and somebody who leads each group suggests words for a slide."""
    post = db.session.scalars(
        select(Post).join(Group, Group.id == Post.group_id).where(Group.slug == "policy", Post.no == 0).limit(1)
    ).one()
    db.session.execute(update(Topic).where(Topic.id == post.topic_id).values(cites=Cites.ELSEWHERE))
    for g in groups:
        newest = (
            select(Version)
            .join(Document, Document.id == Version.document_id)
            .where(Document.group_id == g, Document.posted_at.is_not(None), Version.number == Document.last_version)
        )
        for version in db.session.scalars(newest.order_by(Version.id)).unique():
            cited = {"post_id": post.id, "group_id": post.group_id, "version_id": version.id}
            db.session.add(Citation(document_id=version.document_id, number=1, **cited))
        leading = (
            Membership.user_id == Version.uploader_id,
            Membership.group_id == g,
            Membership.standing.in_(LEADING),
        )
        for version in db.session.scalars(newest.join(Membership, and_(*leading))).unique():
            said = {"version_id": version.id, "group_id": g, "author_id": version.uploader_id}
            db.session.add(Suggestion(number=1, words=word("suggestion", g), **said))


def plant_quotations(groups: dict[int, Group]) -> None:
    """An open topic quotes a post of every group, as if each had been open when that was written."""
    opening = select(Post).join(Group, Group.id == Post.group_id).where(Post.no == 0, Post.hidden_at.is_(None))
    post = db.session.scalars(opening.where(Group.slug == "policy").limit(1)).one()
    db.session.execute(update(Topic).where(Topic.id == post.topic_id).values(cites=Cites.ELSEWHERE))
    marks = ""
    for number, g in enumerate(groups, start=1):
        source = db.session.scalars(opening.where(Post.group_id == g).limit(1)).first()
        if source:
            said = {"words": word("quoted", g), "html": f"<p>{word('quoted', g)}</p>"}
            of = {"post_id": post.id, "group_id": post.group_id, "source_id": source.id}
            db.session.add(Quotation(number=number, **of, **said))
            marks += f"<!--quote {number}--><!--quoted-->"
    html = f"<p>{word('body', post.group_id)}</p>{marks}"
    db.session.execute(update(Post).where(Post.id == post.id).values(html=html))


def plant_polls(groups: dict[int, Group]) -> None:
    """Every topic has a poll, in which its author has voted."""
    db.session.execute(delete(Poll))
    for topic in db.session.scalars(select(Topic).where(Topic.group_id.in_(groups))).unique():
        said = word("hidden" if topic.hidden_at else "poll", topic.group_id)
        poll = Poll(topic_id=topic.id, question=said, options=[said + "a", "b"], several=False, anonymous=False)
        db.session.add(poll)
        db.session.flush()
        db.session.add(Ballot(poll_id=poll.id, user_id=topic.author_id, choices=1))


def plant_seats(groups: dict[int, Group]) -> None:
    """Every topic has a hot seat, with a question that is in the queue and one that was set aside."""
    db.session.execute(delete(HotSeat))
    for topic in db.session.scalars(select(Topic).where(Topic.group_id.in_(groups))).unique():
        seat = HotSeat(topic_id=topic.id, starts_at=now(), ends_at=now() + timedelta(days=2), zone="Europe/London")
        db.session.add(seat)
        db.session.flush()
        post = select(Post.id).where(Post.topic_id == topic.id, Post.no == 1).scalar_subquery()
        for n, (field, state) in enumerate((("asked", Asked.OPEN), ("aside", Asked.ASIDE), ("asked", Asked.OPEN))):
            said = word("hidden" if topic.hidden_at else field, topic.group_id)
            leads = select(Membership.user_id).where(
                Membership.group_id == topic.group_id, Membership.standing.in_(LEADING)
            )
            by = db.session.scalars(leads.limit(1)).one() if field == "aside" else topic.author_id
            of = {"seat_id": seat.id, "n": n + 1, "author_id": by, "state": state, "why": said}
            answer = post if n == 2 else None
            db.session.add(SeatQuestion(body=said, html=f"<p>{said}</p>", answer_id=answer, **of))


def plant_pages(groups: dict[int, Group]) -> None:
    """Every group has a page, with an earlier version; an open one links to all of them, and to a topic of each."""
    links = " ".join(
        f"http://localhost/groups/{group.slug}/{thing}/1"
        for group in groups.values()
        for thing in ("pages", "topics", "library")
    )
    db.session.execute(delete(Page))
    for group in groups.values():
        author = db.session.scalars(select(Membership.user_id).where(Membership.group_id == group.id).limit(1)).one()
        said = {"title": word("page", group.id), "body": word("page", group.id)}
        source = links if group.slug == "policy" else said["body"]
        page = Page(group_id=group.id, n=1, html=render(source), renderer=1, editor_id=author, revision=2, **said)
        db.session.add(page)
        db.session.flush()
        source = db.session.scalars(
            select(Post).where(Post.group_id == group.id, Post.deleted_at.is_(None)).limit(1)
        ).first()
        if source and group.slug != "policy":
            taken = {"words": word("page", group.id), "html": f"<p>{word('page', group.id)}</p>", "asker_id": author}
            db.session.add(PageQuote(page_id=page.id, source_id=source.id, number=1, consent="given", **taken))
            page.html += f'<!--quote 1--><a href="/groups/{group.slug}"></a><!--quoted-->'
        for number in (1, 2):
            db.session.add(PageVersion(page_id=page.id, number=number, editor_id=author, **said))


def plant_workshops(groups: dict[int, Group]) -> None:
    """Every group has a workshop that is on now. Who ever was in it waits for a place: nobody may join by its link."""
    db.session.execute(delete(Workshop))
    for group in groups.values():
        said, people = word("meeting", group.id), select(Membership.user_id).where(Membership.group_id == group.id)
        booked = list(db.session.scalars(people))
        words = ("title", "place", "meant_for", "agenda", "agenda_html", "notes", "notes_html", "cancelled_why")
        when = {"starts_at": now() - timedelta(hours=1), "ends_at": now() + timedelta(hours=1), "zone": "Europe/London"}
        links = {"link": f"https://example.org/{word('door', group.id)}", "recording": f"https://example.org/{said}"}
        of = {"group_id": group.id, "n": 1, "organiser_id": booked[0], "uid": said, "series": said}
        row = Workshop(**of, **when, **links, **dict.fromkeys(words, said))
        db.session.add(row)
        db.session.flush()
        db.session.add_all(Booking(workshop_id=row.id, user_id=user_id) for user_id in booked)


def plant_bookmarks() -> None:
    """Everybody keeps everything there is, whether they may read it or not."""
    for user in db.session.scalars(select(User.id)).all():
        of = {"user_id": user, "kept_at": now()}
        rows = [{**of, "post_id": post} for post in db.session.scalars(select(Post.id))]
        files = [{**of, "document_id": document} for document in db.session.scalars(select(Document.id))]
        db.session.execute(insert(Bookmark), rows)
        db.session.execute(insert(Bookmark), files)


def plant_notices() -> None:
    """Everybody was told of everything, whether they may know of it or not."""
    posts, groups = db.session.execute(select(Post.id)).all(), db.session.execute(select(Group.id)).all()
    for user in db.session.scalars(select(User.id)).all():
        of = {"user_id": user, "actor_id": None, "code": "x", "created_at": now()}
        rows = [
            {**of, "kind": "reply", "post_id": p, "group_id": None, "needs": READ, "once": f"p{p}"} for (p,) in posts
        ]
        rows += [
            {**of, "kind": kind, "post_id": None, "group_id": g, "needs": needs, "once": f"g{g}{kind}"}
            for (g,) in groups
            for kind, needs in (("invitation", CARD), ("workshop", READ), ("request", FACILITATE))
        ]
        db.session.execute(insert(Notice), rows)


def links(page: str, base: str) -> Iterator[str]:
    """The addresses of this site that a page points to."""
    for target in re.findall(r'(?:href|src|action|formaction)="([^"#]+)', page):
        parts = urlsplit(urljoin(base, target.replace("&amp;", "&")))
        if parts.netloc in ("", "localhost") and not parts.path.startswith(("/static", "/sign-out")):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def crawl(browser: Browser, seeds: list[str]) -> dict[str, str]:
    """Every page reached from the seeds by links, with its text; at most MOST pages."""
    found: dict[str, str] = {}
    waiting = deque(seeds)
    while waiting and len(found) < MOST:
        path = waiting.popleft()
        if path in found:
            continue
        reply = browser.get(path)
        text = (
            reply.get_data(as_text=True)
            if (reply.mimetype or "").startswith(("text/", "application/atom", "application/json"))
            else ""
        )
        text = text.replace("\r\n ", "")  # lines of a calendar are folded anywhere
        found[path] = text + " ".join(f"{name}: {value}" for name, value in reply.headers)
        waiting.extend(link for link in links(text, f"http://localhost{path}") if link not in found)
    return found


def seeds_of() -> list[str]:
    """The addresses that a curious person would try in every group, known to them or not."""
    found = ["/", "/bookmarks", "/groups", "/people", "/settings", "/inbox", "/about/access", "/unanswered", "/waiting"]
    found += [
        f"/search?q=canary*&kind={kind}{more}"
        for kind in ("talk", "pages", "workshops", "files", "people")
        for more in ("", "&sort=best")
    ]
    for group in db.session.scalars(select(Group)).unique():
        base = f"/groups/{group.slug}"
        found += [
            base,
            f"{base}/about",
            f"{base}/members",
            f"{base}/manage",
            f"{base}/manage/reports",
            f"{base}/manage/held",
            f"{base}/waiting",
            f"{base}/library",
            f"{base}/feed.atom",
        ]
        found += [f"{base}/pages", f"{base}/pages/1", f"{base}/pages/1/history", f"{base}/pages/1/history/1"]
        found += [f"{base}/topics/{n}" for n in db.session.scalars(select(Topic.n).where(Topic.group_id == group.id))]
        for n in db.session.scalars(select(Document.n).where(Document.group_id == group.id)):
            found += [f"{base}/library/{n}", f"{base}/library/{n}/download", f"{base}/library/{n}/slides/1"]
        found += [
            f"{base}/tags",
            f"{base}/manage/tags",
            f"{base}/since/0",
            f"{base}/topics/1/since/0",
            f"{base}/hearing",
        ]
        found += [f"{base}/workshops", f"{base}/workshops/1", f"{base}/workshops/1.ics", f"{base}/workshops/1/files"]
    return found


def tags_to_type() -> list[str]:
    """A tag of each group, in the addresses that somebody would type to learn whether it is there."""
    found = []
    for group in db.session.scalars(select(Group)).unique():
        for bearer in (TopicTag, DocumentTag):
            tag = db.session.scalar(select(func.min(bearer.tag)).where(bearer.group_id == group.id))
            found += [f"{place}/{quote(tag)}" for place in ("/tags", f"/groups/{group.slug}/tags") if tag]
    return found


def feeds_of(user: User | None) -> list[str]:
    """Every feed there might be, with a key of that person's."""
    if user is None:
        return []
    token = ids.token()
    db.session.add(FeedKey(user_id=user.id, digest=ids.digest(token)))
    db.session.add(CalendarKey(user_id=user.id, digest=ids.digest(token)))
    db.session.commit()
    found = [f"/feeds/mine.atom?key={token}", f"/calendars/mine.ics?key={token}"]
    for group in db.session.scalars(select(Group)).unique():
        found += [f"/groups/{group.slug}/feed.atom?key={token}", f"/groups/{group.slug}/topics/1/feed.atom?key={token}"]
    return found


@pytest.fixture
def planted(community: Community) -> dict[int, Group]:
    """The demo community with a word in every field."""
    groups = {group.id: group for group in db.session.scalars(select(Group)).unique()}
    for group in groups.values():
        plant(group)
    plant_citations(groups)
    plant_quotations(groups)
    plant_polls(groups)
    plant_seats(groups)
    plant_pages(groups)
    plant_workshops(groups)
    plant_bookmarks()
    plant_notices()
    plant_reports(groups)
    db.session.commit()
    return groups


def may(reader: Any, field: str, group: Group, opened: set[int]) -> bool:
    """Whether this reader may meet the word of a field: by level, or in a file opened wider than its group."""
    wide = (
        field in ("document", "description", "folder", "licence", "workshop", "mark", "file", "slide")
        and group.id in opened
    )
    return wide or access.level(reader, group) >= FIELDS[field]


@pytest.mark.parametrize("name", PEOPLE)
def test_words_appear_where_they_may(name: str, planted: dict[int, Group], community: Community, as_: Any) -> None:
    user: User | None = None if name == "visitor" else getattr(community, name)
    reader = person(user.id if user else None)
    opened = set(db.session.scalars(select(Document.group_id).where(access.readable(Document, reader))))
    drawn = set(db.session.scalars(select(Slide.group_id).where(access.readable(Slide, reader))))
    browser = as_(user)
    met: dict[tuple[str, int], str] = {}
    # who is not signed in is asked to, and the address that they typed is kept until then
    typed = tags_to_type() if user else []
    for path, text in crawl(browser, [*seeds_of(), *typed, *feeds_of(user)]).items():
        for field, number in WORD.findall(text):
            met.setdefault((field, int(number)), path)
    leaks = {(f, planted[n].slug): path for (f, n), path in met.items() if not may(reader, f, planted[n], opened)}
    assert not leaks, leaks
    for group in planted.values():
        granted = access.level(reader, group)
        if granted >= CARD:
            assert ("name", group.id) in met, group.slug
        if granted >= READ:
            assert {("title", group.id), ("body", group.id)} <= set(met), group.slug
            assert ("slide", group.id) in met or group.id not in drawn, group.slug


def test_every_text_column_of_a_group_has_its_word() -> None:
    """A new column with words in it must be planted, or said to hold none."""
    planted = {
        Group: {"name", "summary", "about", "about_html", "welcome", "refusal"}, Topic: {"title", "answer_summary", "outdated_why"}, Post: {"body", "html"}, TopicTag: {"tag"},
        Revision: {"body", "title"}, Document: {"title", "description", "folder", "licence", "workshop"}, DocumentTag: {"tag"}, Version: {"name"}, JoinRequest: {"note", "reason"},
        Invitation: {"note"}, Subject: {"name"}, Slide: {"title", "text", "notes", "described"}, Preview: {"reason"}, Suggestion: {"words"},
        Quotation: {"words", "html"}, Poll: {"question"}, SeatQuestion: {"body", "html", "why"},
        Report: {"words"}, Concern: {"words"}, Held: {"title", "body", "html", "words"},
        Workshop: {"title", "place", "link", "meant_for", "agenda", "agenda_html", "recording", "notes", "notes_html", "cancelled_why"},
        Page: {"title", "body", "html"}, PageVersion: {"title", "body"}, PageQuote: {"words", "html"},
    }  # fmt: skip
    silent = {
        "slug",
        "emblem",
        "kind",
        "standing",
        "extension",
        "media_type",
        "sha256",
        "storage_key",
        "small_key",
        "large_key",
        "digest",
        "code",
        "email",
        "state",
        "audience",
        "receipts",
        "verdict",
        "uid",
        "series",
        "zone",
        "seen_by",
    }
    for model, names in planted.items():
        columns = {c.key for c in inspect(model).columns if c.type.python_type is str}  # type: ignore[union-attr]
        assert columns - names - silent == set(), model.__name__
