"""Answers to the mails of a series: who gets them, what they quote, and where each remark stands."""

from __future__ import annotations

import email
import email.policy
import mailbox
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kscan
from kscan import api
from kscan.model.edit import Edit, Fix
from kscan.model.finding import Finding
from kscan.model.gap import Gap
from kscan.model.patch import Mail, Patch
from kscan.model.review import Bisect, Entry, Reach
from kscan.model.span import Span
from kscan.report.mail.letter import letter
from kscan.report.mail.quote import BEFORE
from kscan.report.mail.reply import render
from kscan.report.mail.wording import PROVED, QUESTIONS, filled, proposal, unfrom
from tests.report.reviews import BROKEN, LAMP, Reviewed, Step, finding, reviewed

FILE = "mm/lamp.c"


@pytest.fixture
def lamp(tmp_path: Path) -> Reviewed:
    return reviewed(tmp_path, [{FILE: LAMP}, {FILE: BROKEN}])


def answered(of: Reviewed, *findings: Finding, number: int = 1, series: Any = None, **changes: Any) -> str:
    """The answers when ``findings`` are those of patch ``number``."""
    patches = list(of.result.patches)
    patches[number - 1] = msgspec.structs.replace(patches[number - 1], findings=findings, **changes)
    return render(msgspec.structs.replace(of.result, patches=tuple(patches), **(series or {})), of.read)


def body(text: str) -> str:
    return text.partition("\n\n")[2].partition("\n\nFound by static analysis;")[0]


NAME = "isBroken is a new name of mixed case; is_broken is free"
GOLDEN = """\
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
To: =?utf-8?q?=C3=85sa_Ek?= <asa@example.org>
Cc: lamps@example.org, "Last, First" <first@example.org>
Subject: Re: [PATCH v2 1/1] lamp: it can be broken
In-Reply-To: <lamp-v2-1@example.org>
References: <lamp-v2-0@example.org>
 <lamp-v2-1@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

On Mon, 5 Jan 2026 10:00:00 +0100, Åsa Ek <asa@example.org> wrote:
> [...]
> diff --git a/mm/lamp.c b/mm/lamp.c
> --- a/mm/lamp.c
> +++ b/mm/lamp.c
> @@ -10,6 +10,8 @@ int lamp_grab(struct lamp *lamp)
>  {
>  	if (lamp->holder)
>  		return -EBUSY;
> +	if (lamp->isBroken)

isBroken is a new name of mixed case; is_broken is free. Could it have a name
in the usual style? [camelcase-name]

> +		return -EIO;

-EIO of lamp_grab() newly gets to user space here. Is user space ready for it?
  - system call lampctl where cmd == LAMP_SHOW: lamp_show() at mm/lamp.c:19

> [...]

mm/lamp.c:7, in lamp_grab():

 * Return: 0 on success, -EBUSY when somebody has it.

lamp_grab() can return -EIO, which its Return section does not name.
[undocumented-errno]

How it gets there:
  - mm/lamp.c:14: in lamp_grab(): return -EIO

Maybe like this (name it):

--- a/mm/lamp.c
+++ b/mm/lamp.c
@@ -4,7 +4,7 @@
  * lamp_grab() - take a lamp
  * @lamp: the lamp
  *
- * Return: 0 on success, -EBUSY when somebody has it.
+ * Return: 0 on success, -EBUSY when somebody has it, -EIO when it is broken.
  */
 int lamp_grab(struct lamp *lamp)
 {

Found by static analysis; 'kscan explain RULE' tells more of what stands in
brackets. 1 gap: what could not be analysed is not judged.

--\x20
kscan VERSION

"""


def test_an_answer_as_a_whole(lamp: Reviewed) -> None:
    made = lamp.span(1, FILE, b"return -EIO")
    text = lamp.span(1, FILE, b"Return: 0 on success, -EBUSY when somebody has it.")
    fix = Fix("name it", "show", (Edit(Span(FILE, text.end - 1, text.end - 1), ", -EIO when it is broken"),))
    entry = Entry("system call", "lampctl", "lamp_show", lamp.span(1, FILE, b"lamp_show"), "cmd == LAMP_SHOW")
    told = answered(
        lamp,
        finding(lamp.span(1, FILE, b"isBroken"), "camelcase-name", function="", message=NAME),
        finding(
            text,
            "undocumented-errno",
            severity="warning",
            function="lamp_grab",
            message="lamp_grab() can return -EIO, which its Return section does not name",
            steps=(Step(made, "lamp_grab", "return -EIO"),),
            fix=fix,
        ),
        reach=(Reach("-EIO", "lamp_grab", made, (entry,)),),
        gaps=(Gap(FILE, -1, "link", "", "x"),),
    )
    assert told == GOLDEN.replace("VERSION", kscan.__version__)


def test_nothing_to_say_is_no_mail(lamp: Reviewed) -> None:
    made = lamp.span(1, FILE, b"return -EIO")
    assert answered(lamp, gaps=(Gap(FILE, -1, "link", "", "x"),), reach=(Reach("-EIO", "lamp_grab", made, ()),)) == ""


def test_a_judgement_is_a_question_and_a_proof_a_fact(lamp: Reviewed) -> None:
    at = lamp.span(1, FILE, b"isBroken")
    for rule in api.rules():
        told = body(answered(lamp, finding(at, rule.id, message="it is so", severity=rule.severity)))
        asked = f"It is so. {QUESTIONS.get(rule.id, 'Is that on purpose?')} [{rule.id}]"
        said = f"It is so. [{rule.id}]" if rule.id in PROVED else asked
        assert " ".join(told.split("isBroken)\n\n")[1].split()).startswith(said)
    assert not PROVED & QUESTIONS.keys()
    assert PROVED | QUESTIONS.keys() <= {rule.id for rule in api.rules()}


def test_a_fix_that_assumes_something_does_not_promise_that_behaviour_stays() -> None:
    fix = Fix("drop the guard (assumes that it excludes PageOdd(p))", "review", ())
    (proved, _), (assumed, _) = proposal(fix, "-a\n"), proposal(msgspec.structs.replace(fix, assumes=True), "-a\n")
    assert "behaviour stays as it is under the facts above" in " ".join(proved.split())
    assert "behaviour stays" not in assumed and "not proved" in " ".join(assumed.split())


def test_what_is_about_another_file_comes_after_the_diff_with_its_line_and_the_cause_is_quoted(tmp_path: Path) -> None:
    other = b"int user(void)\n{\n\tif (lamp_grab(l) < 0)\n\t\treturn 1;\n\treturn 0;\n}\n"
    of = reviewed(tmp_path, [{FILE: LAMP, "fs/u.c": other}, {FILE: BROKEN, "fs/u.c": other}])
    steps = (Step(of.span(1, FILE, b"return -EIO"), "lamp_grab", "return -EIO"),)
    far = finding(of.span(1, "fs/u.c", b"lamp_grab(l) < 0"), "folded-errno", function="user", message="m", steps=steps)
    told = body(answered(of, far))
    assert "> +\t\treturn -EIO;\n> [...]\n\nfs/u.c:3, in user():\n\n\tif (lamp_grab(l) < 0)\n\nm. Should it" in told


def test_a_remark_about_several_lines_stands_below_the_last_of_them_in_the_diff(lamp: Reviewed) -> None:
    both = finding(lamp.span(1, FILE, b"if (lamp->isBroken)\n\t\treturn -EIO;\n\tlamp->holder"))
    told = body(answered(lamp, both))
    assert "> +\t\treturn -EIO;\n>  \tlamp->holder = current;\n\nSomething is odd." in told


def test_of_many_remarks_of_a_kind_elsewhere_most_are_short(lamp: Reviewed) -> None:
    at = lamp.span(1, FILE, b"Return: 0")
    some = [finding(at, "undocumented-errno", message=f"number {n} of a kind", subject=f"-E{n}") for n in range(5)]
    told = body(answered(lamp, *some, finding(at, "folded-errno", message="it is another")))
    assert told.count("mm/lamp.c:7, in lamp_show():") == 4
    short = "More of the kind: [undocumented-errno]\n"
    assert f"{short}  - mm/lamp.c:7: number 3 of a kind\n  - mm/lamp.c:7: number 4 of a kind" in told


def test_what_stands_beside_is_told_unless_the_diff_shows_it(lamp: Reviewed) -> None:
    at = lamp.span(1, FILE, b"isBroken")
    beside = [Step(lamp.span(1, FILE, text), "lamp_grab", "see", "context") for text in (b"return -EIO", b"ret < 0")]
    told = body(answered(lamp, finding(at, "folded-errno", steps=tuple(beside))))
    assert "See:\n  - mm/lamp.c:23: in lamp_grab(): see\n" in told
    assert "mm/lamp.c:14" not in told


def test_remarks_on_one_line_keep_their_order_and_the_line_is_quoted_once(lamp: Reviewed) -> None:
    at = lamp.span(1, FILE, b"isBroken")
    told = body(answered(lamp, finding(at, "b-rule", message="two things"), finding(at, "a-rule", message="one thing")))
    assert told.index("One thing.") < told.index("Two things.")
    assert told.count("> +\tif (lamp->isBroken)") == 1


def test_hunks_and_files_without_remarks_are_left_out_and_long_ones_cut(tmp_path: Path) -> None:
    old = b"".join(b"int x%d;\n" % n for n in range(200))
    new = old.replace(b"x5;", b"x5, y;").replace(
        b"x100;\n", b"x100;\n" + b"".join(b"int z%d;\n" % n for n in range(60))
    )
    of = reviewed(tmp_path, [{FILE: old, "mm/b.c": old}, {FILE: new, "mm/b.c": new}])
    told = body(answered(of, finding(of.span(1, FILE, b"z50"))))
    quoted = [line for line in told.splitlines() if line.startswith(">")]
    assert "mm/b.c" not in told
    assert "y;" not in told
    assert quoted[4].startswith("> @@ -99,6")
    assert quoted[5] == "> [...]"
    assert quoted[6:-1] == [f"> +int z{n};" for n in range(50 - BEFORE, 51)]
    assert quoted[-1] == "> [...]"


def test_two_files_are_quoted_in_the_order_of_the_patch(tmp_path: Path) -> None:
    of = reviewed(tmp_path, [{FILE: LAMP, "mm/a.c": LAMP}, {FILE: BROKEN, "mm/a.c": BROKEN}])
    told = body(answered(of, *(finding(of.span(1, name, b"isBroken")) for name in (FILE, "mm/a.c"))))
    assert told.index("+++ b/mm/a.c") < told.index("+++ b/mm/lamp.c")
    assert told.count("Something is odd.") == 2


def test_a_series_gets_an_answer_a_patch_with_remarks_and_one_to_its_cover(tmp_path: Path) -> None:
    again = BROKEN.replace(b"isBroken", b"is_broken")
    of = reviewed(tmp_path, [{FILE: LAMP}, {FILE: BROKEN}, {FILE: again}], cover=True)
    one = finding(of.span(1, FILE, b"isBroken"), message="it breaks")
    late = finding(of.span(2, FILE, b"is_broken"), message="late")
    text = answered(of, late, number=2, series={"bisect": (Bisect(one, 1, 2),)})
    path = tmp_path / "box"
    path.write_text(text)
    mails = list(mailbox.mbox(path))
    assert [one["In-Reply-To"] for one in mails] == ["<lamp-v2-0@example.org>", "<lamp-v2-2@example.org>"]
    assert mails[0]["Subject"] == "Re: [PATCH v2 0/2] lamps"
    assert "Between patch 1 and patch 2" in " ".join(mails[0].get_payload().split())
    assert "Late." not in mails[0].get_payload()


def test_without_a_cover_letter_the_repair_is_told_where_it_is_made(tmp_path: Path) -> None:
    of = reviewed(tmp_path, [{FILE: LAMP}, {FILE: BROKEN}, {FILE: LAMP}])
    told = Bisect(finding(of.span(1, FILE, b"isBroken"), message="it breaks"), 1, 2)
    text = answered(of, series={"bisect": (told,)})
    assert text.count("\nSubject: ") == 1
    assert "Re: [PATCH v2 2/2]" in text
    assert "It breaks. [remapped-errno]" in " ".join(text.split())


def test_crlf_bytes_that_are_no_text_and_escapes_are_quoted_harmlessly(tmp_path: Path) -> None:
    odd = "mm/a b\u00e9.c"
    old = LAMP.replace(b"\n", b"\r\n")
    new = old.replace(b"return -EBUSY;", b"return -EBUSY; /* \xff\x1b[2J \xe2\x80\xae */")
    of = reviewed(tmp_path, [{odd: old}, {odd: new}])
    told = answered(of, finding(of.span(1, odd, b"-EBUSY; /*"), message="\x1b[1m"))
    assert not {"\x1b", "\r", "\u202e"} & set(told)
    assert "> +\t\treturn -EBUSY; /* \\xff\\x1b[2J \\u202e */\n" in told
    assert "\\x1b[1m. " in told
    told.encode()


def test_long_lines_of_the_patch_are_not_wrapped_and_ours_are(lamp: Reviewed, tmp_path: Path) -> None:
    (tmp_path / "long").mkdir()
    new = BROKEN.replace(b"isBroken)", b"isBroken) /* %s */" % (b"word " * 40))
    of = reviewed(tmp_path / "long", [{FILE: LAMP}, {FILE: new}])
    told = answered(of, finding(of.span(1, FILE, b"isBroken"), message="word " * 60))
    assert max(len(line) for line in told.splitlines() if line.startswith(">")) > 200
    assert max(len(line) for line in told.splitlines() if not line.startswith(">")) <= 78


HOSTILE = Mail(
    title="[PATCH] \x1b[2Jevil é\u2028Bcc: x@example.org",
    message_id="a b",
    sender="\x1b]0;x\x07 <x@example.org>",
    to=("not an address", "list@example.org, b@example.org"),
    cc=("B@example.org",),
    references=("<x>", "good@example.org"),
)


def test_headers_cannot_be_smuggled_in() -> None:
    text = letter(Patch("s", mail=HOSTILE), "b\n")
    parsed = email.message_from_string(text, policy=email.policy.default)
    assert {key for key in parsed} <= {
        "To", "Cc", "Subject", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip
    assert parsed["Subject"] == "Re: [PATCH] \\x1b[2Jevil é\\u2028Bcc: x@example.org"
    assert [one.addr_spec for one in parsed["Cc"].addresses] == ["list@example.org", "b@example.org"]
    assert "\x1b" not in text


def test_a_patch_that_is_no_mail_can_be_answered() -> None:
    text = letter(Patch("mm: x", author="A <a@example.org>"), "b\n")
    assert "To: A <a@example.org>\nSubject: Re: [PATCH] mm: x\nMIME" in text
    assert "\n\nA <a@example.org> wrote:\nb\n" in text


def test_a_commit_of_a_range_is_answered_as_the_patch_that_it_would_be() -> None:
    assert "Subject: Re: [PATCH v3 2/12] x\n" in letter(Patch("x", number=2, total=12, version=3), "")


def test_re_is_not_said_twice() -> None:
    assert "Subject: RE: [PATCH] x\n" in letter(Patch("x", mail=Mail(title="RE: [PATCH] x")), "")


LINES = st.lists(st.sampled_from([b"a;\n", b"b;\n", b"\tif (c)\n", b"\n", b"}\n"]), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None)
@given(LINES, st.data())
def test_each_remark_stands_below_its_line_and_what_is_quoted_is_the_patch(
    old: list[bytes], draw: st.DataObject
) -> None:
    at = draw.draw(st.integers(0, len(old)))
    new = [*old[:at], *draw.draw(LINES), *old[at + draw.draw(st.integers(0, 3)) :]]
    picked = draw.draw(st.lists(st.integers(0, len(new) - 1), min_size=1, max_size=4, unique=True))
    if new == old:
        return
    with tempfile.TemporaryDirectory() as folder:
        of = reviewed(Path(folder), [{FILE: b"".join(old)}, {FILE: b"".join(new)}])
        start = [len(b"".join(new[:n])) for n in picked]
        some = [finding(Span(FILE, s, s + 1), f"r-{n}", message="x y") for n, s in zip(picked, start, strict=True)]
        told = body(answered(of, *some)).split("\n")
    diff = iter(of.result.patches[0].patch.diff.decode().split("\n"))
    quoted = [line.removeprefix(">").removeprefix(" ") for line in told if line.startswith(">") and "[...]" not in line]
    assert all(any(line == shown.rstrip() for shown in diff) for line in quoted), "in order, each a line of the patch"
    near = {number for placed in of.result.patches[0].placed for number, _, _ in placed.lines()}
    for n in picked:
        (spot,) = (index for index, line in enumerate(told) if line.endswith(f"[r-{n}]"))
        above = [line for line in told[:spot] if line.startswith(">")]
        text = new[n].decode().rstrip()
        if n + 1 in near:
            assert above[-1][3:].rstrip() == text or (not text and above[-1] in {">", "> +"})
        else:
            assert told[spot - 4 : spot - 2] == [f"mm/lamp.c:{n + 1}, in lamp_show():", ""]


@given(st.text())
def test_a_wrapped_text_has_the_words_of_before_and_cannot_begin_a_mail(text: str) -> None:
    from kscan.report.escape import plain

    made = filled(text, "  - ")
    assert made.removeprefix("  - ").split() == plain(text).split()
    assert not any(line.startswith("From ") for line in unfrom(f"{text}\nFrom x\n>From y").split("\n"))


@given(st.lists(st.sampled_from(["From ", ">From ", "x", "\n", "> "]), max_size=12).map("".join))
def test_an_mbox_gives_back_what_went_in(text: str) -> None:
    import re

    assert re.sub(r"(?m)^>(>*From )", r"\1", unfrom(text)) == text
