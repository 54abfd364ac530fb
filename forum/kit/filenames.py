"""Names of files: as people wrote them, without what could deceive, and as browsers are told them."""

import re
import unicodedata
from urllib.parse import quote

MAX_BYTES = 255
LONGEST_EXTENSION = 20
FALLBACK = "file"
JOINERS = "\u200c\u200d"  # they hold emoji and Persian words together
ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"  # RFC 8187 §3.2.1


def clean_name(name: str) -> str:
    """The file's name in NFC, without folders, control and bidirectional characters; never empty, at most 255 bytes.

    The extension survives the cut.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(_shown(letter) for letter in unicodedata.normalize("NFC", last))
    words = unicodedata.normalize("NFC", " ".join(seen.split())).rstrip(". ")
    bare = words.lstrip(". " + JOINERS)
    if words.startswith(".") and bare and "." not in bare:
        bare = f"{FALLBACK}.{bare}"
    return _cut(bare) or FALLBACK


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind[0] == "Z" or letter in "\t\n\r":
        return " "
    return "" if kind[0] == "C" and letter not in JOINERS else letter


def _cut(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > LONGEST_EXTENSION:
        stem, dot, extension = name, "", ""
    room = MAX_BYTES - len(f"{dot}{extension}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + extension


def content_disposition(name: str, inline: bool = False) -> str:
    """The header's value for a download, or for a file shown in the page: RFC 6266, the full name by RFC 8187."""
    name = clean_name(name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe=ATTRIBUTE_CHARACTERS)}"


def _ascii(name: str) -> str:
    """The name for old browsers: accents are dropped, and what could end the quotes or be decoded becomes _."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\x20-\x7e]", "", plain)
    plain = re.sub(r'["\\%/;]', "_", plain).strip()
    stem, dot, extension = plain.rpartition(".")
    return f"{stem.strip() or FALLBACK}{dot}{extension}" if dot else plain or FALLBACK
