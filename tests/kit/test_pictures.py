"""A portrait is small, square and upright, and tells nothing but its points."""

import io
import struct
import zlib

import pytest
from PIL import Image

from forum.kit.pictures import BadPicture, portrait
from tests.kit import samples


def made(content: bytes, size: int = 64) -> Image.Image:
    return Image.open(io.BytesIO(portrait(io.BytesIO(content), size)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_every_kind_of_picture_becomes_a_square_webp(kind):
    picture = made(samples.picture(kind, (90, 40)))
    assert (picture.format, picture.size) == ("WEBP", (64, 64))


def test_a_picture_taken_on_its_side_is_turned_upright():
    picture = Image.new("RGB", (80, 80), "white")
    picture.paste((0, 0, 0), (0, 0, 80, 40))
    turned = Image.Exif()
    turned[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=turned)
    upright = made(out.getvalue()).convert("L")
    assert upright.getpixel((60, 32)) < 60
    assert upright.getpixel((4, 32)) > 200


def test_nothing_is_kept_of_where_and_with_what_it_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    content = samples.picture("JPEG", exif=exif, comment=b"Secret comment")
    assert b"Secret" in content
    small = portrait(io.BytesIO(content))
    assert b"Secret" not in small
    assert b"EXIF" not in small
    assert not Image.open(io.BytesIO(small)).getexif()


def test_transparency_stays():
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert made(out.getvalue()).getpixel((1, 1))[3] == 0


def _png_of(width: int, height: int) -> bytes:
    """The beginning of a PNG that says it is this large; all its points would be packed zeros."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [6_400, 9_500, 60_000])
def test_a_picture_of_too_many_points_is_refused(side):
    with pytest.raises(BadPicture, match="40 million points"):
        portrait(io.BytesIO(_png_of(side, side)))


def test_a_picture_just_below_the_limit_is_taken():
    out = io.BytesIO()
    Image.new("RGBA", (6_300, 6_300), (1, 2, 3, 255)).save(out, "PNG", compress_level=1)
    assert made(out.getvalue()).size == (64, 64)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", samples.picture("BMP"), samples.picture("TIFF"),
     samples.picture("PNG")[:45], b"%!PS-Adobe-3.0 EPSF-3.0\n"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_in_plain_words(content):
    with pytest.raises(BadPicture, match="Choose a PNG, JPEG, GIF or WebP"):
        portrait(io.BytesIO(content))


def test_a_picture_of_too_many_bytes_is_not_even_read():
    with pytest.raises(BadPicture, match="20 MB"):
        portrait(io.BytesIO(bytes(20 * 1024**2 + 1)))
