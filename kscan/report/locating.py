"""Results, whose positions are byte spans, to reports, whose positions are lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

import kscan
from kscan.model.contract import ClauseResult, ContractResult
from kscan.model.edit import Fix
from kscan.model.error import InputError
from kscan.model.finding import Step
from kscan.model.flow import Caller, Disposition, Left, Opening, Outcome, ReturnSet
from kscan.model.gap import Gap
from kscan.model.result import (
    CallersResult,
    CheckResult,
    FlowResult,
    FunctionsResult,
    Predicate,
    PredicatesResult,
    ReturnsResult,
)
from kscan.model.span import Span
from kscan.model.standing import Entry
from kscan.report import located as to
from kscan.report.escape import unicode_only
from kscan.report.lines import Places
from kscan.report.order import value_key
from kscan.report.remarks import Remark, of_check

Read = Callable[[str], bytes]


def locate(result: CheckResult, read: Read) -> to.Report:
    """
    The report of a check: everything sorted, the same for the same input. ``read`` gives the bytes of a path relative
    to the tree; what it raises is passed on.
    """
    places = Places(read)
    remarks = of_check(result, places)
    allowed = tuple(_allowed(remark, read) for remark in remarks if remark.allowed)
    absent = tuple(_absent(entry) for entry in sorted(result.absent))
    return to.Report(
        schema=to.SCHEMA,
        tool=to.Tool("kscan", kscan.__version__),
        tree=unicode_only(result.tree),
        contracts=tuple(
            located_contract(contract, places) for contract in sorted(result.contracts, key=lambda one: one.name)
        ),
        findings=tuple(located_finding(remark, read) for remark in remarks if remark.counts),
        gaps=located_gaps(result.gaps, places),
        counts=_counts(result),
        allowed=allowed or msgspec.UNSET,
        absent=absent or msgspec.UNSET,
    )


def locate_flow(result: FlowResult, read: Read) -> to.FlowReport:
    """The report of a function's return set. Where there are several definitions, one in a source file leads."""
    places = Places(read)
    made = [_definition(one, places) for one in sorted(result.returns, key=_definition_key)]
    if not made:
        raise InputError(f"{result.tree}: no definition of that function; check its spelling")
    main = made[0]
    return to.FlowReport(
        function=main.function,
        file=main.file,
        line=main.line,
        closed=main.closed,
        open_because=main.open_because,
        outcomes=main.outcomes,
        left=main.left,
        **({"definitions": tuple(made)} if len(made) > 1 else {}),
    )


def locate_callers(result: CallersResult, read: Read) -> to.CallersReport:
    """The report of a function's callers, in the order of their files and lines."""
    places = Places(read)
    callers = sorted(result.callers, key=lambda caller: (caller.span, caller.function))
    return to.CallersReport(
        callee=unicode_only(result.callee),
        callers=tuple(_caller(caller, places) for caller in callers),
        **({"gaps": located_gaps(result.gaps, places)} if result.gaps else {}),
    )


def locate_functions(result: FunctionsResult, read: Read) -> to.FunctionsReport:
    """The report of many files' functions, in the order of their files and lines."""
    places = Places(read)
    rows = tuple(
        to.LocatedFunction(
            unicode_only(one.file), unicode_only(one.name), places.line(one.file, one.name_start), one.errors
        )
        for one in sorted(result.functions)
    )
    return to.FunctionsReport(functions=rows, gaps=located_gaps(result.gaps, places))


def locate_returns(result: ReturnsResult, read: Read) -> to.ReturnsReport:
    """The report of many functions' return sets, in the order of their files and lines."""
    places = Places(read)
    rows = sorted(result.returns, key=lambda one: (one.span, one.function))
    functions = tuple(
        to.LocatedReturns(
            file=unicode_only(row.span.file),
            function=unicode_only(row.function),
            line=places.line(row.span.file, row.span.start),
            closed=row.closed,
            outcomes=tuple(sorted(row.values, key=value_key)),
        )
        for row in rows
    )
    return to.ReturnsReport(functions=functions, gaps=located_gaps(result.gaps, places))


def locate_predicates(result: PredicatesResult, read: Read) -> to.PredicatesReport:
    """The report of a tree's page predicates, by name."""
    places = Places(read)
    rows = sorted(result.predicates, key=lambda one: (one.name, one.span, one.config))
    return to.PredicatesReport(
        tree=unicode_only(result.tree),
        predicates=tuple(_predicate(row, places) for row in rows),
        gaps=located_gaps(result.gaps, places),
    )


def _definition_key(returns: ReturnSet) -> tuple[bool, Span]:
    return (returns.span.file.endswith(".h"), returns.span)


def located_finding(remark: Remark, read: Read) -> to.LocatedFinding:
    """A finding with its lines; ``read`` gives the bytes of the tree that it speaks of, for the diff of its fix."""
    finding, places = remark.finding, remark.places
    position = places.at(finding.span.file, finding.span.start)
    return to.LocatedFinding(
        rule=finding.rule,
        severity=finding.severity,
        audience=finding.audience,
        file=unicode_only(finding.span.file),
        line=position.line,
        column=position.column,
        function=unicode_only(finding.function),
        message=unicode_only(finding.message),
        steps=located_steps(finding.steps, places),
        fix=_fix(finding.fix, read),
        fingerprint=remark.fingerprint,
    )


def _allowed(remark: Remark, read: Read) -> to.LocatedAllowed:
    assert remark.allowed is not None
    span = remark.allowed.span
    line = remark.places.line(span.file, span.start)
    return to.LocatedAllowed(located_finding(remark, read), line, unicode_only(remark.allowed.reason))


def _absent(entry: Entry) -> to.BaselineEntry:
    return to.BaselineEntry(entry.file, entry.function, entry.rule, entry.fingerprint)


def _fix(fix: Fix | None, read: Read) -> to.LocatedFix | None:
    if fix is None:
        return None
    from kscan.report.diff import diff

    return to.LocatedFix(unicode_only(fix.title), fix.grade, unicode_only(diff(fix.edits, read)))


def located_steps(steps: Iterable[Step], places: Places) -> tuple[to.LocatedStep, ...]:
    """Steps with their lines."""
    return tuple(
        to.LocatedStep(
            role=step.role,
            file=unicode_only(step.span.file),
            line=places.line(step.span.file, step.span.start),
            function=unicode_only(step.function),
            note=unicode_only(step.note),
        )
        for step in steps
    )


def located_contract(contract: ContractResult, places: Places) -> to.ContractVerdict:
    """A verdict with the lines of its clauses."""
    clauses = tuple(_clause(clause, places) for clause in contract.clauses)
    return to.ContractVerdict(unicode_only(contract.name), contract.verdict, clauses)


def _clause(clause: ClauseResult, places: Places) -> to.Clause:
    return to.Clause(
        function=unicode_only(clause.function),
        requirement=clause.requirement,
        verdict=clause.verdict,
        reason=unicode_only(clause.reason),
        location=None if clause.span is None else _location(clause.span, places),
    )


def _location(span: Span, places: Places) -> to.Location:
    position = places.at(span.file, span.start)
    return to.Location(unicode_only(span.file), position.line, position.column)


def located_gaps(gaps: Iterable[Gap], places: Places) -> tuple[to.LocatedGap, ...]:
    """Gaps in order, each once, with their lines."""
    return tuple(
        to.LocatedGap(
            stage=gap.stage,
            file=unicode_only(gap.file),
            line=None if gap.start < 0 else places.line(gap.file, gap.start),
            function=unicode_only(gap.function),
            reason=unicode_only(gap.reason),
        )
        for gap in sorted(set(gaps))
    )


def _counts(result: CheckResult) -> to.Counts:
    gaps = set(result.gaps)
    return to.Counts(
        functions=result.functions,
        files=result.files,
        findings=len(result.findings),
        gaps=len(gaps),
        by_rule=_tally(finding.rule for finding in result.findings),
        by_severity=_tally(finding.severity for finding in result.findings),
        by_stage=_tally(gap.stage for gap in gaps),
        allowed=len(result.allowed),
        known=len(result.known),
    )


def _tally(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _left(left: Left, places: Places) -> to.LocatedLeft:
    return to.LocatedLeft(
        parameter=unicode_only(left.parameter),
        closed=left.closed,
        open_because=tuple(_opening(one, places) for one in sorted(set(left.open_because))),
        outcomes=_located(left.outcomes, places),
    )


def _located(outcomes: Iterable[Outcome], places: Places) -> tuple[to.LocatedOutcome, ...]:
    ordered = sorted(outcomes, key=lambda outcome: value_key(outcome.value))
    return tuple(located_outcome(one, places) for one in ordered)


def _definition(returns: ReturnSet, places: Places) -> to.Definition:
    return to.Definition(
        function=unicode_only(returns.function),
        file=unicode_only(returns.span.file),
        line=places.line(returns.span.file, returns.span.start),
        closed=returns.closed,
        open_because=tuple(_opening(one, places) for one in sorted(set(returns.open_because))),
        outcomes=_located(returns.outcomes, places),
        **({"left": tuple(_left(one, places) for one in returns.left)} if returns.left else {}),
    )


def _opening(opening: Opening, places: Places) -> to.OpenReason:
    return to.OpenReason(
        function=unicode_only(opening.function),
        file=unicode_only(opening.span.file),
        line=places.line(opening.span.file, opening.span.start),
        reason=unicode_only(opening.reason),
    )


def located_outcome(outcome: Outcome, places: Places) -> to.LocatedOutcome:
    """An outcome with the lines of its path."""
    return to.LocatedOutcome(outcome.value, (located_steps(outcome.path, places),) if outcome.path else ())


def _caller(caller: Caller, places: Places) -> to.LocatedCaller:
    values = sorted(caller.dispositions, key=value_key)
    return to.LocatedCaller(
        function=unicode_only(caller.function),
        file=unicode_only(caller.span.file),
        line=places.line(caller.span.file, caller.span.start),
        receives=tuple(sorted(caller.receives, key=value_key)),
        dispositions={value: _disposition(caller.dispositions[value], places) for value in values},
    )


def _disposition(disposition: Disposition, places: Places) -> to.LocatedDisposition:
    line = places.line(disposition.span.file, disposition.span.start)
    if not disposition.becomes:
        return to.LocatedDisposition(disposition.kind, line)
    return to.LocatedDisposition(disposition.kind, line, tuple(sorted(disposition.becomes, key=value_key)))


def _predicate(row: Predicate, places: Places) -> to.LocatedPredicate:
    return to.LocatedPredicate(
        name=unicode_only(row.name),
        params=tuple(map(unicode_only, row.params)),
        kind=row.kind,
        policy=row.policy,
        formula=unicode_only(row.formula),
        expanded=unicode_only(row.expanded),
        exact=row.exact,
        opaque=tuple(map(unicode_only, row.opaque)),
        uses=tuple(map(unicode_only, row.uses)),
        config=tuple(map(unicode_only, row.config)),
        made_by=unicode_only(row.made_by),
        file=unicode_only(row.span.file),
        line=places.line(row.span.file, row.span.start),
    )
