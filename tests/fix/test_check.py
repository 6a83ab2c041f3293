"""Fixes tried in memory: each way in which one can fail, and that it then is not offered and a gap says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kscan.fix.check import checked
from kscan.model.edit import Edit, Fix
from kscan.model.finding import Finding
from kscan.model.progress import SILENT
from kscan.model.result import CheckResult
from kscan.model.source import Source
from kscan.model.span import Span
from kscan.rules.registry import all_rules
from kscan.rules.rule import Program, Rule
from kscan.rules.run import findings
from tests.toy import HEAD, Toy

CODE = """
/* A remark. */
int f(int a)
{
	return a > 3 ? -EIO : 0;
}

/**
 * g() - count
 *
 * Return: 0 on success, -EIO when cut.
 */
int g(int a)
{
	return f(a);
}
"""


@dataclass(frozen=True)
class Proposal:
    """A rule that finds ``word`` in f.c, and proposes ``edits``: pairs of text and what it becomes."""

    word: str
    edits: tuple[tuple[str, str], ...]

    def check(self, program: Program) -> Iterator[Finding]:
        text = program.source("f.c").decode()
        if self.word in text:
            at = text.index(self.word)
            edits = tuple(_edit(text, old, new) for old, new in self.edits if old in text)
            span = Span("f.c", at, at + len(self.word))
            yield Finding(
                "word", "note", "docs", span, "f", f"{self.word} is there", self.word, fix=Fix("t", "safe", edits)
            )


def _edit(text: str, old: str, new: str) -> Edit:
    return Edit(Span("f.c", text.index(old), text.index(old) + len(old)), new)


def rules(word: str, *edits: tuple[str, str]) -> list[Rule]:
    known = [rule for rule in all_rules() if rule.id in {"undocumented-errno", "unreturnable-errno"}]
    return [replace(known[0], id="word", audience="docs", check=Proposal(word, edits).check), *known]


def tried(root: Path, some: list[Rule], code: str = CODE) -> CheckResult:
    with Toy(root).c(code).program() as program:
        scope = program.catalog.facts("f.c").functions
        found = tuple(findings(program, scope, some, ()))
        result = CheckResult(str(root), (), found, (), len(scope), 1)
        return checked(program.catalog, result, some, (), SILENT)


@pytest.mark.parametrize(
    ("word", "edits"),
    [
        ("A remark", [("A remark", "Words")]),
        ("a > 3", [("a > 3", "a >= 4")]),
        ("A remark", [("A remark", "Words"), ("a > 3", "a >= 4")]),
    ],
)
def test_a_fix_that_holds_is_offered(tmp_path: Path, word: str, edits: list[tuple[str, str]]) -> None:
    result = tried(tmp_path, rules(word, *edits))
    (finding,) = result.findings
    assert finding.fix is not None and result.gaps == ()
    assert finding.fix.made_for == (("f.c", Source("f.c", (HEAD + CODE).encode()).blob),)


@pytest.mark.parametrize(
    ("word", "edits", "fault"),
    [
        ("A remark", [], "it changes nothing"),
        ("A remark", [("A remark", "A remark")], "it changes nothing"),
        ("A remark", [("a > 3", "a >= 4")], "its finding would stay"),
        ("A remark", [("A remark", "A remark, A remark")], "its finding would stay"),
        ("A remark", [("A remark", "B"), ("remark. */", "b")], "its edits overlap or leave the file"),
        ("a > 3", [("a > 3 ?", "a >= 4")], "the file would no longer parse"),
        ("a > 3", [("a > 3 ? -EIO", "a < 3 ? -ENXIO")], "it would give another finding: g() can return -ENXIO"),
        ("A remark", [("A remark", "B"), ("-EIO when", "-EPIPE when")], "it would give another finding: g() can"),
    ],
)
def test_a_fix_that_does_not_hold_is_a_gap(tmp_path: Path, word: str, edits: list[tuple[str, str]], fault: str) -> None:
    result = tried(tmp_path, rules(word, *edits))
    (finding,) = result.findings
    assert finding.fix is None
    (gap,) = result.gaps
    assert (gap.stage, gap.file, gap.function) == ("check", "f.c", "f")
    assert gap.reason.startswith(f"the fix of word is not offered: {fault}")


def test_one_bad_fix_in_the_comments_of_a_file_does_not_spoil_the_others(tmp_path: Path) -> None:
    good, bad = rules("A remark", ("A remark", "Words")), rules("count", ("count", "count"))[0]
    second = Proposal("count", (("A remark", "A thing"),))
    result = tried(tmp_path, [*good, replace(bad, id="other", check=second.check)])
    assert [finding.fix is not None for finding in result.findings] == [True, False]


def test_line_ends_are_those_of_the_file(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    (tmp_path / "f.c").write_bytes((HEAD + CODE).replace("\n", "\r\n").encode())
    some = rules("A remark", ("A remark.", "Two\n * lines."))
    with toy.program() as program:
        found = tuple(findings(program, program.catalog.facts("f.c").functions, some, ()))
        result = checked(program.catalog, CheckResult("", (), found, (), 1, 1), some, (), SILENT)
    fix = result.findings[0].fix
    assert fix is not None and fix.edits[0].text == "Two\r\n * lines."
