"""The report of a check as text: ``file:line:column: severity: message [rule]``, its path below, totals at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kscan.report.escape import plain
from kscan.report.paint import Painter, unpainted

if TYPE_CHECKING:
    from kscan.report.located import (
        BaselineEntry,
        Clause,
        ContractVerdict,
        LocatedFinding,
        LocatedFix,
        LocatedGap,
        LocatedStep,
        Report,
    )

_REASONS_SHOWN = 10


def render(report: Report, paint: Painter = unpainted, quiet: bool = False, stale: bool = False) -> str:
    """The whole report, or with ``quiet`` only its findings, and with ``stale`` also what of the baseline is found no
    more. Unprintable characters of the tree come out as escapes."""
    lines = [line for finding in report.findings for line in finding_lines(finding, paint)]
    if stale:
        lines += [_stale(entry) for entry in report.absent or ()]
    if not quiet:
        if lines:
            lines.append("")
        lines += [line for contract in report.contracts for line in _contract(contract, paint)]
        lines.append(_totals(report))
        lines += gap_lines(report.gaps, paint)
    return "".join(f"{line}\n" for line in lines)


def finding_lines(finding: LocatedFinding, paint: Painter) -> Iterator[str]:
    place = paint(f"{plain(finding.file)}:{finding.line}:{finding.column}:", "place")
    first, *rest = finding.message.split("\n")
    yield f"{place} {paint(finding.severity, finding.severity)}: {plain(first)} [{finding.rule}]"
    yield from (f"    {plain(line)}" for line in rest)
    yield from (f"    {_step(step)}" for step in finding.steps)
    if finding.fix is not None:
        yield from (f"    {line}" for line in _fix(finding.fix, paint))


def _step(step: LocatedStep) -> str:
    where = f"in {plain(step.function)}(): " if step.function else ""
    return f"{plain(step.file)}:{step.line}: {where}{plain(step.note)}"


def _fix(fix: LocatedFix, paint: Painter) -> Iterator[str]:
    yield f"fix ({fix.grade}): {plain(fix.title)}"
    for line in fix.diff.splitlines():
        # Tabs stay: they indent the code of the diff.
        shown = "\t".join(map(plain, line.split("\t")))
        yield paint(shown, shown[:1]) if shown[:1] in {"+", "-"} else shown


def _contract(contract: ContractVerdict, paint: Painter) -> Iterator[str]:
    verdict = paint(contract.verdict.replace("-", " "), contract.verdict)
    yield f"contract {plain(contract.name)}: {verdict}"
    yield from (f"    {_clause(clause, paint)}" for clause in contract.clauses)


def _clause(clause: Clause, paint: Painter) -> str:
    at = f" ({plain(clause.location.file)}:{clause.location.line})" if clause.location else ""
    verdict = paint(clause.verdict.replace("-", " "), clause.verdict)
    return (
        f"{plain(clause.function)}() must {clause.requirement.replace('-', ' ')}: {verdict}: {plain(clause.reason)}{at}"
    )


def _stale(entry: BaselineEntry) -> str:
    where = f"in {plain(entry.function)}()" if entry.function else "there"
    return f"{plain(entry.file)}: the baseline has a finding {where} that is found no more [{plain(entry.rule)}]"


def _totals(report: Report) -> str:
    counts = report.counts
    severities = ", ".join(f"{many(n, severity)}" for severity, n in counts.by_severity.items())
    found = f"{many(counts.findings, 'finding')} ({severities})" if counts.findings else "no findings"
    looked = f"{many(counts.functions, 'function')} of {many(counts.files, 'file')}"
    aside = asides(counts.allowed, counts.known, len(report.absent or ()))
    return "; ".join([f"{found} in {looked}", *aside, many(counts.gaps, "gap")])


def asides(allowed: int, known: int, stale: int = 0) -> Iterator[str]:
    """How many findings do not count, and why, as far as there are any."""
    told = ((allowed, "allowed"), (known, "in the baseline"), (stale, "stale in the baseline"))
    return (f"{n} {what}" for n, what in told if n)


def gap_lines(gaps: tuple[LocatedGap, ...], paint: Painter) -> Iterator[str]:
    tally = Counter((gap.stage, gap.reason) for gap in gaps)
    if not tally:
        return
    yield paint("gaps, about which nothing is said:", "faint")
    ranked = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    yield from (f"    {n:5} {stage}: {plain(reason)}" for (stage, reason), n in ranked[:_REASONS_SHOWN])
    if len(ranked) > _REASONS_SHOWN:
        left = ranked[_REASONS_SHOWN:]
        yield f"    {sum(n for _, n in left):5} for {many(len(left), 'more reason')} (--format json lists every gap)"


def many(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
