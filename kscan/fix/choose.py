"""Which fixes are made at once: those of the grades asked for, and of two that overlap the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from kscan.model.edit import Edit, Grade
from kscan.model.finding import Finding
from kscan.model.span import Span

GRADES: tuple[Grade, ...] = ("safe", "review", "show")
"""From what can be written unseen to what a human has to finish."""


class Choice(msgspec.Struct, frozen=True):
    """The findings whose fixes are made together, and in ``left`` a line for each that has to wait."""

    findings: tuple[Finding, ...]
    left: tuple[str, ...]

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits, each once."""
        return tuple(sorted({edit for one in self.findings if one.fix is not None for edit in one.fix.edits}))

    @property
    def made_for(self) -> dict[str, str]:
        """The blob ids of the files that the edits are for."""
        return {path: blob for one in self.findings if one.fix for path, blob in one.fix.made_for}


def choose(findings: Iterable[Finding], grade: Grade) -> Choice:
    """The fixes up to ``grade``, in the order of the findings; edits that several fixes share are no overlap."""
    allowed = GRADES[: GRADES.index(grade) + 1]
    taken: list[Finding] = []
    edits: set[Edit] = set()
    left = []
    for finding in findings:
        if finding.fix is None or finding.fix.grade not in allowed:
            continue
        if any(_meet(edit, other) for edit in finding.fix.edits for other in edits if edit != other):
            left.append(f"{_name(finding)}: its fix overlaps another one and was left out; run again for it")
        else:
            taken.append(finding)
            edits.update(finding.fix.edits)
    return Choice(tuple(taken), tuple(left))


def not_chosen(findings: Sequence[Finding], grade: Grade) -> int:
    """How many fixes there are above ``grade``."""
    above = GRADES[GRADES.index(grade) + 1 :]
    return sum(one.fix is not None and one.fix.grade in above for one in findings)


def _meet(one: Edit, other: Edit) -> bool:
    """Whether both change the same bytes, or insert at the same place."""
    a, b = one.span, other.span
    return a.file == b.file and ((a.start < b.end and b.start < a.end) or _inserts(a, b))


def _inserts(a: Span, b: Span) -> bool:
    return a.start == a.end == b.start == b.end


def _name(finding: Finding) -> str:
    return f"{finding.span.file}: {finding.function}() [{finding.rule}]"
