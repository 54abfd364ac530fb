"""Guard 3: a word of its own in every field of every group; each person reads the whole site; it appears where it may."""

import re
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import and_, case, delete, insert, inspect, select, update

from forum import access
from forum.access import CARD, FACILITATE, OWN, READ, Level
from forum.kit.db import db
from forum.models import (
    LEADING,
    Citation,
    Cites,
    Document,
    DocumentTag,
    Group,
    Invitation,
    JoinRequest,
    Membership,
    Post,
    Preview,
    Revision,
    Slide,
    Subject,
    Suggestion,
    Topic,
    TopicTag,
    User,
    Version,
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
    "about": READ, "title": READ, "body": READ, "tag": READ, "old": READ, "document": READ, "description": READ, "folder": READ,
    "licence": READ, "workshop": READ, "mark": READ, "file": READ, "slide": READ, "slideshow": FACILITATE, "secret": FACILITATE, "hidden": FACILITATE, "note": FACILITATE,
    "suggestion": FACILITATE,
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
        text = reply.get_data(as_text=True) if (reply.mimetype or "").startswith("text/") else ""
        found[path] = text + " ".join(f"{name}: {value}" for name, value in reply.headers)
        waiting.extend(link for link in links(text, f"http://localhost{path}") if link not in found)
    return found


def seeds_of() -> list[str]:
    """The addresses that a curious person would try in every group, known to them or not."""
    found = ["/", "/groups", "/people", "/settings", "/inbox", "/about/access"]
    found += [
        f"/search?q=canary*&kind={kind}{more}" for kind in ("talk", "files", "people") for more in ("", "&sort=best")
    ]
    for group in db.session.scalars(select(Group)).unique():
        base = f"/groups/{group.slug}"
        found += [base, f"{base}/about", f"{base}/members", f"{base}/manage", f"{base}/library", f"{base}/feed.atom"]
        found += [f"{base}/topics/{n}" for n in db.session.scalars(select(Topic.n).where(Topic.group_id == group.id))]
        for n in db.session.scalars(select(Document.n).where(Document.group_id == group.id)):
            found += [f"{base}/library/{n}", f"{base}/library/{n}/download", f"{base}/library/{n}/slides/1"]
    return found


@pytest.fixture
def planted(community: Community) -> dict[int, Group]:
    """The demo community with a word in every field."""
    groups = {group.id: group for group in db.session.scalars(select(Group)).unique()}
    for group in groups.values():
        plant(group)
    plant_citations(groups)
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
    for path, text in crawl(browser, seeds_of()).items():
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
        Group: {"name", "summary", "about", "about_html", "welcome", "refusal"}, Topic: {"title"}, Post: {"body", "html"}, TopicTag: {"tag"},
        Revision: {"body", "title"}, Document: {"title", "description", "folder", "licence", "workshop"}, DocumentTag: {"tag"}, Version: {"name"}, JoinRequest: {"note", "reason"},
        Invitation: {"note"}, Subject: {"name"}, Slide: {"title", "text", "notes", "described"}, Preview: {"reason"}, Suggestion: {"words"},
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
    }
    for model, names in planted.items():
        columns = {c.key for c in inspect(model).columns if c.type.python_type is str}  # type: ignore[union-attr]
        assert columns - names - silent == set(), model.__name__
