"""Fingerprints: what must change them and what must not."""

from __future__ import annotations

import pytest

from kscan.report.fingerprint import fingerprints
from kscan.report.locating import locate
from tests.report.samples import FILES, finding, reader, result, span

SAME = {
    "message": {"message": "said otherwise"},
    "severity": {"severity": "error"},
    "steps": {"steps": ()},
    "span": {"span": span("mm/a.c", b"int a")},
}
OTHER = {
    "rule": {"rule": "folded-errno"},
    "function": {"function": "aa"},
    "subject": {"subject": "-EBUSY"},
    "file": {"span": span("mm/b.c", b"int b")},
}


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_stays(changes: dict[str, object]) -> None:
    assert fingerprints([finding(**changes)]) == fingerprints([finding()])


@pytest.mark.parametrize("changes", OTHER.values(), ids=OTHER)
def test_differs(changes: dict[str, object]) -> None:
    assert fingerprints([finding(**changes)]) != fingerprints([finding()])


def test_repeats_are_told_apart_and_the_first_keeps_its_own() -> None:
    marks = fingerprints([finding(), finding(), finding(subject="-EBUSY"), finding()])
    assert len(set(marks)) == 4
    assert marks[0] == fingerprints([finding()])[0]


def test_parts_do_not_run_together() -> None:
    assert fingerprints([finding(function="ab", subject="c")]) != fingerprints([finding(function="a", subject="bc")])


def test_survives_lines_added_above() -> None:
    longer = {**FILES, "mm/a.c": b"/* one */\n\n/* two */\n" + FILES["mm/a.c"]}
    (before,) = locate(result(finding()), reader()).findings
    (after,) = locate(result(finding(files=longer), gaps=(), contracts=()), reader(longer)).findings
    assert after.line == before.line + 3
    assert after.fingerprint == before.fingerprint
