"""What changed between two texts, as HTML with <ins> and <del>."""

import re

from markupsafe import Markup, escape

MAX_EDITS = 400
MAX_WORK = 400_000
PIECES = re.compile(r"\w+|\s+|[^\w\s]")
Edit = tuple[str, str]  # ("=", "-" or "+", text)


def diff(old: str, new: str) -> Markup:
    """All of both texts, escaped: same text as it is, the rest in <del> and <ins>. Shown with white-space: pre-wrap.

    Time is bounded: where two texts differ too much to be compared word by word, whole passages are shown as changed.
    """
    budget = [MAX_WORK]
    edits: list[Edit] = []
    for removed, added, same in _hunks(_edits(_lines(old), _lines(new), budget)):
        edits += _edits(PIECES.findall(removed), PIECES.findall(added), budget)
        edits += [("=", same)] if same else []
    return Markup("").join(_shown(removed, added, same) for removed, added, same in _hunks(edits))


def ways(old: str, new: str) -> list[Edit]:
    """The way from one text to the other, line by line: several lines may stand in one step. Time is bounded."""
    return _edits(_lines(old), _lines(new), [MAX_WORK])


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").splitlines(keepends=True)


def _hunks(edits: list[Edit]) -> list[tuple[str, str, str]]:
    """(removed, added, then unchanged) for each place that changed. A space between two changes is part of both."""
    hunks = [["", "", ""]]
    for at, (kind, text) in enumerate(edits):
        between = 0 < at < len(edits) - 1 and edits[at - 1][0] != "=" and edits[at + 1][0] != "="
        if between and kind == "=" and text.isspace() and "\n" not in text:
            hunks[-1][0] += text
            hunks[-1][1] += text
            continue
        if kind != "=" and hunks[-1][2]:
            hunks.append(["", "", ""])
        hunks[-1]["-+=".index(kind)] += text
    return [(removed, added, same) for removed, added, same in hunks]


def _shown(removed: str, added: str, same: str) -> Markup:
    if removed == added:
        return escape(removed + same)
    gone = Markup("<del>{}</del>").format(removed) if removed else Markup("")
    come = Markup("<ins>{}</ins>").format(added) if added else Markup("")
    return gone + come + escape(same)


def _edits(old: list[str], new: list[str], budget: list[int]) -> list[Edit]:
    """The way from old to new. What both begin and end with is set aside first."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    middle = _shortest(old_middle, new_middle, budget)
    if middle is None:
        middle = [("-", "".join(old_middle)), ("+", "".join(new_middle))]
    way = [("=", "".join(old[:head])), *middle, ("=", "".join(old[len(old) - tail :]))]
    return [(kind, text) for kind, text in way if text]


def _common(old: list[str], new: list[str]) -> int:
    count = 0
    while count < min(len(old), len(new)) and old[count] == new[count]:
        count += 1
    return count


def _shortest(old: list[str], new: list[str], budget: list[int]) -> list[Edit] | None:
    """The fewest edits (Myers 1986), or None when there are more than MAX_EDITS or the budget of steps is spent."""
    reach = {1: 0}
    history: list[dict[int, int]] = []
    for distance in range(MAX_EDITS + 1):
        history.append(dict(reach))
        for diagonal in range(-distance, distance + 1, 2):
            down = _goes_down(reach, diagonal, distance)
            x = start = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            while x < len(old) and 0 <= x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            reach[diagonal] = x
            budget[0] -= 1 + x - start
            if x >= len(old) and x - diagonal >= len(new):
                return _way_back(old, new, history)
            if budget[0] <= 0:
                return None
    return None


def _goes_down(reach: dict[int, int], diagonal: int, distance: int) -> bool:
    if abs(diagonal) == distance:
        return diagonal == -distance
    return reach[diagonal - 1] < reach[diagonal + 1]


def _way_back(old: list[str], new: list[str], history: list[dict[int, int]]) -> list[Edit]:
    """The edits, followed from the end to the start."""
    edits: list[Edit] = []
    x, y = len(old), len(new)
    for distance in range(len(history) - 1, -1, -1):
        reach, diagonal = history[distance], x - y
        before = diagonal + 1 if _goes_down(reach, diagonal, distance) else diagonal - 1
        before_x = reach[before]
        before_y = before_x - before
        while x > before_x and y > before_y and x > 0 and y > 0:
            x, y = x - 1, y - 1
            edits.append(("=", old[x]))
        if distance:
            edits.append(("+", new[before_y]) if x == before_x else ("-", old[before_x]))
            x, y = before_x, before_y
    return edits[::-1]
