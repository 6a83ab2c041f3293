"""The report of a review as text: patch by patch what it does wrong and what it changes, then the series as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kscan.report.escape import plain
from kscan.report.paint import Painter, unpainted
from kscan.report.text import asides, finding_lines, gap_lines, many

if TYPE_CHECKING:
    from kscan.report.reviewed import (
        LocatedBisect,
        LocatedChange,
        LocatedHandling,
        LocatedReach,
        LocatedVerdict,
        ReviewedPatch,
        ReviewReport,
    )


def render(report: ReviewReport, paint: Painter = unpainted, quiet: bool = False) -> str:
    """The whole report, or with ``quiet`` only the findings and what gets to user space."""
    lines: list[str] = []
    for patch in report.patches:
        lines += _patch(patch, len(report.patches), paint, quiet=quiet)
    lines += [line for one in report.bisect for line in _bisect(one, paint)]
    if not quiet:
        lines.append(_totals(report))
        lines += gap_lines(tuple(gap for patch in report.patches for gap in patch.gaps), paint)
    return "".join(f"{line}\n" for line in lines)


def _patch(patch: ReviewedPatch, total: int, paint: Painter, *, quiet: bool) -> Iterator[str]:
    said = [line for finding in patch.findings for line in finding_lines(finding, paint)]
    said += [line for reach in patch.reach for line in _reach(reach, paint)]
    if not quiet:
        said += [f"applied with a remark: {plain(one.file)}: {plain(one.text)}" for one in patch.notes]
        said += _changes(patch.changes)
        said += [_handling(one, paint) for one in patch.dispositions if one.after != "propagated" or one.before]
        said += [_verdict(one, paint) for one in patch.contracts]
        yield paint(f"[{patch.number}/{total}] {plain(patch.subject)}", "place")
        said = said or ["nothing that kscan looks at"]
        said.append("")
    yield from said


def _reach(reach: LocatedReach, paint: Painter) -> Iterator[str]:
    place = paint(f"{plain(reach.file)}:{reach.line}:", "place")
    yield f"{place} {paint('note', 'note')}: {reach.value} of {plain(reach.function)}() now gets to user space [reach]"
    for one in reach.entries:
        when = f", {plain(one.when)}" if one.when else ""
        chain = dict.fromkeys(step.function for step in one.path if step.function)
        through = " > ".join(f"{plain(name)}()" for name in chain)
        yield f"    {plain(one.file)}:{one.line}: {one.kind} {plain(one.name)}{when}: {through}"


def _changes(changes: Sequence[LocatedChange]) -> Iterator[str]:
    passed: dict[tuple[str, ...], list[str]] = {}
    for one in changes:
        added = tuple(outcome.value for outcome in one.added)
        if one.edited or one.gone or one.removed or one.remapped:
            yield f"{plain(one.file)}:{one.line}: {plain(one.function)}() {_change(one, added)}"
        elif added:
            passed.setdefault(added, []).append(f"{plain(one.function)}()")
    yield from (f"so can {', '.join(names)}: {', '.join(added)}" for added, names in passed.items())


def _change(change: LocatedChange, added: tuple[str, ...]) -> str:
    if change.gone:
        return "is gone"
    parts = [f"can newly return {', '.join(added)}"] if added else []
    if change.removed:
        parts.append(f"can no longer return {', '.join(change.removed)}")
    parts += [f"newly turns {one} of a callee into {other}" for one, other in change.remapped]
    if change.closed_before != change.closed_after:
        parts.append("has a closed return set now" if change.closed_after else "has an open return set now")
    return "; ".join(parts)


def _handling(one: LocatedHandling, paint: Painter) -> str:
    before = f"{one.before} before, " if one.before else ""
    becomes = f" into {', '.join(one.becomes)}" if one.becomes else ""
    return (
        f"{plain(one.file)}:{one.decided}: {one.value} of {plain(one.callee)}() in {plain(one.caller)}(): "
        f"{before}{paint(one.after, one.after)}{becomes}"
    )


def _verdict(change: LocatedVerdict, paint: Painter) -> str:
    now = change.now
    return f"contract {plain(now.name)}: {_shown(change.before, paint)} before, {_shown(now.verdict, paint)} now"


def _shown(verdict: str, paint: Painter) -> str:
    return paint(verdict.replace("-", " "), verdict)


def _bisect(one: LocatedBisect, paint: Painter) -> Iterator[str]:
    finding = one.finding
    place = paint(f"{plain(finding.file)}:{finding.line}:", "place")
    first = plain(finding.message.partition("\n")[0])
    yield f"{place} {paint('note', 'note')}: patch {one.broken} breaks what patch {one.repaired} repairs [bisect]"
    yield f"    {first} [{finding.rule}]"


def _totals(report: ReviewReport) -> str:
    counts = report.counts
    severities = ", ".join(many(n, severity) for severity, n in counts.by_severity.items())
    found = f"{many(counts.findings, 'finding')} ({severities})" if counts.findings else "no findings"
    looked = f"{many(counts.functions, 'function')} of {many(counts.files, 'file')}"
    series = many(counts.patches, "patch") if counts.patches == 1 else f"{counts.patches} patches"
    aside = asides(counts.allowed, counts.known)
    return "; ".join([f"{found} in {series}, {looked} looked at", *aside, many(counts.gaps, "gap")])
