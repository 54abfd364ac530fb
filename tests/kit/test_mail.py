"""A letter arrives as it was written, at one person, and nobody can slip lines into its head."""

import asyncio
import email
import socket
from email import policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from hypothesis import given
from hypothesis import strategies as st

from forum.kit.mail import BadMail, FolderMailbox, NotNow, Smtp, Uncertain, Undeliverable, build, compose, message_id

SENDER = "Northbrook Practice <forum@example.org>"
MAYA = "Maya Okafor <maya@example.org>"


class Postbox:
    """A real mail server's memory; answers as told."""

    def __init__(self) -> None:
        self.letters = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.answers.get("DATA", "250 OK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def postbox():
    box = Postbox()

    def known(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"forum", b"right"), handled=False)

    controller = Controller(box, hostname="127.0.0.1", port=free_port(), authenticator=known, auth_require_tls=False)
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


def server(postbox, **settings) -> Smtp:
    return Smtp("127.0.0.1", postbox.port, security="", timeout=5, **settings)


def read(content: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(content.replace(b"\r\n", b"\n"), policy=policy.default)


def test_a_letter_arrives_as_it_was_written(postbox):
    letter = build(SENDER, "Inês Duarte <ines@example.org>", "Été — “new replies” 🙂",
                   "Dear Inês,\n.\nFrom here\n" + "x" * 2000,
                   "<p>Dear Inês</p>", {"Message-ID": message_id("example.org", "event-7-ines")})  # fmt: skip
    server(postbox).send(letter)
    sender, to, content = postbox.letters[0]
    got = read(content)
    assert (sender, to) == ("forum@example.org", ["ines@example.org"])
    assert got["Subject"] == "Été — “new replies” 🙂"
    assert got["To"].addresses[0].display_name == "Inês Duarte"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Date"].datetime is not None
    assert got.get_body(("plain",)).get_content() == "Dear Inês,\n.\nFrom here\n" + "x" * 2000 + "\n"
    assert "<p>Dear Inês</p>" in got.get_body(("html",)).get_content()
    assert max(len(line) for line in content.splitlines()) <= 998


def test_long_addresses_in_the_head_stay_whole(postbox):
    address = "<https://forum.example.org/unsubscribe/" + "a1B2-" * 30 + ">"
    headers = {"List-Unsubscribe": address, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
               "List-Id": "Safeguarding Practice <safeguarding-practice.forum.example.org>",
               "Message-ID": message_id("a-rather-long-name.of-a-forum.for-practice.example.org", "x")}  # fmt: skip
    server(postbox).send(build(SENDER, MAYA, "Hello", "x", None, headers))
    lines = postbox.letters[0][2].decode().split("\r\n")
    assert all(f"{name}: {value}" in lines for name, value in headers.items())


@pytest.mark.parametrize("bad", ["a\nBcc: x@example.org", "a\rb", "a\x00b", "a\u2028b", "a\x85b"])
def test_control_characters_are_refused_everywhere_in_the_head(bad):
    good = (SENDER, MAYA, "Hello", "x")
    for place in range(3):
        parts = [*good[:place], f"{bad} <a@example.org>" if place < 2 else bad, *good[place + 1 :]]
        with pytest.raises(BadMail):
            build(*parts)
    with pytest.raises(BadMail):
        build(*good, headers={"X-Reason": bad})
    with pytest.raises(BadMail):
        build(*good, headers={f"X-{bad}": "a"})


@pytest.mark.parametrize(
    "to", ["", "Maya", "a@example.org, b@example.org", "<>", "@example.org", "a@", "a b@example.org", "é@example.org"]
)
def test_a_letter_goes_to_exactly_one_address(to):
    with pytest.raises(BadMail):
        build(SENDER, to, "Hello", "x")


@pytest.mark.parametrize("name", ["To", "cc", "Bcc", "Subject", "From", "Resent-To"])
def test_nobody_is_added_by_another_header(name):
    with pytest.raises(BadMail):
        build(SENDER, MAYA, "Hello", "x", headers={name: "b@example.org"})


@given(st.text(max_size=200), st.text(max_size=40))
def test_a_letter_is_refused_or_keeps_its_head(subject, name):
    try:
        letter = build(SENDER, f"{name} <maya@example.org>", subject, "text")
    except BadMail:
        return
    got = read(letter.as_bytes())
    assert [address.addr_spec for address in got["To"].addresses] == ["maya@example.org"]
    assert set(got.keys()) == {
        "From", "To", "Subject", "Date", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip


def test_names_and_addresses_can_come_apart():
    letter = compose(sender=("Kelder <forum>", "forum@example.org"), to=("", "maya@example.org"), subject="Hello",
                     text="Hello", message_id="<a@example.org>", list_id="<perf.groups.example.org>")  # fmt: skip
    assert letter["From"] == "Kelder forum <forum@example.org>"
    assert (letter["To"], letter["List-Id"]) == ("maya@example.org", "<perf.groups.example.org>")


def test_the_same_event_has_the_same_message_id():
    assert message_id("example.org", "a") == message_id("example.org", "a") != message_id("example.org", "b")
    with pytest.raises(BadMail):
        message_id("example.org>\n", "a")


def test_signing_in_and_bounces(postbox):
    server(postbox, user="forum", password="right").send(build(SENDER, MAYA, "a", "b"), bounces_to="b+7@example.org")
    assert postbox.letters[0][0] == "b+7@example.org"
    with pytest.raises(NotNow, match="SMTPAuthenticationError"):
        server(postbox, user="forum", password="wrong").send(build(SENDER, MAYA, "a", "b"))


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [("RCPT", "550 No such user", Undeliverable), ("RCPT", "450 Later", NotNow), ("DATA", "554 Refused", Undeliverable),
     ("DATA", "451 Later", NotNow)],
)  # fmt: skip
def test_refusals_for_good_and_for_now_are_told_apart(postbox, step, answer, error):
    postbox.answers[step] = answer
    with pytest.raises(error):
        server(postbox).send(build(SENDER, MAYA, "a", "b"))


def test_of_a_letter_without_an_answer_nobody_knows(postbox):
    ended = []

    async def silent(_server, _session, _envelope):
        await asyncio.sleep(1)
        ended.append(True)
        return "250 OK"

    async def hangs_up(server, _session, _envelope):
        server.transport.close()
        return "250 OK"

    for answer in (silent, hangs_up):
        postbox.handle_DATA = answer
        mailbox = server(postbox, thinks=0.2)
        with mailbox.kept(), pytest.raises(Uncertain):
            mailbox.send(build(SENDER, MAYA, "a", "b"))
        assert mailbox.line.server is None
    assert not ended, "it was given up before"


def test_who_thinks_long_is_waited_for_after_the_letter_alone(postbox):
    async def slow(_server, _session, _envelope):
        await asyncio.sleep(0.5)
        return "250 OK"

    postbox.handle_DATA = slow
    Smtp("127.0.0.1", postbox.port, security="", timeout=0.2).send(build(SENDER, MAYA, "a", "b"))


def test_a_line_that_is_a_dot_ends_no_letter(postbox):
    server(postbox).send(build(SENDER, MAYA, "a", ".\n..\n.a\nend"))
    assert read(postbox.letters[0][2]).get_content() == ".\n..\n.a\nend\n"


def test_no_server_means_not_now():
    with pytest.raises(NotNow):
        Smtp("127.0.0.1", free_port(), security="", timeout=2).send(build(SENDER, MAYA, "a", "b"))


def test_a_server_without_encryption_gets_nothing_when_it_is_asked_for(postbox):
    with pytest.raises(NotNow):
        Smtp("127.0.0.1", postbox.port, security="starttls", timeout=5).send(build(SENDER, MAYA, "a", "b"))
    assert postbox.letters == []


def test_letters_are_laid_into_a_folder(tmp_path):
    box = FolderMailbox(tmp_path / "mail")
    for subject in ("one", "two"):
        box.send(build(SENDER, MAYA, subject, "text"))
    letters = sorted((tmp_path / "mail").iterdir())
    assert [read(letter.read_bytes())["Subject"] for letter in letters] == ["one", "two"]
    assert all(letter.suffix == ".eml" and letter.stat().st_mode & 0o077 == 0 for letter in letters)


def test_a_folder_that_cannot_be_written_means_not_now(tmp_path):
    (tmp_path / "mail").write_text("a file stands in the way")
    with pytest.raises(NotNow):
        FolderMailbox(tmp_path / "mail").send(build(SENDER, MAYA, "a", "b"))


def test_letters_share_a_connection_while_it_holds_and_the_next_one_opens_another(postbox):
    peers, mailbox = [], server(postbox)

    async def data(_server, session, _envelope):
        peers.append(session.peer)
        return "250 OK"

    postbox.handle_DATA = data
    with mailbox.kept():
        mailbox.send(build(SENDER, MAYA, "a", "b"))
        mailbox.send(build(SENDER, MAYA, "a", "b"))
        mailbox.line.server.sock.shutdown(socket.SHUT_RDWR)
        mailbox.send(build(SENDER, MAYA, "a", "b"))
        postbox.answers["RCPT"] = "550 no such mailbox"
        with pytest.raises(Undeliverable):
            mailbox.send(build(SENDER, MAYA, "a", "b"))
        postbox.answers.clear()
        mailbox.send(build(SENDER, MAYA, "a", "b"))
    mailbox.send(build(SENDER, MAYA, "a", "b"))
    first, second, third, fourth, fifth = peers
    assert first == second and third == fourth and len({first, third, fifth}) == 3
    assert mailbox.line.server is None


def test_a_letter_that_was_taken_is_sent_whatever_the_server_says_at_the_end(postbox):
    async def quit_(_server, _session, _envelope):
        return "451 not today"

    postbox.handle_QUIT = quit_
    server(postbox).send(build(SENDER, MAYA, "a", "b"))
    assert len(postbox.letters) == 1
