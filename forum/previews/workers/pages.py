"""Makes pictures of the pages of a PDF, or of one picture: python -I pages.py FILE pdf|image FIRST MOST

Alone in its own process, under limits. Writes N-small.webp and N-large.webp into the folder it runs in, and a line of
JSON for each page from FIRST on, after one that says how many there are. What goes wrong is such a line too.
Imports nothing of ours.
"""

import json
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MAX_PIXELS = 40_000_000
#: points of the two pictures across; they are at most TALL times as high
SIZES = {"large": 1600, "small": 640}
TALL = 4
#: letters looked at on one page
LETTERS = 20_000
#: a headline is larger than most of the page by so much
LARGER = 1.15
#: how pdfium says that a word goes on in the next line
HYPHENS = (0x02, 0xFFFE)
Line = tuple[str, float]


def main() -> None:
    """Says every page."""
    path, kind, first, most = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        for facts in picture(path) if kind == "image" else pages(path, first, most):
            say(facts)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        say({"trouble": "points"})
    except MemoryError:
        say({"trouble": "memory"})
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD
        say({"trouble": "password" if locked else "damaged"})
    except (OSError, ValueError, SyntaxError, EOFError):
        say({"trouble": "damaged"})


def say(facts: dict[str, Any]) -> None:
    """One line for whoever started us."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def pages(path: str, first: int, most: int) -> Iterator[dict[str, Any]]:
    """The pages of a PDF: its words, and its pictures as files."""
    document = pdfium.PdfDocument(path)
    count = len(document)
    yield {"pages": count}
    for number in range(first, count + 1 if count <= most else 0):
        try:
            page = document[number - 1]
        except pdfium.PdfiumError:
            yield {"page": number, "width": 0, "height": 0}
            continue
        yield {"page": number, **words(page), **drawn(page, number)}
        page.close()


def drawn(page: Any, number: int) -> dict[str, int]:
    """Both pictures of a page; how large the large one is."""
    width, height = page.get_size()
    if min(width, height) < 1:
        return {"width": 0, "height": 0}
    bitmap = page.render(scale=min(SIZES["large"] / width, TALL * SIZES["large"] / height))
    return saved(bitmap.to_pil().convert("RGB"), number)


def picture(path: str) -> Iterator[dict[str, Any]]:
    """A picture as a page of its own, upright, with nothing of the original but its points."""
    yield {"pages": 1}
    opened: Any = Image.open(path, formats=FORMATS)
    opened.draft("RGB", (SIZES["large"], SIZES["large"]))
    opened.load()
    way_up = opened.getexif().get(0x0112, 1)
    points = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    points.thumbnail((SIZES["large"], TALL * SIZES["large"]), Image.Resampling.LANCZOS)
    points.getexif()[0x0112] = way_up
    points = ImageOps.exif_transpose(points)
    if points.mode == "RGBA":
        ground = Image.new("RGB", points.size, "white")
        ground.paste(points, mask=points.getchannel("A"))
        points = ground
    yield {"page": 1, **saved(points, 1)}


def saved(points: Image.Image, number: int) -> dict[str, int]:
    """Writes both pictures; how large the large one is."""
    points.info.clear()
    for name, width in SIZES.items():
        made = points.copy()
        made.thumbnail((width, TALL * width), Image.Resampling.LANCZOS)
        made.save(Path(f"{number}-{name}.webp"), "WEBP", quality=80, method=2, exif=b"", icc_profile=b"", xmp=b"")
    return {"width": points.width, "height": points.height}


def words(page: Any) -> dict[str, str]:
    """The headline of a page, and what else is written on it."""
    text = page.get_textpage()
    lines = [line for line in lines_of(text) if line[0].strip()]
    text.close()
    head = headline(lines)
    return {
        "title": " ".join(lines[at][0].strip() for at in head),
        "text": "\n".join(line for at, (line, _) in enumerate(lines) if at not in head),
    }


def lines_of(text: Any) -> list[Line]:
    """The lines of a page, each with the size of its letters."""
    found: list[Line] = [("", 0.0)]
    broken = False
    for at in range(min(text.count_chars(), LETTERS)):
        code = pdfium_c.FPDFText_GetUnicode(text, at)
        if code in (0x0A, 0x0D):
            if not broken and found[-1][0]:
                found.append(("", 0.0))
            continue
        broken = code in HYPHENS
        if broken or code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
            continue
        line, size = found[-1]
        found[-1] = (line + chr(code), max(size, pdfium_c.FPDFText_GetFontSize(text, at)))
    return found


def headline(lines: list[Line]) -> range:
    """Which lines are the headline: those in the largest letters, if they are larger than most."""
    if not lines:
        return range(0)
    usual = Counter[float]()
    for line, size in lines:
        usual[round(size, 1)] += len(line)
    largest = max(size for _, size in lines)
    if largest < LARGER * usual.most_common(1)[0][0] and len(lines) > 2:
        return range(0)
    first = next(at for at, (_, size) in enumerate(lines) if size == largest)
    last = first
    while last + 1 < len(lines) and last - first < 2 and lines[last + 1][1] >= largest * 0.99:
        last += 1
    return range(first, last + 1)


if __name__ == "__main__":
    main()
