"""The schemas hold for what is printed, and only for that."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from kscan.model.flow import Caller, Disposition, Opening, Outcome, ReturnSet
from kscan.model.gap import Gap
from kscan.model.result import CallersResult, FlowResult, Predicate, PredicatesResult
from kscan.model.standing import Allowed, Entry
from kscan.report import json as as_json
from kscan.report.locating import locate, locate_callers, locate_flow, locate_predicates
from kscan.report.schema import SHAPES, schema
from tests.report.samples import finding, fix, reader, result, span

HERE = span("mm/a.c", b"int ret")
GAP = Gap("mm/b.c", -1, "read", "", "binary")
RETURNS = ReturnSet("a", HERE, False, (Outcome("0", 0, 0),), (Opening(HERE, "a", "why"),))
CALLER = Caller("a", HERE, ("-EIO",), {"-EIO": Disposition("remapped", HERE, ("-EBUSY",))})
PREDICATE = Predicate(
    "PageX", ("page",), "flag", "PF_ANY", "PG_x", "PG_x", True, (), (), ("!defined(CONFIG_X)",), "", HERE
)

ALLOWED = Allowed(finding(subject="-EPERM"), span("mm/a.c", b"if"), "why")
GONE = Entry("mm/a.c", "a", "remapped-errno", "0" * 32)

REPORTS: dict[str, tuple[str, Callable[[], Any]]] = {
    "clean": ("check", lambda: locate(result(), reader())),
    "findings": ("check", lambda: locate(result(finding(), finding(fix=fix("mm/a.c", 0, 3, "long"))), reader())),
    "hidden and gone": (
        "check",
        lambda: locate(result(allowed=(ALLOWED,), known=(finding(),), absent=(GONE,)), reader()),
    ),
    "flow": ("flow", lambda: locate_flow(FlowResult("linux", (RETURNS,)), reader())),
    "two definitions": ("flow", lambda: locate_flow(FlowResult("linux", (RETURNS, RETURNS)), reader())),
    "callers": ("callers", lambda: locate_callers(CallersResult("linux", "b", (CALLER,), (GAP,)), reader())),
    "no callers": ("callers", lambda: locate_callers(CallersResult("linux", "b", ()), reader())),
    "predicates": ("predicates", lambda: locate_predicates(PredicatesResult("linux", (PREDICATE,), (GAP,)), reader())),
}


@pytest.mark.parametrize("command", SHAPES)
def test_a_schema_is_one(command: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(command))


@pytest.mark.parametrize(("command", "report"), REPORTS.values(), ids=REPORTS)
def test_reports_hold_to_their_schema(command: str, report: Callable[[], Any]) -> None:
    jsonschema.validate(json.loads(as_json.render(report())), schema(command), jsonschema.Draft202012Validator)


BROKEN = {
    "no tool": lambda report: report.pop("tool"),
    "another schema": lambda report: report.update(schema="kscan.check/0"),
    "a key too many": lambda report: report.update(extra=1),
    "line 0": lambda report: report["findings"][0].update(line=0),
    "no fingerprint": lambda report: report["findings"][0].update(fingerprint="x"),
    "an unknown severity": lambda report: report["findings"][0].update(severity="fatal"),
}


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
def test_what_is_no_report_does_not_pass(spoil: Callable[[dict[str, Any]], object]) -> None:
    report = json.loads(as_json.render(locate(result(finding()), reader())))
    spoil(report)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, schema("check"))


def test_the_keys_of_a_check_are_those_promised() -> None:
    report = json.loads(as_json.render(locate(result(finding()), reader())))
    assert list(report) == ["schema", "tool", "tree", "contracts", "findings", "gaps", "counts"]
    assert list(report["contracts"][0]) == ["name", "verdict", "clauses"]
    assert list(report["contracts"][0]["clauses"][0]) == ["function", "requirement", "verdict", "reason", "location"]
    assert list(report["gaps"][0]) == ["stage", "file", "line", "function", "reason"]
    assert " ".join(report["findings"][0]) == (
        "rule severity audience file line column function message steps fix fingerprint"
    )
    assert list(report["findings"][0]["steps"][0]) == ["role", "file", "line", "function", "note"]
