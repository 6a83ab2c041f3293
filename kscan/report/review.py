"""The report of a review as text: patch by patch what it does wrong and what it changes, then the series as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from kscan.report.cover import instead
from kscan.report.escape import plain
from kscan.report.paint import Painter, unpainted
from kscan.report.text import asides, finding_lines, gap_lines, many

if TYPE_CHECKING:
    from kscan.report.reviewed import (
        LocatedBisect,
        LocatedChange,
        LocatedEntry,
        LocatedHandling,
        LocatedReach,
        LocatedVerdict,
        ReviewedPatch,
        ReviewReport,
    )


NAMES: Final = 8
"""Functions named that pass on a value."""
CALLS: Final = 12
"""Calls told one by one whose callers see another value."""
WAYS: Final = 12
"""Ways out to user space told one by one."""


def render(report: ReviewReport, paint: Painter = unpainted, quiet: bool = False, only: int = 0) -> str:
    """The whole report, or with ``quiet`` only the findings and what gets to user space; with ``only`` that of the one
    patch of this number."""
    lines: list[str] = []
    for patch in report.patches[only - 1 : only] if only else report.patches:
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
        said += [f"{plain(one.file)}: {paint('note', 'note')}: {plain(one.text)}" for one in patch.notes]
        said += _changes(patch.changes)
        said += _handlings(patch.dispositions, paint)
        said += [_verdict(one, paint) for one in patch.contracts]
        yield paint(f"[{patch.number}/{total}] {plain(patch.subject) or 'without a subject'}", "place")
        said = said or ["changes nothing that kscan looks for"]
        said.append("")
    yield from said


def _reach(reach: LocatedReach, paint: Painter) -> Iterator[str]:
    place = paint(f"{plain(reach.file)}:{reach.line}:", "place")
    yield f"{place} {paint('note', 'note')}: {reach.value} of {plain(reach.function)}() now gets to user space [reach]"
    for one in reach.entries[:WAYS]:
        when = f", {plain(one.when)}" if one.when else ""
        chain = dict.fromkeys(step.function for step in one.path if step.function)
        through = " > ".join(f"{plain(name)}()" for name in chain)
        yield f"    {plain(one.file)}:{one.line}: {one.kind} {plain(one.name)}{when}: {through}"
    if len(reach.entries) > WAYS:
        yield f"    and {len(reach.entries) - WAYS} more: {_listed([_way(one) for one in reach.entries[WAYS:]])}"


def _way(entry: LocatedEntry) -> str:
    return f"{entry.kind} {plain(entry.name)}"


def _changes(changes: Sequence[LocatedChange]) -> Iterator[str]:
    """The functions that the patch edits, each on a line; below them who passes on what these give."""
    passed: dict[str, list[str]] = {}
    for one in changes:
        added = tuple(outcome.value for outcome in one.added)
        if one.edited or one.gone or one.remapped:
            yield f"{plain(one.file)}:{one.line}: {plain(one.function)}() {_change(one, added)}"
            continue
        told = _told(added)
        if told:
            passed.setdefault(f"so can {{}}: {told}", []).append(f"{plain(one.function)}()")
        # Of a set that is open nobody knows that a callee does not give the value all the same.
        if one.removed and one.closed_after:
            passed.setdefault(f"nor can {{}}: {', '.join(one.removed)}", []).append(f"{plain(one.function)}()")
    yield from (line.format(_listed(names)) for line, names in passed.items())


def _told(added: Sequence[str]) -> str:
    """The values among ``added`` that say something."""
    return ", ".join(value for value in added if value != "unknown")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES])
    return f"{shown} and {len(names) - NAMES} more" if len(names) > NAMES else shown


def _change(change: LocatedChange, added: tuple[str, ...]) -> str:
    if change.gone:
        calls = [f"{plain(one.function)}() at {plain(one.file)}:{one.line}" for one in change.still_called]
        return f"is gone, but still called by {_listed(calls)}" if calls else "is gone"
    if change.new:
        told = _told(added)
        rest = "" if change.closed_after else ", and what is not known"
        return f"is new and can return {told}{rest}" if told else "is new; what it returns is not known"
    parts = [f"can newly return {', '.join(added)}"] if added else []
    if change.removed:
        no_more = "can no longer return" if change.closed_after else "is not seen any more to return"
        parts.append(f"{no_more} {', '.join(change.removed)}")
    parts += [f"newly turns {one} of a callee into {other}" for one, other in change.remapped]
    if change.closed_before != change.closed_after:
        parts.append("has a closed return set now" if change.closed_after else "has an open return set now")
    return "; ".join(parts)


def _handlings(some: Sequence[LocatedHandling], paint: Painter) -> Iterator[str]:
    """One line a call and fate; of many the errnos come first, and the rest is counted. That a new value is passed on
    is told by the functions that return it."""
    calls: dict[tuple[object, ...], list[LocatedHandling]] = {}
    for one in some:
        if one.after != "propagated" or one.before:
            key = (one.file, one.decided, one.caller, one.callee, one.before, one.after, one.becomes)
            calls.setdefault(key, []).append(one)
    ranked = sorted(calls.values(), key=lambda same: not any(one.value.startswith("-E") for one in same))
    yield from (_handling(same, paint) for same in ranked[:CALLS])
    if len(ranked) > CALLS:
        left = len(ranked) - CALLS
        yield f"and {left} more calls give their callers another value (--format json lists them)"


def _handling(same: Sequence[LocatedHandling], paint: Painter) -> str:
    one, values = same[0], ", ".join(dict.fromkeys(each.value for each in same))
    before = f"{one.before} before, now " if one.before else ""
    return (
        f"{plain(one.file)}:{one.decided}: {values} of {plain(one.callee)}() in {plain(one.caller)}(): "
        f"{before}{paint(one.after, one.after)}{instead(one)}"
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
