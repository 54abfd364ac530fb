"""The law on who may see what, in words: read from the same constant that decides it."""

from typing import NamedTuple

from forum.access import CARD, COLUMNS, FACILITATE, NOTHING, OWN, PUBLIC, READ, TABLE, TAKE_PART, Level
from forum.models import Kind, Standing

WORDS = {
    NOTHING: "nothing",
    CARD: "sees the card",
    READ: "reads",
    TAKE_PART: "takes part",
    FACILITATE: "facilitates",
    OWN: "owns",
}
MEANINGS = {
    NOTHING: "the group looks as if it did not exist",
    CARD: "its name, summary, kind, subjects, rules for joining and facilitators; for open and restricted groups also "
    "the number of members. No topics, no files, no member list",
    READ: "topics, posts, library, member list and counts",
    TAKE_PART: "starts topics, replies, adds files, is mentioned and told of news",
    FACILITATE: "decides requests, invites, pins, locks, hides, edits the texts of the group, announces",
    OWN: "sets its kind and audience, roles and sub-groups, and reads its log",
}
PEOPLE = {
    Standing.VISITOR: ("Visitor", "not signed in, or the address is not confirmed yet"),
    Standing.REGISTERED: ("Registered", "has a confirmed, active account"),
    Standing.PENDING: ("Pending", "has asked to join this group"),
    Standing.INVITED: ("Invited", "holds an invitation to this group that has not run out"),
    Standing.FORMER: ("Former", "left this group, or was removed"),
    Standing.MEMBER: ("Member", "belongs to this group"),
    Standing.FACILITATOR: ("Facilitator", "keeps this group going"),
    Standing.OWNER: ("Owner", "answers for this group"),
    Standing.BANNED: ("Banned", "from this group: counts as a visitor there"),
    Standing.SUSPENDED: ("Suspended", "can’t sign in anywhere"),
}
JOINING = {
    Kind.OPEN: "any registered person, at once",
    Kind.RESTRICTED: "they ask; a facilitator decides",
    Kind.PRIVATE: "by invitation",
    Kind.HIDDEN: "by invitation",
}
#: from the widest to the narrowest, with what a group is called that reaches so far
REACH = (
    (Standing.VISITOR, "everyone"),
    (Standing.REGISTERED, "every registered person"),
    (Standing.INVITED, "members, and people holding an invitation"),
    (Standing.MEMBER, "members"),
)


class Row(NamedTuple):
    """One kind of person, and what they may in each kind of group."""

    name: str
    meaning: str
    cells: list[str]


class KindOfGroup(NamedTuple):
    """One kind of group: its three plain consequences."""

    name: str
    finds: str
    joins: str
    reads: str


def table() -> list[Row]:
    """The rows of the law, in its order."""
    return [Row(*PEOPLE[who], [WORDS[levels[column]] for column in COLUMNS]) for who, levels in TABLE.items()]


def columns() -> list[str]:
    """The headings over the cells."""
    return ["open, with public reading" if column == PUBLIC else column for column in COLUMNS]


def kinds() -> list[KindOfGroup]:
    """The kinds of group, from loose to tight."""
    return [KindOfGroup(kind.value, reach(kind.value, CARD), JOINING[kind], reads(kind)) for kind in Kind]


def reads(kind: Kind) -> str:
    """Who reads a group of this kind, with what its owner may widen."""
    widely = f"{reach(PUBLIC, READ)} if its owner switches on public reading"
    return reach(kind.value, READ) + (f"; {widely}" if kind == Kind.OPEN else "")


def reach(column: str, wanted: Level) -> str:
    """The widest circle of people that has this level in a column of the table."""
    return next(words for standing, words in REACH if TABLE[standing][column] >= wanted)
