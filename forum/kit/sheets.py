"""Lines of CSV that a spreadsheet opens as text: RFC 4180, with no cell that it could take for a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable

#: how a cell begins that a spreadsheet would work out
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: read by spreadsheets as: this is UTF-8
MARK = "\ufeff"


def harmless(cell: str) -> str:
    """The cell as text: with an apostrophe before what begins a formula, and control characters as their numbers."""
    shown = "".join(f"\\x{ord(sign):02x}" if unicodedata.category(sign) == "Cc" else sign for sign in cell)
    return f"'{shown}" if cell.lstrip(" \n").startswith(FORMULA) else shown


def line(cells: Iterable[str]) -> str:
    """One line, ended as RFC 4180 says."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return written.getvalue()
