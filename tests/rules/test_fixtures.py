"""The marks of the fixtures, held against what the engine finds; and the examples in the rules' own text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from pytest import TempPathFactory

from kscan import api
from kscan.model.finding import Finding
from kscan.model.result import CheckResult
from kscan.model.span import Span
from kscan.rules.registry import all_rules
from tests.marks import Mark, marks
from tests.test_marks import bodies
from tests.toy import TREE, Toy

RULES = {rule.id: rule for rule in all_rules()}
FOLDERS = {folder.name: folder for folder in (TREE.parent / "rules").iterdir() if folder.is_dir()}
_NO_LIST = "a Return text without any errno or list is not read as the whole list"
UNDECIDED: dict[str, str] = {
    "folded-errno/branches/asked_by_name_ok": "a predicate that is asked about the errno is not looked into",
    "remapped-errno/tests/to_another_variable_bad": "the return is reported, not the assignment of the other variable",
    "undocumented-errno/closed_text/only_success_bad": _NO_LIST,
    "undocumented-errno/closed_text/left_from_the_start_bad": _NO_LIST,
    "undocumented-errno/closed_text/default_of_switch_bad": _NO_LIST,
    "undocumented-errno/closed_text/part_of_a_word_bad": _NO_LIST,
    "undocumented-errno/closed_text/checked_before_ok": _NO_LIST,
    "unmarked-return-prose/prose/truth_bad": "prose about true and false is left alone",
    "unmet-contract/callers/replaced_bad": "the test is reported, not the return that replaces the errno",
    "unreturnable-errno/sets/error_pointer_bad": "the sum of a pointer and a number is not known to be a pointer",
}
"""Functions for which the engine and the marks do not agree yet, and why."""


def _cases() -> Iterable[ParameterSet]:
    """Rule, file and function of everything that has a name which says what is expected of it."""
    for rule, folder in sorted(FOLDERS.items()):
        for file in sorted(folder.glob("*.c")):
            for name in bodies(file):
                key = f"{rule}/{file.stem}/{name}"
                reason = UNDECIDED.get(key)
                pinned = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
                yield pytest.param(rule, file.name, name, id=key, marks=pinned)


CASES = list(_cases())


@dataclass(frozen=True, order=True)
class Found:
    """A finding as marks speak of it: its rule, file and line, the function, and what it is about."""

    file: str
    line: int
    rule: str
    function: str
    about: tuple[str, ...]

    def is_meant_by(self, file: str, mark: Mark) -> bool:
        place = self.file == file and mark.first <= self.line <= mark.last
        return place and self.rule == mark.rule and (not mark.subject or mark.subject in self.about)


@dataclass(frozen=True)
class Difference:
    """A mark without its finding, or a finding without a mark, and the function it is in ("" for a mark in none)."""

    file: str
    function: str
    text: str


def _words(subject: str) -> tuple[str, ...]:
    """What a subject names, errnos as in marks."""
    return tuple(word.removeprefix("ERR_PTR(").rstrip(")") for word in subject.split())


def _line(root: Path, span: Span) -> int:
    return (root / span.file).read_bytes().count(b"\n", 0, span.start) + 1


def _found(root: Path, findings: Iterable[Finding]) -> list[Found]:
    return sorted(Found(f.span.file, _line(root, f.span), f.rule, f.function, _words(f.subject)) for f in findings)


def _differences(root: Path, findings: Iterable[Finding], files: Iterable[str]) -> list[Difference]:
    """What is found and not marked, and what is marked and not found; each mark stands for exactly one finding."""
    left = _found(root, findings)
    wrong = []
    for file in files:
        inside = bodies(root / file)
        for mark in marks(root / file):
            hit = next((one for one in left if one.is_meant_by(file, mark)), None)
            if hit is not None:
                left.remove(hit)
            if (hit is None) != (mark.kind == "known-miss"):
                name = next((name for name, (first, last) in inside.items() if first <= mark.line <= last), "")
                told = "not found" if hit is None else "found now: mark it expect"
                wrong.append(Difference(file, name, f"line {mark.line}: {mark.rule} {mark.subject} is {told}"))
    for one in left:
        text = f"line {one.line}: {one.rule} {' '.join(one.about)} is not marked"
        wrong.append(Difference(one.file, one.function, text))
    return wrong


class Checks:
    """The check of each rule's fixtures, run once."""

    def __init__(self, room: TempPathFactory) -> None:
        self._room = room
        self._done: dict[str, tuple[Path, CheckResult]] = {}

    def of(self, rule: str) -> tuple[Path, CheckResult]:
        if rule not in self._done:
            root = self._room.mktemp(rule)
            self._done[rule] = root, _checked(rule, Toy(root).root)
        return self._done[rule]

    def differences(self, rule: str) -> list[Difference]:
        root, result = self.of(rule)
        return _differences(root, result.findings, (file.name for file in sorted(FOLDERS[rule].glob("*.c"))))


@pytest.fixture(scope="module")
def checks(tmp_path_factory: TempPathFactory) -> Checks:
    return Checks(tmp_path_factory)


def _checked(rule: str, root: Path) -> CheckResult:
    """Copies the rule's fixtures to the tree at ``root`` and checks them."""
    for source in FOLDERS[rule].iterdir():
        shutil.copy(source, root / source.name)
    contract = root / "contract.toml"
    contracts = [str(contract)] if contract.is_file() else []
    files = [file.name for file in sorted(FOLDERS[rule].glob("*.c"))]
    return api.check(str(root), files, select=[rule], contracts=contracts, cache=False)


def test_every_rule_has_fixtures() -> None:
    assert set(FOLDERS) == set(RULES)


@pytest.mark.parametrize(("rule", "file", "function"), CASES)
def test_a_function_has_the_findings_it_is_marked_with(rule: str, file: str, function: str, checks: Checks) -> None:
    assert [one.text for one in checks.differences(rule) if (one.file, one.function) == (file, function)] == []


@pytest.mark.parametrize("rule", sorted(FOLDERS))
def test_nothing_is_found_or_marked_elsewhere(rule: str, checks: Checks) -> None:
    known = {(case.values[1], case.values[2]) for case in CASES if case.values[0] == rule}
    assert [one for one in checks.differences(rule) if (one.file, one.function) not in known] == []


@pytest.mark.parametrize("rule", sorted(FOLDERS))
def test_every_finding_can_be_located_and_told_from_the_others(rule: str, checks: Checks) -> None:
    root, result = checks.of(rule)
    for finding in result.findings:
        assert finding.span.start < finding.span.end
        for span in (finding.span, *(step.span for step in finding.steps)):
            assert 0 <= span.start <= span.end <= (root / span.file).stat().st_size
    identities = [(f.rule, f.span.file, f.function, f.subject) for f in result.findings]
    assert len(set(identities)) == len(identities)


def test_the_small_tree_as_it_is(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TREE, tmp_path / "t"))
    result = api.check(str(root), cache=False)
    assert _differences(root, result.findings, ["mm/memory-failure.c"]) == []
    assert [contract.verdict for contract in result.contracts] == ["unmet"]


def test_the_whole_small_tree(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TREE, tmp_path / "t"))
    result = api.check(str(root), everything=True, cache=False)
    assert _differences(root, result.findings, ["mm/memory-failure.c", "mm/frob.c"]) == []
    assert [gap.function for gap in result.gaps] == ["frob_wake"]


# -- the examples in the rules' text

FROB = """\
#include <linux/err.h>
struct frob { int users; int mine; int owner; int dead; };
int table_full(void);
int report(struct frob *f, int kind);
void trace_frob_busy(struct frob *f);
static int grab_frob(struct frob *f)
{
\tif (f->users > 1)
\t\treturn -EBUSY;
\tif (f->users)
\t\treturn -EAGAIN;
\treturn f->mine ? 0 : -ENOTRECOVERABLE;
}
#define FROB_FAILED 1
#define FROB_LOST 2
"""
FUNCTION = """\
/**
 * frob_offline() - put a frob away
 * @f: the frob
 *
 * Return: 0 on success or a negative errno.
 */
int frob_offline(struct frob *f)
{
\tint ret;

%s
\treturn 0;
}
"""
CONTRACT = """\
[[contract]]
name = "frobs"
reason = "A frob that is lost must not be used again."
callee = "grab_frob"
file = "f.c"
errnos = ["-ENOTRECOVERABLE"]

[[contract.caller]]
function = "frob_offline"
must = "%s"
reason = "It decides."
"""
MUST = {"folded-errno": "distinguish", "unmet-contract": "propagate"}
"""The clause that a rule's example speaks of."""


def _as_file(example: str) -> str:
    """An example is a function with its comment, or the statements of one."""
    return FROB + (example if example.startswith("/**") else FUNCTION % re.sub("^", "\t", example, flags=re.M))


def _of_example(rule: str, example: str, root: Path) -> list[Finding]:
    toy = Toy(root)
    toy.write({"f.c": _as_file(example), "contract.toml": CONTRACT % MUST.get(rule, "propagate")})
    contracts = [str(root / "contract.toml")] if rule in MUST else []
    result = api.check(str(root), ["f.c"], select=[rule], contracts=contracts, cache=False)
    return [finding for finding in result.findings if finding.rule == rule]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_bad_example_has_one_finding(rule: str, tmp_path: Path) -> None:
    assert len(_of_example(rule, RULES[rule].bad, tmp_path)) == 1


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_good_example_has_none(rule: str, tmp_path: Path) -> None:
    assert _of_example(rule, RULES[rule].good, tmp_path) == []


def test_a_path_leaves_out_contracts_that_are_elsewhere(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TREE, tmp_path / "t"))
    elsewhere = api.check(str(root), ["mm/frob.c"], cache=False)
    assert {finding.span.file for finding in elsewhere.findings} == {"mm/frob.c"}
    assert [contract.verdict for contract in elsewhere.contracts] == ["unmet"]
    here = api.check(str(root), ["mm/memory-failure.c"], cache=False)
    assert "folded-errno" in {finding.rule for finding in here.findings}
