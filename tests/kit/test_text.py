"""Text: what people write comes out as they meant it, and never as anything else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from forum.kit.text import excerpt, mentions, plain, render

PEOPLE = {"maya": "/people/maya", "tom_a": "/people/tom_a"}


def people(handle: str) -> str | None:
    return PEOPLE.get(handle)


def test_a_heading_becomes_a_bold_paragraph():
    assert render("# Handover") == "<p><strong>Handover</strong></p>\n"
    assert render("Handover\n===") == "<p><strong>Handover</strong></p>\n"


def test_a_single_line_break_is_kept():
    assert "Ceri<br>\nNorthbrook" in render("Ceri\nNorthbrook")


def test_html_is_shown_as_text():
    assert render("<b onclick=x>hi</b>") == "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"


def test_a_picture_becomes_a_link_to_it():
    html = render("![The *new* form](https://example.org/a.png)")
    assert '<a href="https://example.org/a.png" rel="nofollow noopener ugc">Image: The new form (link)</a>' in html
    assert "<img" not in html


def test_a_picture_inside_a_link_leaves_one_link():
    html = render("[![form](https://example.org/a.png)](https://example.org/)")
    assert html.count("<a ") == 1
    assert "Image: form (link)" in html


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html,a)",
        "[x](vbscript:a)",
        "[x](JaVaScRiPt:a)",
        "[x](&#106;avascript:a)",
        "[x]( file:a)",
    ],
)
def test_only_web_and_mail_addresses_are_linked(source):
    assert "href" not in render(source)


@pytest.mark.parametrize("source", ["https://example.org/x", "www.gov.uk/guidance", "me@example.org", "gov.uk"])
def test_addresses_become_links(source):
    assert 'rel="nofollow noopener ugc"' in render(f"See {source} today")


def test_a_file_name_is_no_address():
    assert "<a" not in render("The plan is in notes.md and plan.zip")


def test_a_mention_is_linked_when_there_is_such_a_person():
    html = render("Thanks @Maya and @Nobody", mention=people)
    assert '<a class="mention" href="/people/maya" rel="nofollow noopener ugc">@Maya</a> and @Nobody' in html


@pytest.mark.parametrize(
    "source",
    [
        "`@maya`",
        "[@maya](https://example.org)",
        "x@maya",
        "me@maya.org",
        "/@maya",
        "    @maya",
        "```\n@maya\n```",
        "https://example.org/@maya",
        r"\@maya",
        "@mayaé",
        "@maya@example.org",
        "<https://example.org/?a=@maya>",
    ],
)
def test_no_mention_in_code_links_and_words(source):
    assert "/people/" not in render(source, mention=people)
    assert "maya" not in mentions(source)


@pytest.mark.parametrize(
    "source",
    [
        "@maya",
        "(@maya)",
        "_@maya_",
        "**@Maya**",
        "Hi @MAYA, thanks",
        "- @maya",
        "> @maya.",
        "# @maya",
        "|a|\n|-|\n|@maya|",
    ],
)
def test_mentions_are_found_wherever_words_stand(source):
    assert mentions(source) == ["maya"]


def test_each_person_is_mentioned_once_in_order():
    assert mentions("@tom_a, @Maya and @maya-b and @tom_a again") == ["tom_a", "maya", "maya-b"]


def test_an_address_of_a_mention_is_escaped():
    assert '"><script>' not in render("@maya", mention=lambda handle: '/"><script>alert(1)</script>')


def test_tick_boxes_are_shown_but_cannot_be_used():
    html = render("- [x] done\n- [ ] to do")
    assert html.count('type="checkbox"') == 2
    assert html.count("disabled") >= 2
    assert html.count("checked=") == 1
    assert "<label>" in html


def test_footnotes_of_two_texts_do_not_clash():
    source = "One[^a] and again[^a]\n\n[^a]: Note"
    ids = [re.findall(r' id="([^"]+)"', render(source, doc_id=name)) for name in ("p7", "p7-1")]
    assert len(ids[0]) == len(set(ids[0])) == 3
    assert not set(ids[0]) & set(ids[1])


def test_a_footnote_leads_there_and_back():
    html = render("One[^a]\n\n[^a]: Note", doc_id="p7")
    assert 'href="#fn-p7-1"' in html
    assert 'id="fn-p7-1"' in html
    assert 'href="#fnref-p7-1"' in html
    assert 'id="fnref-p7-1"' in html


def test_a_document_name_cannot_carry_markup():
    with pytest.raises(ValueError, match="doc_id"):
        render("x", doc_id='"><b>')


def test_a_table_keeps_its_alignment_without_style():
    html = render("|a|b|\n|-|-:|\n|1|2|")
    assert '<td class="cell-end">2</td>' in html
    assert "style" not in html


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_excerpts_are_never_longer_than_asked(source):
    assert len(excerpt(source, 40)) <= 40


def test_an_excerpt_holds_the_words_alone():
    source = "# Handover\n\nWe *always* write [it](https://example.org) down[^1].\n\n[^1]: Since May"
    assert excerpt(source) == "Handover We always write it down. Since May"


def test_a_long_excerpt_ends_between_words():
    assert excerpt("one two three four five six", 14) == "one two three…"
    assert excerpt("word " * 5000, 20) == "word word word word…"


def test_an_excerpt_of_a_text_above_a_limit_is_still_words():
    assert excerpt("> " * 100 + "deep", 10)


def test_plain_reads_rendered_html_and_markdown_alike():
    source = "1 < 2 & **bold**\n\nnext"
    assert plain(source) == plain(render(source)) == "1 < 2 & bold next"
    assert plain(Markup("<p>a</p><p>b</p>")) == "a b"
