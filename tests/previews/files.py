"""True files, made here, and hostile ones."""

import io
import random
import struct
import zipfile
import zlib

import pptx
from PIL import Image
from pptx.util import Inches

from tests.kit import samples

#: what a hostile file would like to read (in two parts: no address of a machine may stand in this house)
PEOPLE = "file:" + "///etc/passwd"


def pdf(*pages: str, count: int | None = None, trailer: bytes = b"", text: str = "") -> bytes:
    """A PDF with these headlines, a page each, and a text below; `count` pages in all, the last one repeated."""
    heads = list(pages) + list(pages[-1:]) * ((count or len(pages)) - len(pages))
    kids = b" ".join(f"{4 + 2 * at} 0 R".encode() for at in range(len(heads)))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/MediaBox[0 0 720 405]/Count %d/Kids[%s]>>" % (len(heads), kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for head in heads:
        shown = f"BT /F1 36 Tf 60 300 Td ({head}) Tj ET BT /F1 12 Tf 60 200 Td ({text}) Tj ET".encode()
        at = len(parts) + 2
        parts.append(b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>" % at)
        parts.append(b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown))
    return _written(parts, trailer)


def _written(parts: list[bytes], trailer: bytes) -> bytes:
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.7\n")
    for number, part in enumerate(parts, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    begins = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, trailer, begins))
    return out.getvalue()


def locked_pdf() -> bytes:
    """A PDF that opens with a password only."""
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -44>>/ID[<00><00>]" % (b"41" * 32, b"42" * 32)
    return pdf("Secret", trailer=lock)


def deck(
    *titles: str, bullets: tuple[str, ...] = (), notes: str = "", hidden: int = 0, thumbnail: bytes = b""
) -> bytes:
    """A PowerPoint deck with these slides; `hidden` is the number of one that is not shown."""
    made = pptx.Presentation()
    for number, title in enumerate(titles, start=1):
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(bullets)
        slide.notes_slide.notes_text_frame.text = notes
        slide.shapes.add_textbox(Inches(1), Inches(6), Inches(3), Inches(1)).text_frame.text = f"Words of {title}"
        if number == hidden:
            slide._element.set("show", "0")
    out = io.BytesIO()
    made.save(out)
    content = out.getvalue()
    return samples.repacked(content, {"docProps/thumbnail.jpeg": thumbnail}) if thumbnail else content


def deck_that_asks_for(address: str) -> bytes:
    """A deck whose first slide holds external entities, of a file and of an address elsewhere."""
    content = deck("Innocent", bullets=("One", "Two"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        slide = archive.read("ppt/slides/slide1.xml").decode()
    declared = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{PEOPLE}"><!ENTITY b SYSTEM "{address}/b">]>'
    head, _, rest = slide.partition("?>")
    return samples.repacked(
        content, {"ppt/slides/slide1.xml": f"{head}?>{declared}{rest.replace('One', '&a;&b;One')}".encode()}
    )


def letter_that_asks_for(address: str) -> bytes:
    """A Word file with a picture that is to be fetched from elsewhere."""
    content = samples.letter()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
        links = archive.read("word/_rels/document.xml.rels").decode()
    link = (
        '<Relationship Id="rIdX" TargetMode="External" Target="ADDRESS/picture.png" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
    ).replace("ADDRESS", address)
    shape = (
        '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:100pt;height:100pt">'
        '<v:imagedata xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rIdX"/>'
        "</v:shape></w:pict></w:r></w:p>"
    )
    return samples.repacked(content, {
        "word/document.xml": body.replace("<w:sectPr", f"{shape}<w:sectPr", 1).encode(),
        "word/_rels/document.xml.rels": links.replace("</Relationships>", f"{link}</Relationships>").encode(),
    })  # fmt: skip


def bomb() -> bytes:
    """A deck that would be 300 MB when unpacked, from one of some hundred kilobytes."""
    return samples.repacked(deck("Boom"), {"ppt/media/image1.png": bytes(300 * 1024**2)})


def picture_bomb() -> bytes:
    """A PNG of 50,000 by 50,000 points in a few hundred bytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10**6))) + chunk(b"IEND", b"")
    )


def damaged(content: bytes, seed: int) -> bytes:
    """The file with some bytes changed, lost or doubled; with the same seed always the same."""
    chance, made = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 40)):
        at, length = chance.randrange(20, max(21, len(made))), chance.randint(1, 200)
        made[at : at + length] = chance.choice((bytes([chance.randrange(256)]), b"", bytes(made[at : at + length]) * 2))
    return bytes(made)


def damaged_deck(seed: int) -> bytes:
    """A deck in whose slides and lists of links something is damaged, while the archive is whole."""
    content = deck("One", "Two", "Three", bullets=("A", "B"), notes="Slowly")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith(("ppt/slides/", "ppt/_rels"))]
        part = random.Random(seed).choice(names)
        return samples.repacked(content, {part: damaged(archive.read(part), seed)})


def portrait() -> bytes:
    """A JPEG that lies on its side, with words about itself."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Taken at home"
    return samples.picture("JPEG", (300, 200), exif=exif)
