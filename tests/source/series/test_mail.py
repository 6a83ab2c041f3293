"""Mails as mail programs make and damage them: the same patch comes out."""

from __future__ import annotations

import base64
import quopri
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.model.error import InputError
from kscan.model.patch import Patch
from kscan.model.source import Source
from kscan.source.series.mail import letters
from kscan.source.series.mime import letters_in
from kscan.source.tree import WorkingTree
from tests.source.series.making import NUMBERS, apply, read
from tests.source.test_overlay import build

DIFF = """\
diff --git a/mm/x.c b/mm/x.c
index 5e5b9e9..0cf3cc6 100644
--- a/mm/x.c
+++ b/mm/x.c
@@ -1,5 +1,5 @@
 1
 2
-3
+drei à 3€ "x"
 4
 5
"""
BODY = f"""\
A body with trailing = signs, and à.

Signed-off-by: A <a@b>
---
v2: shorter

 mm/x.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

{DIFF}
base-commit: {"a" * 40}
--{" "}
2.39.5
"""
HEAD = """\
From: =?UTF-8?q?=C3=85sa=20Ek?= <asa@example.org>
To: linux-mm@kvack.org, "Ek, B." <b@example.org>
Cc: =?iso-8859-1?q?J=F6rg?= <j@example.org>,
 c@example.org
Date: Mon, 5 Jan 2026 10:00:00 +0100
Subject: [PATCH v2 2/3] mm: turn 3 into drei,
 which is =?UTF-8?B?Z3LDvG4=?=
Message-ID: <20260105.2@example.org>
In-Reply-To: <20260105.0@example.org>
References: <first@example.org>
 <20260105.0@example.org>
MIME-Version: 1.0
"""
AFTER = NUMBERS.replace(b"\n3\n", '\ndrei à 3€ "x"\n'.encode())


@pytest.fixture
def tree(tmp_path: Path) -> WorkingTree:
    return build(tmp_path / "tree", {"mm/x.c": NUMBERS})


def mail(encoding: str, charset: str = "UTF-8", kind: str = "") -> bytes:
    data = BODY.encode(charset)
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    head = f"{HEAD}Content-Type: text/plain; charset={charset}{kind}\nContent-Transfer-Encoding: {encoding}\n\n"
    return head.encode() + data


def part(maintype: str, text: bytes, charset: str = "utf-8") -> MIMEText:
    made = MIMEText("", maintype)
    made.set_payload(base64.encodebytes(text).decode())
    made.replace_header(
        "Content-Transfer-Encoding", "base64"
    ) if "Content-Transfer-Encoding" in made else made.add_header("Content-Transfer-Encoding", "base64")
    made.set_param("charset", charset)
    return made


def headed(made: MIMEMultipart) -> bytes:
    return HEAD.encode().replace(b"MIME-Version: 1.0\n", b"") + made.as_bytes()


def multipart() -> bytes:
    text = BODY[: BODY.index("diff --git")]
    alternative = MIMEMultipart("alternative", _subparts=[part("plain", text.encode()), part("html", b"<b>x</b>")])
    return headed(MIMEMultipart(_subparts=[alternative, part("x-patch", DIFF.encode("utf-16"), "utf-16")]))


def attached() -> bytes:
    inner = message_from_bytes(mail("8bit"))
    outer = MIMEMultipart(_subparts=[part("plain", b"See the patch that is attached."), MIMEMessage(inner)])
    return b"From: x@example.org\nSubject: Fwd: a patch\n" + outer.as_bytes()


WAYS = {
    "as it is": mail("8bit"),
    "quoted-printable": mail("quoted-printable"),
    "base64": mail("base64"),
    "with CRLF": mail("8bit").replace(b"\n", b"\r\n"),
    "quoted-printable with CRLF": mail("quoted-printable").replace(b"\n", b"\r\n"),
    "base64 of CRLF": mail("base64").replace(
        base64.encodebytes(BODY.encode()), base64.encodebytes(BODY.encode().replace(b"\n", b"\r\n"))
    ),
    "cp1252": mail("quoted-printable", "cp1252"),
    "utf-16 in base64": mail("base64", "utf-16"),
    "wrong charset": mail("8bit").replace(b"charset=UTF-8", b"charset=us-ascii"),
    "unknown charset": mail("8bit").replace(b"charset=UTF-8", b"charset=rot13"),
    "in parts": multipart(),
    "attached": attached(),
    "from an mbox": b"From asa@example.org Mon Jan  5 10:00:00 2026\n" + mail("8bit"),
    "blank lines first": b"\n\n" + mail("8bit"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_mail_gives_its_patch(tree: WorkingTree, way: str) -> None:
    (one,) = read(tree, WAYS[way]).patches
    assert one.subject == "mm: turn 3 into drei, which is grün"
    assert (one.number, one.total, one.version) == (2, 3, 2)
    assert one.author == one.mail.sender == "Åsa Ek <asa@example.org>"
    assert one.message == "A body with trailing = signs, and à.\n\nSigned-off-by: A <a@b>"
    assert one.diff.decode() == DIFF
    assert one.mail.to == ("linux-mm@kvack.org", '"Ek, B." <b@example.org>')
    assert one.mail.cc == ("Jörg <j@example.org>", "c@example.org")
    assert (one.mail.message_id, one.mail.references) == (
        "20260105.2@example.org",
        ("first@example.org", "20260105.0@example.org"),
    )
    assert one.mail.title == "[PATCH v2 2/3] mm: turn 3 into drei, which is grün"
    assert one.date == "Mon, 5 Jan 2026 10:00:00 +0100"
    after = apply(tree, WAYS[way].replace(b"base-commit", b"base")).patches[0].after.read("mm/x.c")
    assert isinstance(after, Source) and after.data == AFTER


@pytest.mark.parametrize("way", ["as it is", "with CRLF", "from an mbox", "blank lines first"])
def test_the_lines_of_the_diff_are_those_of_the_file(tree: WorkingTree, way: str) -> None:
    one = read(tree, WAYS[way]).patches[0]
    assert WAYS[way].split(b"\n")[one.line - 1].startswith(b"diff --git")


@pytest.mark.parametrize("way", ["quoted-printable", "base64", "in parts", "attached"])
def test_an_encoded_diff_has_no_lines_in_the_file(tree: WorkingTree, way: str) -> None:
    assert read(tree, WAYS[way]).patches[0].line == 0


def test_what_stands_between_the_message_and_the_diff(tree: WorkingTree) -> None:
    one = read(tree, mail("8bit")).patches[0]
    assert one.notes.startswith("v2: shorter\n\n mm/x.c | 2 +-\n")
    assert one.base == "a" * 40


def test_a_diff_in_latin_1_is_what_the_file_is(tmp_path: Path) -> None:
    """A file that is no UTF-8 comes as it is in a mail that says UTF-8."""
    latin = build(tmp_path / "tree", {"mm/x.c": b"caf\xe9\n"})
    patch = (
        mail("8bit").split(b"diff --git")[0] + b"--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-caf\xe9\n+th\xe9\n-- \n2\n"
    )
    after = apply(latin, patch).patches[0].after.read("mm/x.c")
    assert after == Source("mm/x.c", b"th\xe9\n")


def flowed(text: str, delsp: bool) -> bytes:
    """As RFC 3676 has it: lines stuffed, long ones broken."""
    lines = []
    for line in text.split("\n"):
        stuffed = f" {line}" if line.startswith((" ", ">", "From ")) else line
        cut = stuffed.find(" ", 12) + 1
        parts = [stuffed[:cut], stuffed[cut:]] if cut > 0 and line != "-- " else [stuffed]
        lines += [f"{parts[0]} " if delsp else parts[0], *parts[1:]] if len(parts) > 1 else parts
    return "\n".join(lines).encode()


@pytest.mark.parametrize("delsp", [True, False])
def test_flowed_text_is_joined_again(tree: WorkingTree, delsp: bool) -> None:
    kind = f"; format=flowed; delsp={'yes' if delsp else 'no'}"
    one = read(tree, mail("8bit", kind=kind).replace(BODY.encode(), flowed(BODY, delsp))).patches[0]
    assert (one.diff.decode(), one.line) == (DIFF, 0)


def test_flowed_text_that_broke_the_patch_is_named(tree: WorkingTree) -> None:
    broken = mail("8bit", kind="; format=flowed").replace(b"\n 4\n", b"\n 4 \n")
    with pytest.raises(InputError, match="format=flowed, which breaks patches"):
        read(tree, broken)


def test_raw_bytes_in_headers_are_utf_8_or_latin_1(tree: WorkingTree) -> None:
    raw = mail("8bit").replace(b"From: =?UTF-8?q?=C3=85sa=20Ek?=", "From: Åsa Ek".encode())
    assert read(tree, raw).patches[0].author == "Åsa Ek <asa@example.org>"
    raw = mail("8bit").replace(b"From: =?UTF-8?q?=C3=85sa=20Ek?=", "From: Åsa Ek".encode("latin-1"))
    assert read(tree, raw).patches[0].author == "Åsa Ek <asa@example.org>"


def test_headers_are_one_line_each(tree: WorkingTree) -> None:
    raw = mail("8bit").replace(b"which is =?UTF-8?B?Z3LDvG4=?=", b"=?UTF-8?q?one=0Atwo=0D=1B[31m?=")
    assert read(tree, raw).patches[0].subject == "mm: turn 3 into drei, one two \x1b[31m"


def one(tree: WorkingTree, body: str, head: str = "From: a@b\nSubject: [PATCH] s\n\n", mbox: bool = False) -> Patch:
    first = "From a@b Mon Jan  5 10:00:00 2026\n" if mbox else ""
    return read(tree, f"{first}{head}{body}\n---\n{DIFF}".encode()).patches[0]


def test_headers_in_the_body_count(tree: WorkingTree) -> None:
    found = one(tree, "\nFrom: B <b@c>\nSubject: [RFC] t\nDate: then\n\nText.")
    assert (found.author, found.subject, found.date, found.message) == ("B <b@c>", "t", "then", "Text.")


def test_a_sentence_is_no_header(tree: WorkingTree) -> None:
    found = one(tree, "From: here on all is well.")
    assert (found.author, found.message) == ("a@b", "From: here on all is well.")


def test_what_stands_above_the_scissors_is_cut_off(tree: WorkingTree) -> None:
    found = one(tree, "Hello,\n\nhow about this?\n\n-- >8 --\nFrom: B <b@c>\nSubject: t\n\nText.")
    assert (found.author, found.subject, found.message) == ("B <b@c>", "t", "Text.")
    assert one(tree, "a 8< b\n- 8< x\n").message == "a 8< b\n- 8< x"


@pytest.mark.parametrize(("text", "meant"), [(">From a", "From a"), (">>From a", ">From a"), ("> From", "> From")])
def test_escapes_of_an_mbox_are_undone(tree: WorkingTree, text: str, meant: str) -> None:
    assert one(tree, text, mbox=True).message == meant
    assert one(tree, text).message == text


def test_text_that_begins_with_from_begins_no_mail(tree: WorkingTree) -> None:
    found = one(tree, "x\nFrom the start of 12:30 in 2026\nFrom here 10:00:00 2026\nand so on", mbox=True)
    assert found.message.endswith("From here 10:00:00 2026\nand so on")


def test_the_message_ends_at_the_first_line_of_dashes(tree: WorkingTree) -> None:
    found = one(tree, "Text.\n--- \nnote\n---\nmore")
    assert (found.message, found.notes) == ("Text.", "note\n---\nmore\n---")


def test_a_bare_diff_and_one_with_text_above(tree: WorkingTree) -> None:
    bare = read(tree, DIFF.encode()).patches[0]
    assert (bare.subject, bare.message, bare.line, len(bare.files)) == ("", "", 1, 1)
    quilt = read(tree, f"mm: what it does\n\nText.\n\n{DIFF}".encode()).patches[0]
    assert (quilt.subject, quilt.message, quilt.line) == ("mm: what it does", "Text.", 5)


def test_what_git_show_prints(tree: WorkingTree) -> None:
    head = f"commit {'c' * 40} (HEAD -> main)\nAuthor: B <b@c>\nDate:   Mon Jan 5\n\n    mm: s\n    \n    Text.\n\n"
    found = read(tree, (head + DIFF).encode()).patches[0]
    assert (found.subject, found.message, found.author, found.commit) == ("mm: s", "Text.", "B <b@c>", "c" * 40)


def test_a_mail_made_by_python(tree: WorkingTree) -> None:
    made = EmailMessage(policy=policy.SMTP)
    made["Subject"], made["From"] = "[PATCH] mm: " + "long " * 30, "Åsa <a@b>"
    made.set_content(BODY)
    found = read(tree, made.as_bytes()).patches[0]
    assert (found.diff.decode(), found.author) == (DIFF, "Åsa <a@b>")


HEADERS = [
    *("From: A <a@b>\n", "Subject: [PATCH] x\n", "subject: another\n", "Subject:\n folded\n", "Subject: \n"),
    *("To: a@b,\n\tc@d\n", "Date: now\n", "X-A: b: c\n", "Message-Id: <x@y>\n", "References: <a@b> <c>\n"),
    *("Subject: à\n", "Subject: =?utf-8?q?=C3=A0?= b\n", "Subject: a\x0bb\n", "Subject: a\rb\n", "Date: x\r\n"),
    *("MIME-Version: 1.0\n", "Content-Type: text/plain; charset=latin1\n"),
    *("no header\n", " folded\n", "From x\n", "From x: y\n", ": empty\n"),
]


@given(
    st.lists(st.sampled_from(HEADERS), max_size=6),
    st.sampled_from(["\n", "\n\n", ""]),
    st.lists(st.sampled_from(["text\n", "à\n", "a\rb\n", "\n", "=20\n", "last"]), max_size=4),
)
def test_a_plain_mail_says_what_it_says_taken_apart_with_all_care(head: list[str], blank: str, body: list[str]) -> None:
    raw = "".join([*head, blank, *body]).encode()
    if raw.partition(b"\n")[0].endswith(b"\r"):
        raw = raw.replace(b"\r\n", b"\n")
    assert letters(raw, "x") == letters_in(raw, "x")
