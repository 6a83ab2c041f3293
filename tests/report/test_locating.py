"""Results to located reports: order, positions, and what is left out."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.model.error import InputError
from kscan.model.flow import Caller, Disposition, Opening, Outcome, ReturnSet
from kscan.model.gap import Gap
from kscan.model.result import CallersResult, FlowResult
from kscan.report import json
from kscan.report.located import Report
from kscan.report.locating import locate, locate_callers, locate_flow
from kscan.report.order import value_key
from tests.report.samples import finding, fix, reader, result, span

MANY = (
    finding(),
    finding(subject="-EAGAIN"),
    finding("mm/b.c", b"return -EIO", function="b"),
    finding(rule="folded-errno", severity="error"),
    finding(text=b"if"),
)


def test_a_finding_gets_its_line_and_column_in_bytes() -> None:
    (one,) = locate(result(finding()), reader()).findings
    assert (one.file, one.line, one.column, one.steps[0].line) == ("mm/a.c", 6, 3, 6)


def test_findings_stand_in_the_order_of_the_files() -> None:
    report = locate(result(*MANY), reader())
    assert [(one.file, one.line, one.rule) for one in report.findings] == [
        ("mm/a.c", 5, "remapped-errno"),
        ("mm/a.c", 6, "folded-errno"),
        ("mm/a.c", 6, "remapped-errno"),
        ("mm/a.c", 6, "remapped-errno"),
        ("mm/b.c", 3, "remapped-errno"),
    ]
    assert [contract.name for contract in report.contracts] == ["one", "two"]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_input_does_not_show(seed: int) -> None:
    shuffled = list(MANY)
    random.Random(seed).shuffle(shuffled)
    turned = result(*shuffled)
    turned = msgspec.structs.replace(turned, gaps=turned.gaps[::-1], contracts=turned.contracts[::-1])
    assert json.render(locate(turned, reader())) == json.render(locate(result(*MANY), reader()))


def test_counts() -> None:
    counts = locate(result(*MANY), reader()).counts
    assert (counts.findings, counts.gaps, counts.functions, counts.files) == (5, 2, 2, 2)
    assert counts.by_rule == {"folded-errno": 1, "remapped-errno": 4}
    assert counts.by_severity == {"error": 1, "warning": 4}
    assert counts.by_stage == {"parse": 1, "read": 1}


def test_gaps_have_a_line_where_they_have_a_place_and_are_told_once() -> None:
    twice = (Gap("mm/b.c", 14, "parse", "b", "odd"),) * 2 + (Gap("gone.c", -1, "read", "", "no such file"),)
    report = locate(result(gaps=twice), reader())
    assert [(gap.file, gap.line) for gap in report.gaps] == [("gone.c", None), ("mm/b.c", 3)]
    assert report.counts.gaps == 2


def test_a_fix_becomes_a_diff() -> None:
    at = span("mm/a.c", b"-EBUSY")
    (one,) = locate(result(finding(fix=fix(at.file, at.start, at.end, "ret"))), reader()).findings
    assert one.fix is not None
    assert one.fix.diff.startswith("--- a/mm/a.c\n+++ b/mm/a.c\n@@ -3,6 +3,6 @@\n")
    assert "-\t\treturn -EBUSY;\n+\t\treturn ret;\n" in one.fix.diff


def test_a_report_can_be_kept_and_read_back() -> None:
    report = locate(result(*MANY), reader())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(report), type=Report) == report


def test_bytes_that_are_no_utf8_do_not_stop_a_report() -> None:
    files = {"mm/\udce9.c": b"int a;\n"}
    odd = finding("mm/\udce9.c", b"int", files, message="na\udcefve", function="a")
    encoded = json.render(locate(result(odd, contracts=(), gaps=()), reader(files)))
    assert '"mm/\\\\xe9.c"' in encoded
    assert "na\\\\xefve" in encoded


def test_a_function_without_definition_is_a_mistake_of_the_user() -> None:
    with pytest.raises(InputError):
        locate_flow(FlowResult("linux", ()), reader())


def test_openings_are_told_once_and_in_order() -> None:
    first = Opening(span("mm/a.c", b"int ret"), "a", "no definition of b()")
    second = Opening(span("mm/a.c", b"return 0"), "a", "a cast")
    returns = ReturnSet("a", span("mm/a.c", b"a("), False, (Outcome("0", 0, 0),), (second, first, second))
    report = locate_flow(FlowResult("linux", (returns,)), reader())
    assert [one.line for one in report.open_because] == [3, 7]
    assert report.definitions is msgspec.UNSET


def test_gaps_of_callers_are_told_only_when_there_are_any() -> None:
    caller = Caller("a", span("mm/a.c", b"b()"), ("0",), {"0": Disposition("dropped", span("mm/a.c", b"b()"))})
    assert locate_callers(CallersResult("linux", "b", (caller,)), reader()).gaps is msgspec.UNSET
    gap = Gap("mm/b.c", -1, "read", "", "binary")
    assert len(locate_callers(CallersResult("linux", "b", (), (gap,)), reader()).gaps or ()) == 1


def test_values_stand_in_a_natural_order() -> None:
    order = [
        "0",
        "1",
        "12",
        "positive",
        "-EBUSY",
        "-EIO",
        "-1",
        "negative",
        "NULL",
        "pointer",
        "ERR_PTR(-EIO)",
        "unknown",
    ]
    shuffled = order[:]
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=value_key) == order


@given(st.lists(st.text(max_size=8)))
def test_any_spelling_can_be_ordered(values: list[str]) -> None:
    assert sorted(sorted(values, reverse=True), key=value_key) == sorted(values, key=value_key)
