"""The mail of several fixes: its subject, its lines, and that git takes it whatever the text holds."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest

from kscan.fix.mail import mail, prefix
from kscan.model.edit import Edit, Fix, Grade
from kscan.model.finding import Finding
from kscan.model.span import Span
from kscan.report.diff import diff
from kscan.rules.registry import all_rules

RULE = next(rule for rule in all_rules() if rule.id == "undocumented-errno")
OTHER = replace(RULE, id="other", why="From time to time it matters. " * 5)
DATA = {"mm/a.c": b"one\ntwo\n-- three\n", "mm/b.c": b"caf\xe9\n"}


def finding(file: str, start: int, end: int, text: str, rule: str = RULE.id, grade: Grade = "safe") -> Finding:
    fix = Fix(f"say {text!r}", grade, (Edit(Span(file, start, end), text),))
    return Finding(rule, "note", "docs", Span(file, 0, 1), "grab", f"grab() is not {text!r}", "s", fix=fix)


def made(*findings: Finding, author: str = "A. Uthor <a@example.org>", subjects: tuple[str, ...] = ()) -> str:
    edits = [edit for one in findings if one.fix for edit in one.fix.edits]
    text = diff(edits, DATA.__getitem__)
    return mail(findings, [RULE, OTHER], text, author, "Thu, 1 Jan 1970 00:00:00 +0000", subjects)


@pytest.mark.parametrize(
    ("paths", "subjects", "expected"),
    [
        (["mm/memory-failure.c"], [], "mm/memory-failure: "),
        (["mm/a.c", "mm/b.c"], [], "mm: "),
        (["drivers/net/x/a.c", "drivers/net/y/b.c"], [], "drivers/net: "),
        (["mm/a.c", "fs/b.c"], [], "treewide: "),
        (["fs/ext4/a.c"], ["ext4: fix it", "ext4: mend it", "fs: all of it"], "ext4: "),
        (["net/ipv4/a.c"], ["net: ipv4: fix it", "net: ipv4: mend it"], "net: ipv4: "),
        (["mm/a.c"], ["Merge branch 'x': y", "a: once"], "mm/a: "),
        (["mm/a.c"], ["mm, page_alloc: one", "mm, page_alloc: two"], "mm, page_alloc: "),
    ],
)
def test_the_prefix_is_the_files_own(paths: list[str], subjects: list[str], expected: str) -> None:
    assert prefix(paths, subjects) == expected


def test_several_rules_share_a_mail() -> None:
    text = made(finding("mm/a.c", 0, 3, "1"), finding("mm/b.c", 0, 3, "2", "other", "show"))
    head, _, body = text.partition("\n\n")
    assert "Subject: [PATCH] mm: clean up grab()" in head
    message = body.split("\n---\n")[0]
    assert max(map(len, message.split("\n"))) <= 75
    assert "(rules undocumented-errno, other)" in " ".join(message.split())
    assert "This is a proposal" in message and not any(line.startswith("From ") for line in message.split("\n"))
    assert " 2 files changed, 2 insertions(+), 2 deletions(-)" in body


@pytest.mark.parametrize("author", ["A. Uthor <a@example.org>", "J\u00fcrgen Gro\u00df <j@example.org>"])
def test_git_takes_the_mail_and_the_odd_bytes_in_it(tmp_path: Path, author: str) -> None:
    for name, data in DATA.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    settings = ("-c", "user.name=C", "-c", "user.email=c@example.org")

    def git(*words: str, given: bytes | None = None) -> str:
        command = ["git", "-C", tmp_path, *settings, *words]
        return subprocess.run(command, check=True, capture_output=True, input=given).stdout.decode()

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "begin")
    text = made(finding("mm/a.c", 4, 7, "2"), finding("mm/b.c", 0, 3, "kaf", "other"), author=author)
    git("am", "-q", given=text.encode("utf-8", "surrogateescape"))
    assert (tmp_path / "mm/b.c").read_bytes() == b"kaf\xe9\n"
    assert (tmp_path / "mm/a.c").read_bytes() == b"one\n2\n-- three\n"
    assert git("log", "-1", "--format=%an <%ae>").strip() == author


def test_the_head_is_that_of_a_mail() -> None:
    message = message_from_bytes(made(finding("mm/a.c", 0, 3, "1")).encode("utf-8", "surrogateescape"))
    assert message["Date"] == "Thu, 1 Jan 1970 00:00:00 +0000"
    assert message.get_content_charset() == "utf-8"
