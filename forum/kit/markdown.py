"""The Markdown parser of the site: CommonMark without HTML, with tables, task lists, footnotes and @mentions.

Choices made here, so that any text sits well on any page:
- A heading becomes a bold paragraph: the outline of a page is its title and its posts, never an author's shouting.
- A picture becomes a link to it: no reader's browser is sent to another site.
- A single line break is kept, as people expect who never heard of Markdown.
- Bare web addresses become links only for well-known endings, so that notes.md stays a file name.
"""

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

MENTION = re.compile(r"@([A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?)(?![^\W_]|@)")
SCHEME = re.compile(r"([^/?#]*?):")
ENDINGS = (
    "com org net edu gov int info eu uk ie fr de nl be es pt it ch at dk se no "
    "fi pl cz us ca au nz in jp br za scot wales cymru london"
)
NESTING = 40
Rule = Callable[[Sequence[Token], int, Any, dict[str, Any]], str]


@functools.cache
def parser() -> MarkdownIt:
    """The one parser. Its link finder keeps state while it works: parse() of one text at a time."""
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": NESTING}
    md = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    if md.linkify:
        md.linkify.tlds(ENDINGS.split())
    md.validateLink = _may_be_linked  # type: ignore[method-assign]
    md.use(footnote_plugin, inline=False).use(tasklists_plugin, label=True)
    md.inline.ruler.before("link", "mention", _mention)
    md.core.ruler.push("headings_as_paragraphs", _headings_as_paragraphs)
    md.core.ruler.push("pictures_as_links", _pictures_as_links)
    md.core.ruler.push("cell_alignment", _cell_alignment)
    for name, rule in RENDER_RULES.items():
        setattr(md.renderer, name, rule)
        md.renderer.rules[name] = rule  # type: ignore[attr-defined]
    return md


def _may_be_linked(url: str) -> bool:
    """True for http, https, mailto and addresses without a scheme: anything else stays text."""
    scheme = SCHEME.match(url.strip())
    return scheme is None or scheme[1].lower() in ("http", "https", "mailto")


def _mention(state: StateInline, silent: bool) -> bool:
    """True when an @handle stands here, outside links and words."""
    if state.src[state.pos] != "@" or state.linkLevel > 0:
        return False
    before = state.src[max(0, state.pos - 4) : state.pos].rstrip("_*~")[-1:]
    if before.isalnum() or before in set("/@.=&?#%+$\\-:"):
        return False
    found = MENTION.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.push("mention", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _headings_as_paragraphs(state: StateCore) -> None:
    for at, token in enumerate(state.tokens):
        if token.type not in ("heading_open", "heading_close"):
            continue
        token.type, token.tag = token.type.replace("heading", "paragraph"), "p"
        if token.nesting == 1:
            words = state.tokens[at + 1].children or []
            state.tokens[at + 1].children = [
                Token("strong_open", "strong", 1),
                *words,
                Token("strong_close", "strong", -1),
            ]


def _pictures_as_links(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and any(child.type == "image" for child in token.children):
            token.children = _without_pictures(token.children)


def _without_pictures(children: list[Token]) -> list[Token]:
    kept: list[Token] = []
    inside = 0
    for child in children:
        inside += child.nesting if child.type in ("link_open", "link_close") else 0
        kept += _picture_link(child, linked=inside > 0) if child.type == "image" else [child]
    return kept


def _picture_link(image: Token, linked: bool) -> list[Token]:
    alt = " ".join(_alternative(image).split())
    words = Token("text", "", 0, content=f"Image: {alt} (link)" if alt else "Image (link)")
    if linked:
        return [words]
    target = {"href": image.attrs.get("src", "")}
    return [Token("link_open", "a", 1, attrs=target), words, Token("link_close", "a", -1)]


def _alternative(image: Token) -> str:
    return "".join(_alternative(child) if child.children else child.content for child in image.children or [])


def _cell_alignment(state: StateCore) -> None:
    classes = {"text-align:right": "cell-end", "text-align:center": "cell-center"}
    for token in state.tokens:
        if token.type in ("th_open", "td_open"):
            side = classes.get(str(token.attrs.pop("style", "")))
            token.attrs = {"class": side} if side else {}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _render_mention(tokens: Sequence[Token], at: int, options: Any, env: dict[str, Any]) -> str:
    handle = tokens[at].content
    target = env["mention"](handle.lower()) if env.get("mention") else None
    if not target:
        return f"@{_escaped(handle)}"
    return f'<a class="mention" href="{_escaped(target)}">@{_escaped(handle)}</a>'


def _render_code(tokens: Sequence[Token], at: int, options: Any, env: dict[str, Any]) -> str:
    return f'<pre tabindex="0"><code>{_escaped(tokens[at].content)}</code></pre>\n'


def _note(tokens: Sequence[Token], at: int, env: dict[str, Any]) -> tuple[str, str]:
    """The name of a footnote and of this very reference to it, as used in ids."""
    name = f"{env.get('docId') or 'text'}-{tokens[at].meta['id'] + 1}"
    again = tokens[at].meta.get("subId", 0)
    return name, f"{name}_{again}" if again > 0 else name


def _render_reference(tokens: Sequence[Token], at: int, options: Any, env: dict[str, Any]) -> str:
    name, here = _note(tokens, at, env)
    number = tokens[at].meta["id"] + 1
    return f'<sup><a id="fnref-{here}" href="#fn-{name}" aria-label="Footnote {number}">{number}</a></sup>'


def _render_note(tokens: Sequence[Token], at: int, options: Any, env: dict[str, Any]) -> str:
    return f'<li id="fn-{_note(tokens, at, env)[0]}">'


def _render_way_back(tokens: Sequence[Token], at: int, options: Any, env: dict[str, Any]) -> str:
    number = tokens[at].meta["id"] + 1
    return f' <a href="#fnref-{_note(tokens, at, env)[1]}" aria-label="Back to footnote {number} in the text">↩︎</a>'


def _always(html: str) -> Rule:
    return lambda tokens, at, options, env: html


RENDER_RULES: dict[str, Rule] = {
    "mention": _render_mention,
    "fence": _render_code,
    "code_block": _render_code,
    "table_open": _always('<div class="table-scroll" role="group" aria-label="Table" tabindex="0"><table>\n'),
    "table_close": _always("</table></div>\n"),
    "footnote_ref": _render_reference,
    "footnote_open": _render_note,
    "footnote_anchor": _render_way_back,
    "footnote_block_open": _always('<hr><ol class="footnotes">\n'),
    "footnote_block_close": _always("</ol>\n"),
}
