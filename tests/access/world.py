"""A world for the access matrix: every kind of group and lawful sub-group, every pair of standings, every kind of thing.

A person named "member/banned" is a member of every sub-group and banned from every top group.
"""

import itertools
import secrets
from datetime import timedelta

from sqlalchemy import select

from forum.kit.clock import now
from forum.kit.db import db
from forum.models import (
    Asked,
    Booking,
    Bookmark,
    Citation,
    Concern,
    Document,
    FileAudience,
    Group,
    Held,
    HotSeat,
    Kind,
    Membership,
    Notice,
    Page,
    Poll,
    Post,
    Preview,
    Quotation,
    Scan,
    SeatQuestion,
    SeenBy,
    Slide,
    Standing,
    Suggestion,
    Topic,
    TopicKind,
    User,
    Version,
    Workshop,
)

STORED = ("none", "pending", "invited", "lapsed", "former", "member", "facilitator", "owner", "banned")
SHAPES = ("open", "public", "restricted", "single", "private", "hidden")
ORDER = {"open": 0, "public": 0, "restricted": 1, "single": 1, "private": 2, "hidden": 3}


def user(name: str, *, active: bool = True, confirmed: bool = True, admin: bool = False) -> User:
    """An account of the matrix."""
    handle = name.replace("/", "-")
    row = User(
        handle=handle, handle_skeleton=handle, email=f"{handle}@example.org", name=name, fs_uniquifier=secrets.token_hex(8),
        active=active, confirmed_at=now() if confirmed else None, admin=admin,
    )  # fmt: skip
    db.session.add(row)
    return row


def group(name: str, shape: str, parent: Group | None = None) -> Group:
    """A group of one shape."""
    kind = {"public": "open", "single": "restricted"}.get(shape, shape)
    row = Group(
        slug=name,
        name=name,
        kind=Kind(kind),
        emblem="XX",
        parent=parent,
        public_reading=shape == "public",
        single_files=shape == "single",
    )
    db.session.add(row)
    return row


def stand(person: User, place: Group, standing: str) -> None:
    """The row of a standing; "lapsed" is an invitation that has ended."""
    if standing == "none":
        return
    until = {"invited": now() + timedelta(days=1), "lapsed": now() - timedelta(seconds=1)}.get(standing)
    stored = Standing.INVITED if standing == "lapsed" else Standing(standing)
    db.session.add(Membership(user=person, group=place, standing=stored, until=until))


def build() -> None:
    """The whole world, committed."""
    tops = [group(shape, shape) for shape in SHAPES]
    children = [
        group(f"{top.slug}-{shape}", shape, top) for top in tops for shape in SHAPES if ORDER[shape] >= ORDER[top.slug]
    ]
    grand = [
        group(f"{child.slug}-{shape}", shape, child)
        for child in children
        for shape in ("open", "restricted", "hidden")
        if ORDER[shape] >= ORDER[child.slug.split("-")[1]]
    ]
    people = [user(f"{below}/{above}") for below, above in itertools.product(STORED, STORED)]
    people += [
        user("unconfirmed/unconfirmed", confirmed=False),
        user("suspended/suspended", active=False),
        user("admin/admin", admin=True),
    ]
    db.session.flush()
    for person in people:
        below, above = {
            "unconfirmed": ("member", "member"),
            "suspended": ("owner", "owner"),
            "admin": ("none", "none"),
        }.get(person.name.split("/")[0], person.name.split("/"))
        for top in tops:
            stand(person, top, above)
        for sub in (*children, *grand):
            stand(person, sub, below)
    uploader = db.session.scalars(select(User).where(User.name == "member/member")).one()
    for place in (*tops, *children, *grand):
        things(place, uploader)
    citations()
    bookmarks(uploader)
    told(uploader)
    quotations()
    db.session.commit()


def citations() -> None:
    """Every file is cited by a post of its own group, and by one of another; by one in each state in turn."""
    db.session.flush()
    posts = list(db.session.scalars(select(Post).where(Post.deleted_at.is_(None)).order_by(Post.id)).unique())
    here = {number: [post for post in posts if post.group_id == number] for number in {post.group_id for post in posts}}
    for at, version in enumerate(db.session.scalars(select(Version).order_by(Version.id)).unique()):
        own, cited = here[version.group_id], {"document_id": version.document_id, "version_id": version.id, "number": 1}
        for post in {own[at % len(own)], posts[at * 7 % len(posts)]}:
            db.session.add(Citation(post_id=post.id, group_id=post.group_id, **cited))


def quotations() -> None:
    """Every post is quoted by one of its own group, and by one of another."""
    posts = list(db.session.scalars(select(Post).order_by(Post.id)).unique())
    quoted: dict[int, int] = {}
    for at, source in enumerate(posts):
        for post in (posts[at - 1], posts[at * 7 % len(posts)]):
            number = quoted[post.id] = quoted.get(post.id, 0) + 1
            of = {"post_id": post.id, "group_id": post.group_id, "number": number}
            db.session.add(Quotation(source_id=source.id, words="x", html="x", **of))


def bookmarks(keeper: User) -> None:
    """One person keeps every post and every file."""
    for post in db.session.scalars(select(Post)).unique():
        db.session.add(Bookmark(user_id=keeper.id, post_id=post.id))
    for document in db.session.scalars(select(Document)).unique():
        db.session.add(Bookmark(user_id=keeper.id, document_id=document.id))


def told(reader: User) -> None:
    """One person was told of every post, and of something in every group at each level."""
    for at, post in enumerate(db.session.scalars(select(Post)).unique()):
        of = {"kind": "reply", "needs": at % 5 + 1, "once": f"post:{post.id}"}
        db.session.add(Notice(user_id=reader.id, post_id=post.id, **of))
    for group in db.session.scalars(select(Group)).unique():
        for needs in range(1, 6):
            of = {"kind": "workshop", "needs": needs, "once": f"group:{group.id}:{needs}"}
            db.session.add(Notice(user_id=reader.id, group_id=group.id, **of))


def topic(place: Group, author: User, n: int, **facts: object) -> Topic:
    """A topic of the world."""
    row = Topic(group=place, n=n, kind=TopicKind.QUESTION, title=f"topic {n}", author=author, **facts)
    db.session.add(row)
    return row


def page(place: Group, author: User, n: int, **facts: object) -> None:
    """A page of a group."""
    said = {"title": "x", "body": "x", "html": "x", "renderer": 1}
    db.session.add(Page(group_id=place.id, n=n, editor_id=author.id, **said, **facts))


def workshops(place: Group, uploader: User) -> None:
    """A workshop for each choice of who sees who comes: one person has a place, and one waits."""
    waits = db.session.scalars(select(User).where(User.name == "facilitator/member")).one()
    for n, seen_by in enumerate(SeenBy, start=1):
        when = {"starts_at": now(), "ends_at": now() + timedelta(hours=1), "zone": "Europe/London"}
        of = {"organiser_id": uploader.id, "uid": secrets.token_hex(8), "seen_by": seen_by, **when}
        row = Workshop(group_id=place.id, n=n, title="x", **of)
        db.session.add(row)
        db.session.flush()
        db.session.add(Booking(workshop_id=row.id, user_id=uploader.id, seat_at=now()))
        db.session.add(Booking(workshop_id=row.id, user_id=waits.id))


def poll(of: Topic) -> None:
    """A poll in a topic."""
    db.session.add(Poll(topic_id=of.id, question="x", options=["a", "b"], several=False, anonymous=False))


def hot_seat(of: Topic, asker: User) -> None:
    """A hot seat in a topic, with a question in each state."""
    row = HotSeat(topic_id=of.id, starts_at=now(), ends_at=now() + timedelta(hours=1), zone="Europe/London")
    db.session.add(row)
    db.session.flush()
    for n, state in enumerate(Asked, start=1):
        db.session.add(SeatQuestion(seat_id=row.id, n=n, author_id=asker.id, body="x", html="x", state=state))


def post(of: Topic, author: User, no: int, **facts: object) -> Post:
    """A post of the world."""
    row = Post(topic=of, group_id=of.group.id, no=no, place=no, author=author, body="x", html="x", renderer=1, **facts)
    db.session.add(row)
    return row


def things(place: Group, uploader: User) -> None:
    """Topics, posts and documents in each state they can have."""
    gone = now()
    plain, hidden, deleted = (
        topic(place, uploader, 1),
        topic(place, uploader, 2, hidden_at=gone),
        topic(place, uploader, 3, deleted_at=gone),
    )
    db.session.flush()
    page(place, uploader, 1)
    page(place, uploader, 2, protected=True)
    page(place, uploader, 3, deleted_at=gone)
    workshops(place, uploader)
    for each in (plain, hidden, deleted):
        poll(each)
        hot_seat(each, uploader)
    posts = [
        post(plain, uploader, 0),
        post(plain, uploader, 1, hidden_at=gone),
        post(plain, uploader, 2, deleted_at=gone),
        post(hidden, uploader, 0),
        post(deleted, uploader, 0),
    ]
    db.session.flush()
    lead = db.session.scalars(select(User).where(User.name == "facilitator/member")).one()
    place.facilitator_count = 1 if place.slug.count("-") == 2 else 2
    for at, (about, by) in enumerate(((posts[0], uploader), (posts[1], lead))):
        code = f"{place.slug}-{at}"
        db.session.add(Concern(group=place, code=secrets.token_hex(12), post=about, author=by, words=code))
    db.session.add(Held(group=place, code=secrets.token_hex(12), topic=plain, author=uploader, body="x", html="x"))
    states = [
        (None, {}),
        (None, {"hidden_at": gone}),
        (None, {"deleted_at": gone}),
        (None, {"posted_at": None}),
        (None, {"checked": False}),
        *((p, {}) for p in posts),
    ]
    for n, (audience, (on, facts)) in enumerate(itertools.product(FileAudience, states), start=1):
        document(place, uploader, n, audience, on, **facts)
    db.session.flush()
    made_of(place)


def document(place: Group, uploader: User, n: int, audience: FileAudience, on: Post | None, **facts: object) -> None:
    """A document with one version; in no special state, with versions in each state that a virus scanner knows."""
    row = Document(
        group=place, n=n, title=f"file {n}", audience=audience, uploader=uploader, kind="slides", extension="pdf", size=1,
        post_id=on.id if on else None, **{"posted_at": now(), **facts},
    )  # fmt: skip
    scans = [Scan.NONE if row.checked is not False else Scan.WAITING]
    if on is None and not facts:
        scans += [Scan.CLEAN, Scan.WAITING, Scan.STALLED, Scan.INFECTED]
    same = {
        "group_id": place.id,
        "name": "a.pdf",
        "extension": "pdf",
        "media_type": "application/pdf",
        "kind": "slides",
    }
    db.session.add(row)
    for number, scan in enumerate(scans, start=1):
        stored = {"size": 1, "sha256": "0" * 64, "storage_key": secrets.token_hex(16), "uploader_id": uploader.id}
        db.session.add(Version(document=row, number=number, scan=scan, **same, **stored))


def made_of(place: Group) -> None:
    """Every version in a group has been made into one slide, and somebody suggests words for that of each first one."""
    author = db.session.scalars(select(User).where(User.name == "member/former")).one()
    for version in db.session.scalars(
        select(Version).where(Version.group_id == place.id).order_by(Version.id)
    ).unique():
        made = {"version_id": version.id, "group_id": place.id}
        db.session.add_all((Preview(**made), Slide(number=1, **made)))
        if version.number == 1:
            db.session.add(Suggestion(number=1, author_id=author.id, words="x", **made))
