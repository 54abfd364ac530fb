"""The files of the measured community: small texts attached to posts, and one real PDF of five megabytes."""

import hashlib
import random
from pathlib import Path
from typing import Any

from bench.people import Group
from bench.rows import BIG, Calendar
from bench.talk import DAY

#: one post in so many carries a file
EVERY = 80


class Files:
    """Documents as posts bring them, with their bytes below a folder."""

    def __init__(self, chance: random.Random, at: Calendar, folder: Path) -> None:
        self.chance, self.at, self.folder = chance, at, folder
        self.documents: list[tuple[Any, ...]] = []
        self.versions: list[tuple[Any, ...]] = []
        self.last_n: dict[int, int] = {}
        #: what members find, by group
        self.shown: dict[int, int] = {}

    def attach(self, row: tuple[Any, ...], fate: str) -> None:
        """Now and then a file for a post (a POST row)."""
        if row[0] % EVERY == 0 and fate != "deleted":
            words = row[8].encode()
            self._add(row[2], row[7], row[0], row[11], ("txt", "text/plain", "text"), words, fate == "shown")

    def add_big(self, group: Group) -> int:
        """The number of a PDF of five megabytes in a group's library."""
        body = pdf(self.chance.randbytes(BIG))
        kind = ("pdf", "application/pdf", "document")
        return self._add(group.id, group.members[2], None, self.at(DAY), kind, body, shown=True)

    def _add(
        self,
        group: int,
        owner: int,
        post: int | None,
        moment: str,
        kind: tuple[str, str, str],
        body: bytes,
        shown: bool,
    ) -> int:
        extension, media, sort = kind
        n = self.last_n[group] = self.last_n.get(group, 0) + 1
        self.shown[group] = self.shown.get(group, 0) + shown
        number, key = len(self.documents) + 1, f"{self.chance.getrandbits(160):040x}"
        facts = (sort, extension, len(body))
        self.documents.append((number, group, n, f"Notes {n}", "members", owner, post, moment, moment, *facts))
        digest = hashlib.sha256(body).hexdigest()
        self.versions.append(
            (number, group, 1, f"notes-{n}.{extension}", extension, media, sort, len(body), digest, key, owner, moment)
        )
        place = self.folder / key[:2] / key
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
        return n


def pdf(data: bytes) -> bytes:
    """A PDF of one empty page that carries these bytes."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(data), data),
    ]  # fmt: skip
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj%b endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(
        made
    ) + b"xref\n0 5\n0000000000 65535 f \n%btrailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(made),
    )
