"""What b4 takes from a command that checks: JSON for ``b4 review``, lines for ``b4 prep --check`` and ``b4 am``.

Nothing here varies from run to run, since b4 keeps what it got (b4 0.16: b4/review/checks.py, run_local_check()).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from kscan.model.finding import Severity
from kscan.model.regex import regex
from kscan.model.review import Bisect
from kscan.report.escape import plain, unicode_only
from kscan.report.json import render as as_json
from kscan.report.remarks import Remark
from kscan.report.terse import LEVELS

Status = Literal["pass", "warn", "fail"]
_STATUS: Final[dict[Severity, Status]] = {"error": "fail", "warning": "warn", "note": "warn"}
# b4 takes a line that has this anywhere for a failure.
_FAILURE: Final = regex(r"(?<=ERROR)(?=:)")


class Detail(msgspec.Struct, frozen=True):
    """One finding, with its line of the source, as b4 shows what checkpatch says."""

    status: Status
    description: str
    srcline: str


class Entry(msgspec.Struct, frozen=True):
    """What b4 shows of one tool; ``details`` is JSON in a string, or text."""

    tool: str
    status: Status
    summary: str
    url: str = ""
    details: str = ""


def review(remarks: Sequence[Remark], gaps: int, notes: Sequence[str] = ()) -> str:
    """The array that ``review-perpatch-check-cmd`` and ``review-series-check-cmd`` are to print; ``notes`` are one-line
    remarks that are no findings."""
    counting = [remark for remark in remarks if remark.counts]
    details = [_detail(remark) for remark in counting]
    details += [Detail("pass", plain(unicode_only(note)), "") for note in notes]
    statuses = {detail.status for detail in details}
    worst: Status = "fail" if "fail" in statuses else "warn" if "warn" in statuses else "pass"
    told = msgspec.json.encode(details).decode() if details else ""
    return as_json([Entry("kscan", worst, _summary(counting, gaps), details=told)])


def lines(remarks: Sequence[Remark]) -> str:
    """The lines that ``prep-perpatch-check-cmd`` and ``am-perpatch-check-cmd`` are to print: one for each finding that
    counts, and none for a patch that passes."""
    return "".join(f"{_line(remark)}\n" for remark in remarks if remark.counts)


def repairs(some: Sequence[Bisect]) -> tuple[str, ...]:
    """What one patch breaks and a later one repairs, as notes."""
    return tuple(
        f"patch {one.broken} breaks this, patch {one.repaired} repairs it: "
        f"{one.finding.message.partition(chr(10))[0]} [{one.finding.rule}]"
        for one in some
    )


def _detail(remark: Remark) -> Detail:
    span = remark.finding.span
    source = remark.places.text(span.file, remark.places.line(span.file, span.start))
    return Detail(_STATUS[remark.finding.severity], _line(remark), plain(source.strip()))


def _line(remark: Remark) -> str:
    finding = remark.finding
    where = f"{finding.span.file}:{remark.places.line(finding.span.file, finding.span.start)}"
    text = plain(unicode_only(finding.message.partition("\n")[0]))
    before, behind = (
        _FAILURE.sub(" ", part) for part in (f"{plain(unicode_only(where))}: ", f" {text} [{finding.rule}]")
    )
    return f"{before}{LEVELS[finding.severity]}:{behind}"


def _summary(remarks: Sequence[Remark], gaps: int) -> str:
    severities = Counter(remark.finding.severity for remark in remarks)
    order: tuple[Severity, ...] = ("error", "warning", "note")
    told = [_many(severities[one], one) for one in order if severities[one]] or ["passed all checks"]
    return ", ".join([*told, *([_many(gaps, "gap")] if gaps else [])])


def _many(n: int, noun: str) -> str:
    return f"{n} {noun}{'s' * (n != 1)}"
