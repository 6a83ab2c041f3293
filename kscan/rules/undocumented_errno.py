"""A function returns an errno that the Return section of its kernel-doc does not name."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.edit import Fix
from kscan.model.finding import Finding
from kscan.model.flow import Outcome
from kscan.model.result import FunctionRow
from kscan.rules.return_items import completed
from kscan.rules.rule import Program, return_section, rule
from kscan.rules.uncovered import documented_of, is_near, unnamed

WHY = (
    "A Return section that lists errnos reads as the whole list, and callers are written from it. An errno that is "
    "missing there reaches callers that have no branch for it. A section that also says 'or a negative errno' covers "
    "them all and is left alone."
)
BAD = """\
/**
 * frob_get() - take a reference to a frob
 *
 * Return: 0 on success, -EBUSY when the frob is in use.
 */
int frob_get(struct frob *f)
{
        return f->dead ? -ENOENT : f->users ? -EBUSY : 0;
}
"""
GOOD = """\
/**
 * frob_get() - take a reference to a frob
 *
 * Return:
 * * %0 - success
 * * %-EBUSY - the frob is in use
 * * %-ENOENT - the frob is about to go away
 */
int frob_get(struct frob *f)
{
        return f->dead ? -ENOENT : f->users ? -EBUSY : 0;
}
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding for each errno, made near by, that a function returns and its closed list does not name."""
    for row in program.functions():
        documented = documented_of(row, program.errnos)
        if documented is None:
            continue
        found = [outcome for outcome in unnamed(row, documented, program.errnos) if is_near(outcome, program)]
        if found:
            values = [outcome.value for outcome in found]
            fix = completed(row, program.source(row.function.file), documented, values, program.errnos)
            yield from (_finding(row, outcome, fix) for outcome in found)


def _finding(row: FunctionRow, outcome: Outcome, fix: Fix | None) -> Finding:
    name, value = row.function.name, outcome.value
    message = f"{name}() can return {value}, which its Return section does not name"
    return RULE.finding(return_section(row.function), name, message, value, outcome.path, fix)


RULE = rule(__name__, severity="warning", audience="docs", check=check)
