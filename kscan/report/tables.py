"""Return sets, callers, predicates and rules as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kscan.report.escape import plain
from kscan.report.table import table

if TYPE_CHECKING:
    from kscan.report.located import (
        CallersReport,
        Definition,
        FlowReport,
        FunctionsReport,
        LocatedCaller,
        LocatedLeft,
        PredicatesReport,
        ReturnsReport,
    )

Row = tuple[str, ...]


class Screen(NamedTuple):
    """Where a table goes: the terminal's width in columns (None for a pipe or file), and whether it shows colour."""

    width: int | None = None
    colour: bool = False


def flow(report: FlowReport, screen: Screen) -> str:
    """Each definition with its values, the path to each, and what keeps the set open."""
    definitions = report.definitions or (report,)
    return "\n".join(_definition(one, screen) for one in definitions)


def callers(report: CallersReport, screen: Screen) -> str:
    """One row for each value at each call site."""
    total = len(report.callers)
    head = f"{plain(report.callee)}(): {total} call site{'' if total == 1 else 's'}\n"
    gaps = f"{len(report.gaps)} gaps (--format json lists them)\n" if report.gaps else ""
    if not total:
        return head + gaps
    rows = (row for caller in report.callers for row in _caller(caller))
    return (
        head + table(("call site", "caller", "value", "disposition", "where"), rows, screen.width, screen.colour) + gaps
    )


def predicates(report: PredicatesReport, screen: Screen) -> str:
    """One row for each predicate; its formula as far as it is one."""
    rows = (
        (
            f"{one.name}({', '.join(one.params)})",
            one.kind,
            one.policy,
            one.formula if one.exact else f"{one.formula} (not exact: {', '.join(one.opaque)})",
            _all_of(one.config),
            f"{one.file}:{one.line}",
        )
        for one in report.predicates
    )
    gaps = f"{len(report.gaps)} gaps (--format json lists them)\n" if report.gaps else ""
    return table(("predicate", "kind", "policy", "formula", "when", "where"), rows, screen.width, screen.colour) + gaps


def _all_of(conditions: Sequence[str]) -> str:
    """The conditions joined; one that is itself a choice in parentheses."""
    several = len(conditions) > 1
    return " && ".join(f"({one})" if several and "||" in one and one[:2] != "!(" else one for one in conditions)


def functions(report: FunctionsReport, screen: Screen) -> str:
    """One row for each function: where its name stands, and what of its body was not parsed."""
    rows = ((f"{one.file}:{one.line}", one.name, str(one.errors)) for one in report.functions)
    return table(("defined at", "function", "errors"), rows, screen.width, screen.colour)


def returns(report: ReturnsReport, screen: Screen) -> str:
    """One row for each function: where it is, whether its set is closed, and the values."""
    rows = (
        (f"{one.file}:{one.line}", one.function, "closed" if one.closed else "open", " ".join(one.outcomes))
        for one in report.functions
    )
    closed = sum(one.closed for one in report.functions)
    total = f"{len(report.functions)} functions, {closed} of them closed\n"
    return table(("defined at", "function", "set", "values"), rows, screen.width, screen.colour) + total


def rules(rows: Iterable[Row], screen: Screen) -> str:
    """The rules: id, severity, audience, when they run, title."""
    return table(("rule", "severity", "audience", "runs", "title"), rows, screen.width, screen.colour)


def _definition(one: Definition, screen: Screen) -> str:
    state = "closed: nothing else can be returned" if one.closed else "open: other values are possible"
    head = f"{plain(one.function)}() at {plain(one.file)}:{one.line}, {state}\n"
    left = "".join(_behind(behind, screen) for behind in one.left or ())
    return head + _set(one, screen) + left


def _behind(one: LocatedLeft, screen: Screen) -> str:
    state = "closed: nothing else can be left there" if one.closed else "open: other values are possible"
    return f"\nbehind its parameter {plain(one.parameter)}, {state}\n{_set(one, screen)}"


def _set(one: Definition | LocatedLeft, screen: Screen) -> str:
    shown = table(("value", "where", "function", "what happens"), _outcomes(one), screen.width, screen.colour)
    if one.closed:
        return shown
    reasons = ((f"{why.file}:{why.line}", why.function, why.reason) for why in one.open_because)
    return f"{shown}\n" + table(("open at", "function", "because"), reasons, screen.width, screen.colour)


def _outcomes(one: Definition | LocatedLeft) -> Iterator[Row]:
    for outcome in one.outcomes:
        value = outcome.value
        for step in (step for path in outcome.paths for step in path):
            yield (value, f"{step.file}:{step.line}", step.function, step.note)
            value = ""
        if value:
            yield (value, "", "", "")


def _caller(caller: LocatedCaller) -> Iterator[Row]:
    site, name = f"{caller.file}:{caller.line}", caller.function
    for value in caller.receives:
        told = caller.dispositions.get(value)
        if told is None:
            yield (site, name, value, "", "")
        else:
            # What is passed on can still be replaced on some of the paths.
            joint = ", on some paths" if told.kind == "propagated" else ", becomes"
            becomes = f"{joint} {' or '.join(told.becomes)}" if told.becomes else ""
            yield (site, name, value, told.kind, f"line {told.line}{becomes}")
    if not caller.receives:
        yield (site, name, "", "", "receives nothing")
