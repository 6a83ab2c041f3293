"""Findings as a compiler writes them: ``path:line:column: warning: text [rule]``, the way there as notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kscan.report.escape import plain
from kscan.report.located import LocatedFinding, Report


def render(report: Report, shown: Callable[[str], str]) -> str:
    """The findings of ``report``, and one line with the number of functions of which something was not followed.
    ``shown`` turns a path in the tree into the one that the user knows."""
    return "".join(f"{plain(line)}\n" for line in _lines(report, shown))


def _lines(report: Report, shown: Callable[[str], str]) -> Iterator[str]:
    for finding in report.findings:
        yield f"{shown(finding.file)}:{finding.line}:{finding.column}: {_said(finding)}"
        for step in finding.steps:
            inside = f"in {step.function}(): " if step.function else ""
            yield f"{shown(step.file)}:{step.line}: note: {inside}{step.note}"


def _said(finding: LocatedFinding) -> str:
    severity = "warning" if finding.severity != "note" else "note"
    return f"{severity}: {finding.message} [{finding.rule}]"
