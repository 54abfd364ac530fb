"""The words of this room: what each kind of group means, how one comes in."""

from markupsafe import Markup

from forum.models import Group, Kind, Standing

#: from loose to tight
TIGHTNESS = {kind: n for n, kind in enumerate(Kind)}
HUES = ("Petrol", "Plum", "Moss", "Rust", "Indigo", "Bronze", "Rose", "Slate")
ROLES = {Standing.OWNER: "Owner", Standing.FACILITATOR: "Facilitator", Standing.MEMBER: "Member"}


def consequences(kind: Kind, parent: Group | None = None) -> tuple[str, str, str]:
    """Who finds a group of this kind, how people join, who reads: three sentences."""
    return _found_by(kind, parent), _joined_by(kind, parent), _read_by(kind, parent)


def choices(kinds: list[Kind], parent: Group | None = None) -> dict[str, Markup]:
    """What each kind means, a sentence a line, for the cards it is chosen from."""
    return {kind.value: Markup("<br>").join(consequences(kind, parent)) for kind in kinds}


def _found_by(kind: Kind, parent: Group | None) -> str:
    if kind == Kind.HIDDEN:
        return "Found by members, and by people holding an invitation."
    if kind == Kind.PRIVATE:
        return f"Found by members of {parent.name}." if parent else "Found by everyone who is signed in."
    return f"Found by everyone who reads {parent.name}." if parent else "Found by everyone, signed in or not."


def _joined_by(kind: Kind, parent: Group | None) -> str:
    if kind in (Kind.PRIVATE, Kind.HIDDEN):
        return "People join by invitation."
    through = parent is None or parent.kind == Kind.OPEN
    who = "any registered person" if parent is None or through else f"any member of {parent.name}"
    both = f", who joins {parent.name} with it" if parent is not None and through else ""
    if kind == Kind.OPEN:
        return f"Joined at once by {who}{both}."
    return f"Joined by asking: {who} may ask, and a facilitator decides."


def _read_by(kind: Kind, parent: Group | None) -> str:
    if kind != Kind.OPEN:
        return "Read by its members alone."
    return f"Read by every member of {parent.name}." if parent else "Read by every registered person."


def kinds_below(parent: Group | None) -> list[Kind]:
    """The kinds a group may be: a sub-group is never looser than its parent."""
    return [kind for kind in Kind if parent is None or TIGHTNESS[kind] >= TIGHTNESS[parent.kind]]
