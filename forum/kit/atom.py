"""Atom (RFC 4287) as bytes: built as a tree, so that everything in it is escaped.

By hand and not by `feedgenerator`: its feeds link to themselves by the address that was asked for, key and all, and
it knows no related links, which is how files stand here.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

SPACE = "http://www.w3.org/2005/Atom"
#: characters that XML has no way to write
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: addresses within the site, in HTML that our own renderer made
INSIDE = re.compile(r'((?:href|src)=")(/[^"]*|#[^"]*)"')
register_namespace("", SPACE)


class Related(NamedTuple):
    """A file that came with an entry: its page, not its bytes."""

    address: str
    title: str


class Entry(NamedTuple):
    """One entry, with the HTML that it says."""

    id: str
    title: str
    address: str
    author: str
    html: str
    published: datetime
    updated: datetime
    tags: Sequence[str] = ()
    related: Sequence[Related] = ()


class Feed(NamedTuple):
    """A feed, newest entries first. `here`: the address without any key; `address`: the page it is of."""

    id: str
    title: str
    here: str
    address: str
    updated: datetime
    entries: Sequence[Entry] = ()
    site: str = ""


def written(feed: Feed) -> bytes:
    """The document."""
    root = Element(f"{{{SPACE}}}feed")
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(feed.updated))
    _text(root, "generator", "Guildhall")
    _link(root, "self", feed.here, type="application/atom+xml")
    _link(root, "alternate", feed.address, type="text/html")
    author = SubElement(root, f"{{{SPACE}}}author")
    _text(author, "name", feed.site or feed.title)
    for entry in feed.entries:
        _entry(SubElement(root, f"{{{SPACE}}}entry"), entry, feed)
    return bytes(b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode())


def _entry(into: Element, entry: Entry, feed: Feed) -> None:
    _text(into, "id", entry.id)
    _text(into, "title", entry.title)
    _text(into, "published", _moment(entry.published))
    _text(into, "updated", _moment(entry.updated))
    _link(into, "alternate", entry.address, type="text/html")
    _text(SubElement(into, f"{{{SPACE}}}author"), "name", entry.author)
    for tag in entry.tags:
        SubElement(into, f"{{{SPACE}}}category", term=_plain(tag))
    for file in entry.related:
        _link(into, "related", file.address, title=file.title)
    _text(into, "content", whole(entry.html, entry.address), type="html")


def whole(html: str, page: str) -> str:
    """HTML whose addresses hold wherever it is read. `page`: the whole address of the page it stands on."""
    host = "/".join(page.split("/", 3)[:3])
    return INSIDE.sub(lambda m: f'{m[1]}{host if m[2][0] == "/" else page.split("#", maxsplit=1)[0]}{m[2]}"', html)


def _text(into: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(into, f"{{{SPACE}}}{name}", attributes).text = _plain(text)


def _link(into: Element, rel: str, href: str, **attributes: str) -> None:
    said = {name: _plain(value) for name, value in attributes.items()}
    SubElement(into, f"{{{SPACE}}}link", {"rel": rel, "href": href, **said})


def _plain(text: str) -> str:
    return UNWRITABLE.sub("", text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
