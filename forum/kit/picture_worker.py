"""Makes one portrait, alone in its own process: python -I picture_worker.py SIZE < picture > portrait.webp

Imports nothing of ours, so it starts fast and holds nothing worth stealing. Its limits are hard: it cannot lift them.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MAX_PIXELS = 40_000_000
CPU_SECONDS, MEMORY, OUTPUT, OPEN_FILES = 10, 512 * 1024**2, 1024**2, 16
TOO_LARGE = 3


def main() -> None:
    """Writes the portrait. Ends with TOO_LARGE above MAX_PIXELS, with 1 for anything that is no picture."""
    for kind, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        picture = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        sys.exit(TOO_LARGE)
    sys.stdout.buffer.write(portrait(picture, int(sys.argv[1])))


def portrait(picture: Image.Image, size: int) -> bytes:
    """A square WebP of the picture's middle, upright, with nothing of the original but its points."""
    picture.draft("RGB", (size * 2, size * 2))
    picture.load()
    way_up = picture.getexif().get(0x0112, 1)
    points = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    points = ImageOps.fit(points, (size, size), Image.Resampling.LANCZOS)
    points.getexif()[0x0112] = way_up
    points = ImageOps.exif_transpose(points)
    points.info.clear()
    out = io.BytesIO()
    points.save(out, "WEBP", quality=82, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()


if __name__ == "__main__":
    main()
