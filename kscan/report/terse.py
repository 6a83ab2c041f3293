"""Findings in the line form of ``checkpatch --terse --show-types``: ``path:line: WARNING:TYPE: text``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from kscan.model.finding import Severity
from kscan.report.escape import plain

if TYPE_CHECKING:
    from kscan.report.located import LocatedFinding

LEVELS: dict[Severity, str] = {"error": "ERROR", "warning": "WARNING", "note": "CHECK"}


class Totals(Protocol):
    """How much was looked at and said."""

    @property
    def functions(self) -> int: ...
    @property
    def gaps(self) -> int: ...
    @property
    def by_severity(self) -> dict[str, int]: ...


def render(findings: Iterable[LocatedFinding], counts: Totals | None) -> str:
    """One line a finding, and below them the totals where ``counts`` are given."""
    lines = [line(finding) for finding in findings]
    if counts is not None:
        lines.append(_total(counts))
    return "".join(f"{one}\n" for one in lines)


def line(finding: LocatedFinding) -> str:
    """The line of one finding; of a message that has several lines, the first one."""
    level, words = LEVELS[finding.severity], finding.rule.replace("-", "_").upper()
    text = finding.message.partition("\n")[0]
    return f"{plain(finding.file)}:{finding.line}: {level}:{words}: {plain(text)}"


def _total(counts: Totals) -> str:
    """As checkpatch counts, but functions and not lines; and the gaps, for nothing is said about them."""
    n = counts.by_severity
    found = f"{n.get('error', 0)} errors, {n.get('warning', 0)} warnings, {n.get('note', 0)} checks"
    return f"total: {found}, {counts.functions} functions checked, {counts.gaps} gaps"
