"""HTML of a mail as plain text, without what its program marks as quoted."""

import re
from html.parser import HTMLParser

import nh3

SILENT = {"script", "style", "head", "title", "template"}
BLOCKS = {"p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "blockquote", "pre", "hr"}
EMPTY = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr"}
#: what stands before the mail that is answered, in Outlook
FROM_HERE = {"divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container"}


#: characters of a page that are looked at
LONGEST = 200_000
#: Python's parser takes minutes over a megabyte of unfinished comments (CVE-2025-6069), so another one goes before it
WELL_FORMED = nh3.Cleaner(
    tags={*BLOCKS, "br", "span", "a", "b", "i", "em", "strong", "u", "td", "th", "tbody"},
    clean_content_tags=SILENT - {"head"},
    attributes={"*": {"class", "id"}, "blockquote": {"class", "id", "type"}},
)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.left_out, self.depth, self.ended = "", 0, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if self.left_out:
            self.depth += tag == self.left_out
            return
        if facts.get("id") in FROM_HERE:
            self.ended = True
        classes = (facts.get("class") or "").split()
        quoted = (tag == "blockquote" and facts.get("type") == "cite") or {"gmail_quote", "moz-cite-prefix"} & {
            *classes
        }
        if (tag in SILENT or quoted) and tag not in EMPTY:
            self.left_out, self.depth = tag, 1
        elif tag == "br" or tag in BLOCKS:
            self.said.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if self.left_out:
            self.depth -= tag == self.left_out
            self.left_out = self.left_out if self.depth else ""
        elif tag in BLOCKS:
            self.said.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        if not self.left_out and not self.ended:
            self.said.append(re.sub(r"\s+", " ", data))


def plain(markup: str) -> str:
    """The words of a page, block by block."""
    words = _Words()
    words.feed(WELL_FORMED.clean(markup[:LONGEST]))
    words.close()
    lines = [line.strip() for line in "".join(words.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
