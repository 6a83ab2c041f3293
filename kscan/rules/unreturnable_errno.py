"""The Return section of a kernel-doc names an errno that the function cannot return."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kscan.facts.errno import errno_of
from kscan.facts.kerneldoc import byte_at
from kscan.facts.returntext import Named, read_return_text
from kscan.model.edit import Fix
from kscan.model.finding import Finding, Step
from kscan.model.result import FunctionRow
from kscan.model.span import Span
from kscan.rules.return_items import rewritten, without
from kscan.rules.rule import Program, rule

WHY = (
    "Callers grow branches for the errnos that a Return section names; one that no path produces is dead code from "
    "the start, and often the trace of an error that is now lost on the way. Said only where every value that the "
    "function returns is known."
)
BAD = """\
/**
 * frob_put() - drop a reference to a frob
 *
 * Return: 0 on success, -EINVAL without a frob, -EAGAIN when it is in use.
 */
int frob_put(struct frob *f)
{
        if (!f)
                return -EINVAL;
        f->users--;
        return 0;
}
"""
GOOD = """\
/**
 * frob_put() - drop a reference to a frob
 *
 * Return:
 * * %0 - success
 * * %-EINVAL - there is no frob
 */
int frob_put(struct frob *f)
{
        if (!f)
                return -EINVAL;
        f->users--;
        return 0;
}
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding for each errno documented as returned that no variant of the function returns."""
    for variants in _by_function(program.functions()).values():
        if all(_is_known(row) for row in variants):
            returned = [name for row in variants for value in row.returns.values if (name := errno_of(value))]
            for row in variants:
                yield from _impossible(row, returned, program)


def _is_known(row: FunctionRow) -> bool:
    """Whether all that can be called under the name is seen, and seen whole."""
    return row.returns.closed and not row.function.errors and not row.function.replaceable


def _by_function(rows: Sequence[FunctionRow]) -> dict[tuple[str, str], list[FunctionRow]]:
    """Rows that stand for one function: a static one is its file's own, any other name is the whole tree's."""
    groups: dict[tuple[str, str], list[FunctionRow]] = defaultdict(list)
    for row in rows:
        function = row.function
        groups[function.name, function.file if function.linkage == "static" else ""].append(row)
    return groups


def _impossible(row: FunctionRow, returned: Sequence[str], program: Program) -> Iterator[Finding]:
    doc, errnos = row.function.doc, program.errnos
    if doc is None or not doc.returns or row.function.return_type == "void":
        return
    told: set[str] = set()
    said = read_return_text(doc.returns, errnos)
    for named in said.errnos:
        name = named.value[1:]
        if named.placed and name not in told and not any(errnos.same(name, other) for other in returned):
            told.add(name)
            data = program.source(row.function.file)
            fix = without(row.function, data, named.value) or rewritten(row, data, said, errnos)
            yield _finding(row, named, fix)


def _finding(row: FunctionRow, named: Named, fix: Fix | None) -> Finding:
    function, doc = row.function, row.function.doc
    assert doc is not None
    span = Span(function.file, byte_at(doc, named.start), byte_at(doc, named.end))
    name = Span(function.file, function.name_start, function.name_start + len(function.name.encode()))
    values = ", ".join(row.returns.values) or "nothing"
    message = f"{function.name}() cannot return {named.value}, which its Return section names"
    step = Step(name, function.name, f"every value it returns is known: {values}", "context")
    return RULE.finding(span, function.name, message, named.value, (step,), fix)


RULE = rule(__name__, severity="warning", audience="docs", check=check)
