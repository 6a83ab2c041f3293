"""The marks of the fixtures, held against what the engine finds; and the examples in the rules' own text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kscan import api
from kscan.model.finding import Finding
from kscan.model.result import CheckResult
from kscan.rules.registry import all_rules
from tests.marks import Mark, marks
from tests.toy import TREE, Toy

RULES = {rule.id: rule for rule in all_rules()}
FOLDERS = {folder.name: folder for folder in (TREE.parent / "rules").iterdir() if folder.is_dir()}


@dataclass(frozen=True, order=True)
class Found:
    """A finding as marks speak of it: its rule, file and line, and what it is about."""

    file: str
    line: int
    rule: str
    about: tuple[str, ...]

    def is_meant_by(self, file: str, mark: Mark) -> bool:
        place = self.file == file and mark.first <= self.line <= mark.last
        return place and self.rule == mark.rule and (not mark.subject or mark.subject in self.about)


def _found(root: Path, findings: Iterable[Finding]) -> list[Found]:
    return sorted(
        Found(
            finding.span.file,
            (root / finding.span.file).read_bytes().count(b"\n", 0, finding.span.start) + 1,
            finding.rule,
            tuple(finding.subject.split()),
        )
        for finding in findings
    )


def _differences(root: Path, findings: Iterable[Finding], files: Iterable[str]) -> list[str]:
    """What is found and not marked, and what is marked and not found; each mark stands for exactly one finding."""
    left = _found(root, findings)
    missing = []
    for file in files:
        for mark in marks(root / file):
            hit = next((one for one in left if one.is_meant_by(file, mark)), None)
            if mark.kind == "known-miss":
                if hit is not None:
                    missing.append(f"{file}:{mark.line}: {mark.rule} is found now: mark it expect")
                    left.remove(hit)
            elif hit is None:
                missing.append(f"{file}:{mark.line}: {mark.rule} {mark.subject} is not found")
            else:
                left.remove(hit)
    return missing + [f"{one.file}:{one.line}: {one.rule} {' '.join(one.about)} is not marked" for one in left]


def _checked(rule: str, root: Path) -> tuple[CheckResult, list[str]]:
    """A copy of the rule's fixtures at ``root``, and its findings there."""
    files = []
    for source in sorted(FOLDERS[rule].iterdir()):
        shutil.copy(source, root / source.name)
        files += [source.name] if source.suffix == ".c" else []
    contract = root / "contract.toml"
    contracts = [str(contract)] if contract.is_file() else []
    return api.check(str(root), files, select=[rule], contracts=contracts, cache=False), files


def test_every_rule_has_fixtures() -> None:
    assert set(FOLDERS) == set(RULES)


@pytest.mark.parametrize("rule", sorted(FOLDERS))
def test_findings_are_the_marks(rule: str, tmp_path: Path) -> None:
    result, files = _checked(rule, Toy(tmp_path).root)
    assert files
    assert _differences(tmp_path, result.findings, files) == []


@pytest.mark.parametrize("rule", sorted(FOLDERS))
def test_every_finding_can_be_located_and_told_from_the_others(rule: str, tmp_path: Path) -> None:
    result, _ = _checked(rule, Toy(tmp_path).root)
    for finding in result.findings:
        size = (tmp_path / finding.span.file).stat().st_size
        assert 0 <= finding.span.start < finding.span.end <= size
        for step in finding.steps:
            assert 0 <= step.span.start <= step.span.end <= (tmp_path / step.span.file).stat().st_size
    identities = [(f.rule, f.span.file, f.function, f.subject) for f in result.findings]
    assert len(set(identities)) == len(identities)


def test_the_small_tree_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(TREE, tmp_path / "t")
    result = api.check(str(tmp_path / "t"), cache=False)
    assert _differences(tmp_path / "t", result.findings, ["mm/memory-failure.c"]) == []
    assert [contract.verdict for contract in result.contracts] == ["unmet"]


def test_the_whole_small_tree(tmp_path: Path) -> None:
    shutil.copytree(TREE, tmp_path / "t")
    result = api.check(str(tmp_path / "t"), everything=True, cache=False)
    assert _differences(tmp_path / "t", result.findings, ["mm/memory-failure.c", "mm/frob.c"]) == []
    assert result.gaps == ()


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
