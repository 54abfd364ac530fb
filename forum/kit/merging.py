"""Two people changed one text: what both did, in one text, with nothing of either lost."""

from typing import NamedTuple

from forum.kit.differences import ways

Hunk = tuple[int, int, list[str]]  # from which line of the old text to which, and the lines instead


class Merged(NamedTuple):
    """The text with what both did. `clashes`: in how many places both changed the same lines; both stand there."""

    text: str
    clashes: int


def merge(base: str, theirs: str, mine: str, marks: tuple[str, str] = ("Theirs:", "Yours:")) -> Merged:
    """What two people made of one text, line by line. Where they clash, first the one's lines, then the other's."""
    old = base.splitlines(keepends=True)
    left = [(*hunk, 0) for hunk in _hunks(old, theirs)]
    right = [(*hunk, 1) for hunk in _hunks(old, mine)]
    out, at, clashes = "", 0, 0
    waiting = sorted([*left, *right], key=lambda hunk: (hunk[0], hunk[1]))
    while waiting:
        start, end, together = waiting[0][0], waiting[0][1], []
        while waiting and waiting[0][0] <= end:
            together.append(waiting.pop(0))
            end = max(end, together[-1][1])
        said = [_applied(old, start, end, [hunk[:3] for hunk in together if hunk[3] == who]) for who in (0, 1)]
        before = "".join(old[start:end])
        clash = said[0] != said[1] and before not in said
        clashes += clash
        both = "".join(f"{mark}\n{_ended(part)}" for mark, part in zip(marks, said, strict=True))
        out += "".join(old[at:start]) + (both if clash else said[0] if said[0] != before else said[1])
        at = end
    return Merged(out + "".join(old[at:]), clashes)


def _hunks(old: list[str], new: str) -> list[Hunk]:
    """What was changed of these lines."""
    hunks: list[Hunk] = []
    at = 0
    for kind, text in ways("".join(old), new):
        lines = text.splitlines(keepends=True)
        if kind == "=":
            at += len(lines)
            continue
        if not hunks or hunks[-1][1] != at:
            hunks.append((at, at, []))
        start, _, added = hunks[-1]
        at += len(lines) if kind == "-" else 0
        hunks[-1] = (start, at, [*added, *(lines if kind == "+" else ())])
    return hunks


def _applied(old: list[str], start: int, end: int, hunks: list[Hunk]) -> str:
    """These lines of the old text, as one of the two changed them."""
    out, at = "", start
    for first, last, lines in hunks:
        out += "".join(old[at:first]) + "".join(lines)
        at = last
    return out + "".join(old[at:end])


def _ended(part: str) -> str:
    return part if part.endswith("\n") or not part else part + "\n"
