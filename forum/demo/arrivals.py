"""How the people of the story registered, founded groups, came in, and went."""

from collections.abc import Callable, Iterator
from functools import partial

from forum.demo.community import Community, Row, Step, read
from forum.groups import actions as groups
from forum.groups.queries import request_named
from forum.kit.db import db
from forum.members import actions as members
from forum.members import profiles
from forum.models import Kind, Standing

SWITCHES = {
    "public_reading": "public_reading",
    "single_files_open": "single_files",
    "only_facilitators_upload": "facilitators_upload",
    "only_facilitators_start": "facilitators_start",
    "members_invite": "members_invite",
}
#: the keys of the person who runs the site, and why the account of one who left was closed
ADMIN, CLOSED = "grace", "Closed at its owner’s request."


def steps(community: Community, hashed: str) -> Iterator[Step]:
    """Everything that was done by coming and going."""
    for row in read("people"):
        yield Step(row["joined_days_ago"], partial(register, community, row, hashed))
        if row["status"] == "suspended":
            yield Step(row["suspended_days_ago"], partial(suspend, community, row["key"]))
    for row in read("groups"):
        yield Step(row["days_ago"], partial(found, community, row))
    for row in read("people"):
        for seat in row["seats"]:
            yield from seat_steps(community, row, seat)


def register(community: Community, row: Row, hashed: str) -> None:
    """Someone makes an account, and says who sees what of it."""
    confirmed = row["status"] != "unconfirmed"
    user = members.create_user(
        row["name"], row["email"], confirmed=confirmed, handle=row["handle"],
        organisation=row["organisation"], job_title=row["job_title"], admin=row.get("admin", False),
    )  # fmt: skip
    user.password = hashed
    audiences = {f"{field}_for": audience for field, audience in row.get("shows", {}).items()}
    profiles.change(user, {"about": row["about"].strip()}, audiences, row["expertise"])
    user.may_be_asked = row.get("may_be_asked", False)
    community.people[row["key"]] = user


def suspend(community: Community, key: str) -> None:
    """The administrator closes an account."""
    members.suspend(community.people[key], CLOSED, by=community.person(ADMIN))


def found(community: Community, row: Row) -> None:
    """Someone founds a group, and writes its texts."""
    switches = {SWITCHES[name]: on for name, on in row.get("switches", {}).items()}
    group = groups.create_group(
        community.person(community.founder(row["slug"])), name=row["name"], slug=row["slug"], kind=Kind(row["kind"]),
        parent=community.groups.get(row.get("parent", "")), summary=row["summary"], about=row["about"].strip(),
        subjects=row["subjects"], hue=row["hue"], emblem=row["emblem"], **switches,
    )  # fmt: skip
    group.welcome, group.refusal = row["welcome_text"].strip(), row.get("refusal_text", "").strip()
    community.groups[row["slug"]] = group


def seat_steps(community: Community, row: Row, seat: Row) -> Iterator[Step]:
    """How a person came to stand where they stand in one group."""
    key, slug, standing = row["key"], seat["group"], Standing(seat["standing"])
    enter = partial(come_in, community, key, slug)
    ends: dict[Standing, Callable[[], object]] = {
        Standing.PENDING: partial(ask, community, key, seat),
        Standing.INVITED: partial(invite, community, key, seat),
        Standing.FORMER: partial(leave, community, key, slug),
        Standing.BANNED: partial(ban, community, key, seat),
        Standing.MEMBER: enter,
        Standing.FACILITATOR: enter,
    }
    if standing in (Standing.FORMER, Standing.BANNED):
        yield Step(first_days_ago(row, slug), enter)
    if standing in ends:
        yield Step(seat["days_ago"], ends[standing])
    if standing == Standing.FACILITATOR:
        yield Step(seat["days_ago"], partial(appoint, community, key, slug))


def first_days_ago(row: Row, slug: str) -> float:
    """When someone who is gone by now came in: soon after they could."""
    group = next(one for one in read("groups") if one["slug"] == slug)
    above = [seat["days_ago"] for seat in row["seats"] if seat["group"] == group.get("parent")]
    return float(min(row["joined_days_ago"], group["days_ago"], *above)) - 0.5


def come_in(community: Community, key: str, slug: str) -> None:
    """Someone becomes a member, in the way the group's kind asks for."""
    me, group, owner = community.person(key), community.groups[slug], community.person(community.founder(slug))
    if group.kind == Kind.OPEN:
        groups.join(me, group)
    elif group.kind == Kind.RESTRICTED:
        code = groups.ask(me, group).code
        groups.accept_request(owner, db.session.execute(request_named(code, group)).scalar_one())
    else:
        invitation, _token = groups.invite(owner, group, community.people[key].email)
        groups.accept(me, invitation)


def appoint(community: Community, key: str, slug: str) -> None:
    """The founder makes a member a facilitator."""
    founder = community.person(community.founder(slug))
    groups.appoint(founder, community.people[key], community.groups[slug], Standing.FACILITATOR)


def ask(community: Community, key: str, seat: Row) -> None:
    """Someone asks to join, and waits."""
    groups.ask(community.person(key), community.groups[seat["group"]], seat["note"])


def invite(community: Community, key: str, seat: Row) -> None:
    """Someone is invited, and has not answered."""
    groups.invite(community.person(seat["by"]), community.groups[seat["group"]], community.people[key].email)


def leave(community: Community, key: str, slug: str) -> None:
    """Someone leaves."""
    groups.leave(community.person(key), community.groups[slug])


def ban(community: Community, key: str, seat: Row) -> None:
    """Someone is banned, and told why."""
    groups.ban(community.person(seat["by"]), community.people[key], community.groups[seat["group"]], seat["reason"])
