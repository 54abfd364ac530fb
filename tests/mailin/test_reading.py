"""What people wrote is found in the mails that their programs make of it."""

import base64
import quopri
import time

import pytest

from forum.mailin.markup import plain
from forum.mailin.reading import Odd, read
from forum.outbox.answering import ABOVE

QUOTED = f"> {ABOVE}\n>\n> Dan wrote in a topic:\n> Where is it?\n"
SAMPLES = {
    "gmail": "It is on the wall.\n\nOn Mon, Nov 23, 2026 at 9:14 AM Northbrook <forum@example.org> wrote:\n\n" + QUOTED,
    "apple": "It is on the wall.\n\n> On 23 Nov 2026, at 09:14, Northbrook <forum@example.org> wrote:\n> \n" + QUOTED,
    "german": "It is on the wall.\n\nAm 23.11.2026 um 09:14 schrieb Northbrook:\n" + QUOTED,
    "outlook": "It is on the wall.\n\n________________________________\nFrom: Northbrook <forum@example.org>\n"
    f"Sent: Monday, 23 November 2026 09:14\nTo: Maya <m@example.org>\nSubject: Help\n\n{ABOVE}\n\nWhere is it?\n",
    "signature": "It is on the wall.\n\n-- \nMaya\nHead of lists\n",
    "phone": "It is on the wall.\n\nSent from my iPhone\n",
    "bottom": "On 23/11/2026 09:14, Northbrook wrote:\n" + QUOTED + "\nIt is on the wall.\n",
}


def mail(body, head="Content-Type: text/plain; charset=utf-8"):
    raw = body if isinstance(body, bytes) else body.encode()
    return read(f"From: m@example.org\r\n{head}\r\n\r\n".encode() + raw)


@pytest.mark.parametrize("name", SAMPLES)
def test_quotations_and_signatures_are_cut(name):
    assert mail(SAMPLES[name]).words == "It is on the wall."


@pytest.mark.parametrize(
    ("raw", "head"),
    [
        ("Über die Straße – €5".encode("cp1252"), "Content-Type: text/plain; charset=windows-1252"),
        ("Über die Straße – €5".encode("cp1252"), "Content-Type: text/plain; charset=iso-8859-1"),
        ("Über die Straße – €5".encode(), "Content-Type: text/plain; charset=us-ascii"),
        ("Über die Straße – €5".encode("cp1252"), "Content-Type: text/plain; charset=utf-8"),
        ("Über die Straße – €5".encode(), "Content-Type: text/plain; charset=no-such"),
        (base64.encodebytes("Über die Straße – €5".encode()),
         "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"),
        (quopri.encodestring("Über die Straße – €5".encode()),
         "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"),
    ],
)  # fmt: skip
def test_no_charset_loses_words(raw, head):
    assert mail(raw, head).words == "Über die Straße – €5"


@pytest.mark.parametrize(
    "markup",
    [
        '<div>On the <b>wall</b>.</div><div class="gmail_quote">Dan<blockquote>Where?</blockquote></div>',
        '<p>On the wall.</p><blockquote type="cite"><p>Where?</p></blockquote>',
        '<style>p{}</style><p>On the wall.</p><hr><div id="divRplyFwdMsg">From: Dan</div><p>Where?</p>',
    ],
)
def test_html_alone_becomes_text(markup):
    assert mail(markup, "Content-Type: text/html; charset=utf-8").words == "On the wall."


def test_too_many_parts_are_not_read():
    with pytest.raises(Odd):
        mail("--b\n\nx\n" * 300 + "--b--\n", "Content-Type: multipart/mixed; boundary=b")


@pytest.mark.parametrize("piece", ["<!--", "<", "&", "<p>", "<a b='", "</p x"])
def test_no_page_takes_long(piece):
    begun = time.thread_time()
    plain(piece * (1_000_000 // len(piece)))
    assert time.thread_time() - begun < 5, "seconds of processor time: Python's own parser takes half an hour"


def test_a_page_says_nothing_of_its_head_and_styles():
    page = (
        "<html><head><title>Secret</title><style>p {}</style></head><body><p>Said</p><script>x()</script></body></html>"
    )
    assert plain(page) == "Said"
