"""Who can see this, in words: the same constant that decides access decides the sentence (ux brief §6)."""

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from sqlalchemy import func, select

from forum.access import CARD, READ, TABLE, level
from forum.kit.cache import Lru
from forum.kit.db import db
from forum.kit.when import plural
from forum.models import FileAudience, Group, Kind, Post, Standing, User
from forum.rule import column
from forum.who import VISITOR


@dataclass(frozen=True, slots=True)
class Sight:
    """An audience: a sentence, its icon, whether it reaches beyond the community, and who that is in detail."""

    icon: str
    sentence: Markup
    wide: bool = False
    details: list[Markup] = field(default_factory=list)
    #: how many registered people it is; None for the web
    people: int | None = None


_PEOPLE: Lru[str, int] = Lru(1, ttl=60)


def people_count() -> int:
    """How many people are registered; at most a minute old."""
    found = _PEOPLE.get("people")
    if found is None:
        registered = select(func.count()).where(User.active, User.confirmed_at.is_not(None))
        found = db.session.connection().scalar(registered) or 0
        _PEOPLE.put("people", found)
    return found


def audience_of(thing: Any) -> FileAudience:
    """How far a group, topic, post or file reaches, as the table says."""
    group = thing if isinstance(thing, Group) else thing.topic.group if isinstance(thing, Post) else thing.group
    if getattr(thing, "hidden_at", None):
        return FileAudience.FACILITATORS
    if hasattr(thing, "audience"):
        return _file_audience(thing, group)
    if level(VISITOR, group) >= READ:
        return FileAudience.WEB
    return FileAudience.REGISTERED if TABLE[Standing.REGISTERED][column(group)] >= READ else FileAudience.MEMBERS


def _file_audience(document: Any, group: Group) -> FileAudience:
    """The file's own audience, cut to what its group allows now (and, attached to a post, to the post's)."""
    wide = document.audience in (FileAudience.WEB, FileAudience.REGISTERED)
    single = group.kind == Kind.RESTRICTED and group.single_files and document.post_id is None
    if not wide or (group.kind != Kind.OPEN and not single):
        return FileAudience.MEMBERS if wide else document.audience
    to_web = document.audience == FileAudience.WEB and group.kind == Kind.OPEN
    reach = READ if document.post_id else CARD
    return FileAudience.WEB if to_web and level(VISITOR, group) >= reach else FileAudience.REGISTERED


def sight(thing: Any, what: str = "this") -> Sight:
    """Who can see a group's posts, a topic, a post or a file. `what` stands in the sentence ("this file")."""
    group = thing if isinstance(thing, Group) else thing.topic.group if isinstance(thing, Post) else thing.group
    return sight_of(audience_of(thing), group, what)


def sight_of(audience: FileAudience, group: Group, what: str = "this") -> Sight:
    """The sentence for an audience of a group."""
    if audience == FileAudience.WEB:
        return Sight(
            "alert",
            Markup("<b>Anyone on the web</b> can see {}").format(what),
            wide=True,
            details=_details(group, web=True),
        )
    if audience == FileAudience.FACILITATORS:
        few = "the facilitator" if group.facilitator_count == 1 else f"the {group.facilitator_count} facilitators"
        return Sight(
            "shield",
            Markup("Only <b>{}</b> of {} can see {}").format(few, group.name, what),
            people=group.facilitator_count,
        )
    if audience == FileAudience.REGISTERED and group.parent is None:
        return Sight(
            "open",
            Markup("<b>Everyone signed in</b> can see {}: {}").format(what, plural(people_count(), "person", "people")),
            people=people_count(),
            details=_details(group),
        )
    readers = group.parent if audience == FileAudience.REGISTERED and group.parent else group
    text = Markup("Only members of <b>{}</b> can see {}: {}").format(readers.name, what, _heads(readers))
    return Sight("lock", text, people=readers.member_count, details=_details(readers))


def draft_sight(what: str = "this draft") -> Sight:
    """The sentence for what is not posted yet."""
    return Sight("draft", Markup("Only <b>you</b> can see {}").format(what), people=1)


def masthead_sight(group: Group) -> Sight:
    """The sentence of a group's masthead, which also names its kind."""
    seen = sight(group, "what is posted here")
    kind = f"{group.kind.value.capitalize()} group."
    return Sight(seen.icon, Markup("<b>{}</b> {}").format(kind, seen.sentence), seen.wide, seen.details, seen.people)


def _heads(group: Group) -> str:
    people = plural(group.member_count, "person", "people")
    organisations = plural(group.organisation_count, "organisation", "organisations")
    return f"{people}, {organisations}" if group.organisation_count else people


def _details(group: Group, web: bool = False) -> list[Markup]:
    members = plural(group.member_count, "member", "members")
    listed = Markup('{}, listed under <a href="/groups/{}/members">Members</a>').format(members, group.slug)
    if web:
        return [listed, Markup("Search engines and people without an account too")]
    return [
        listed,
        Markup("People who join later can read it too"),
        Markup("Site administrators, when handling a report"),
        Markup("Not search engines, and not other groups"),
    ]
