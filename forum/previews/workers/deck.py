"""Reads the words of a PowerPoint deck: python -I deck.py FILE MOST

Alone in its own process, under limits. Writes a line of JSON for each slide, after one that says how many there are,
and the picture that the deck brings of itself, if any, as `thumbnail`. Imports nothing of ours.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

#: what stands on every slide and says nothing of this one
MARGINS = {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER}
LISTS = {PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT}
DEEPEST, LARGEST = 8, 4 * 1024**2
BULLET = "• "
#: what a slide may raise that another program wrote strangely
ODD = (AttributeError, KeyError, IndexError, ValueError, TypeError, NotImplementedError)


def main() -> None:
    """Says every slide."""
    path, most = sys.argv[1], int(sys.argv[2])
    with Path(path).open("rb") as stream:
        deck = Presentation(stream)
    count = len(deck.slides)
    say({"pages": count})
    if count > most:
        return
    for number, slide in enumerate(deck.slides, start=1):
        try:
            say({"page": number, **words(slide)})
        except ODD:
            say({"page": number})
    thumbnail(deck)


def say(facts: dict[str, Any]) -> None:
    """One line for whoever started us."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def words(slide: Any) -> dict[str, str]:
    """The headline of a slide, what else is written on it, and the speaker's notes."""
    head = slide.shapes.title
    head = head if head is not None and head.has_text_frame else None
    title = " ".join(head.text_frame.text.split()) if head is not None else ""
    rest = [line for line in lines(slide.shapes, head) if line.strip()]
    if not title and rest:
        title, rest = rest[0].removeprefix(BULLET), rest[1:]
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return {"title": title, "text": "\n".join(rest), "notes": notes.text if notes is not None else ""}


def lines(shapes: Iterable[Any], head: Any, depth: int = 0) -> Iterator[str]:
    """What is written in shapes, and in the groups of shapes among them."""
    for shape in shapes:
        if head is not None and shape.shape_id == head.shape_id:
            continue
        if hasattr(shape, "shapes") and depth < DEEPEST:
            yield from lines(shape.shapes, None, depth + 1)
        elif getattr(shape, "has_table", False):
            yield from (" | ".join(" ".join(cell.text.split()) for cell in row.cells) for row in shape.table.rows)
        elif shape.has_text_frame:
            yield from written(shape)


def written(shape: Any) -> list[str]:
    """The paragraphs of one shape; those of a list begin with a bullet."""
    kind = shape.placeholder_format.type if shape.is_placeholder else None
    if kind in MARGINS:
        return []
    said = [" ".join(one.text.split()) for one in shape.text_frame.paragraphs]
    said = [one for one in said if one]
    return [BULLET + one for one in said] if kind in LISTS and len(said) > 1 else said


def thumbnail(deck: Any) -> None:
    """Writes the picture that the deck brings of itself."""
    for link in deck.part.package._rels.values():  # there is no other way to it
        if link.reltype.endswith("/metadata/thumbnail") and not link.is_external:
            blob = link.target_part.blob
            if len(blob) <= LARGEST:
                Path("thumbnail").write_bytes(blob)


if __name__ == "__main__":
    main()
