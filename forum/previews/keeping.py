"""What a worker made is looked at, never trusted, and kept: a slide's words cleaned, its pictures of the right form."""

import re
import unicodedata
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forum import uploads
from forum.kit.db import db
from forum.models import Slide
from forum.previews.claims import Claim, note

#: letters; a headline above BRIEF is text
LONGEST_TITLE, BRIEF, LONGEST_TEXT = 300, 110, 20_000
#: points across, and how much higher than that
WIDTHS = {"small": 640, "large": 1600}
TALL = 4
BULLET = "• "
BULLETS = re.compile(r"[•●▪■◦‣∙·*–—-]\s+")


class Odd(ValueError):
    """A worker made something that it should not have."""


def keep(claim: Claim, said: dict[str, Any], folder: Path, pages: int, done: int | None = None) -> None:
    """Keeps what was said of one page; `done` pages have their pictures then. Does not commit.

    Bytes first: while they go to the disk, nobody is kept from writing. What a person wrote of the slide stays.
    Raises Lost, Odd; OSError when the disk is full.
    """
    number = whole(said.get("page"), 1, pages)
    known = select(Slide).where(Slide.version_id == claim.version_id, Slide.number == number)
    slide = db.session.scalars(known).first()
    made = {**words_of(said, number), **(drawn(said, folder) if said.get("width") else {})}
    note(claim, pages=pages, **({} if done is None else {"done": done}))
    if slide is None:
        slide = Slide(version_id=claim.version_id, group_id=claim.group_id, number=number)
        db.session.add(slide)
    elif "large_key" in made:
        uploads.drop_pictures(Slide.id == slide.id)
    for name, value in made.items():
        setattr(slide, name, value)
    db.session.flush()


def drawn(said: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Both pictures of a page, taken over."""
    width, height = whole(said.get("width"), 1, WIDTHS["large"]), whole(said.get("height"), 1, TALL * WIDTHS["large"])
    large = picture(folder / f"{said['page']}-large.webp", (width, height))
    small = picture(folder / f"{said['page']}-small.webp")
    keys = {"large_key": uploads.keep_picture(large), "small_key": uploads.keep_picture(small)}
    return {"width": width, "height": height, **keys}


def whole(value: Any, least: int, most: int) -> int:
    """A number within bounds. Raises Odd."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Odd(f"{value!r} is no number from {least} to {most}")
    return value


def picture(place: Path, size: tuple[int, int] | None = None) -> bytes:
    """The bytes of a picture, which is a plain WebP of that size, or of any small one; its file is gone then.

    Only the head is read here (RFC 9649 §2.5): one frame of VP8, and nothing besides. Raises Odd.
    """
    if place.is_symlink() or not place.is_file() or place.stat().st_size > uploads.LARGEST:
        raise Odd(f"{place.name} is no picture")
    content = place.read_bytes()
    place.unlink()
    plain = content[:4] == b"RIFF" and content[8:16] == b"WEBPVP8 " and content[23:26] == b"\x9d\x01\x2a"
    if not plain or int.from_bytes(content[4:8], "little") + 8 != len(content):
        raise Odd(f"{place.name} is no plain WebP")
    found = tuple(int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    most = (WIDTHS["small"], TALL * WIDTHS["small"])
    if found != size if size else not (0 < found[0] <= most[0] and 0 < found[1] <= most[1]):
        raise Odd(f"{place.name} has {found} points")
    return content


def words_of(said: dict[str, Any], number: int) -> dict[str, str]:
    """The words that were said of a page, cleaned; only those that were said."""
    found = {name: lines(said[name]) for name in ("text", "notes") if isinstance(said.get(name), str)}
    if isinstance(said.get("title"), str):
        title = " ".join(lines(said["title"]).split())
        if len(title) > BRIEF:
            found["text"] = "\n".join(filter(None, (title, found.get("text", ""))))
            title = title[:BRIEF].rpartition(" ")[0].rstrip(" .,;:") + "…"
        found["title"] = title[:LONGEST_TITLE]
    if "text" in found:
        kept = [line for line in found["text"].split("\n") if line != str(number)]
        found["text"] = "\n".join(kept)
    return found


def lines(text: str) -> str:
    """Lines without what can't be seen; an item of a list begins with a bullet."""
    text = unicodedata.normalize("NFC", text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\v", "\n"))
    shown = ["".join(filter(fit, line.replace("\t", " "))) for line in text.split("\n")]
    cleaned = [" ".join(line.split()) for line in shown]
    return "\n".join(BULLETS.sub(BULLET, line, count=1) if BULLETS.match(line) else line for line in cleaned if line)


def fit(letter: str) -> bool:
    """Whether a letter may be shown: no control, no sign of direction, nothing for private use."""
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn")
