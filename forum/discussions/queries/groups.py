"""A group as a plain row: what its pages show and the rule asks, in one statement made once."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from forum.access import READ, Level, Person, level
from forum.kit.hot import Hot
from forum.models import Group, Kind

_GROUP = (
    "id",
    "slug",
    "name",
    "kind",
    "public_reading",
    "hue",
    "emblem",
    "member_count",
    "organisation_count",
    "version",
    "parent_id",
)
_MORE = (
    "summary", "facilitator_count", "topic_count", "facilitators_start", "facilitators_upload", "request_count",
    "last_document_n", "hold_first", "spam_limit", "single_files",
)  # fmt: skip


@dataclass(slots=True)
class GroupRow:
    """A group as its pages and the rule need it: where a Group is asked for, this stands for one."""

    stands_for: ClassVar[type[Group]] = Group

    id: int
    slug: str
    name: str
    kind: Kind
    public_reading: bool
    hue: int
    emblem: str
    member_count: int
    organisation_count: int
    version: int
    parent_id: int | None
    parent: "GroupRow | None" = None
    summary: str = ""
    facilitator_count: int = 0
    topic_count: int = 0
    facilitators_start: bool = False
    facilitators_upload: bool = False
    request_count: int = 0
    last_document_n: int = 0
    hold_first: bool = False
    spam_limit: int = 0
    single_files: bool = False

    @property
    def group(self) -> "GroupRow":
        """Itself: what is asked about a group is asked like what is asked about a topic of it."""
        return self


PARENT, GRAND = aliased(Group), aliased(Group)
_KIN = len(_GROUP)
GROUP_COLUMNS = [
    *(getattr(Group, name) for name in _GROUP), *(getattr(PARENT, name) for name in _GROUP),
    *(getattr(GRAND, name) for name in _GROUP), *(getattr(Group, name) for name in _MORE),
]  # fmt: skip
OF_GROUP = Hot(
    select(*GROUP_COLUMNS)
    .select_from(Group)
    .outerjoin(PARENT, PARENT.id == Group.parent_id)
    .outerjoin(GRAND, GRAND.id == PARENT.parent_id)
    .where(Group.slug == bindparam("slug"))
)


def group_from(row: Any) -> GroupRow:
    """The group of a row that begins with GROUP_COLUMNS."""
    values: Any = list(row)
    make: Any = GroupRow
    grand = make(*values[2 * _KIN : 3 * _KIN]) if values[2 * _KIN] else None
    parent = make(*values[_KIN : 2 * _KIN], grand) if values[_KIN] else None
    group: GroupRow = make(*values[:_KIN], parent, *values[3 * _KIN : 3 * _KIN + len(_MORE)])
    return group


def group_if_read(me: Person, slug: str) -> tuple[Any, Level] | None:
    """The group and what this person may there, at READ or more; else None."""
    row = OF_GROUP.first({"slug": slug})
    if row is None:
        return None
    group = group_from(row)
    granted = level(me, group)
    return (group, granted) if granted >= READ else None
