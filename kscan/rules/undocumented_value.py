"""A function returns 0, another constant or NULL that the Return section of its kernel-doc does not cover."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.edit import Fix
from kscan.model.finding import Finding
from kscan.model.flow import Outcome
from kscan.model.result import FunctionRow
from kscan.rules.return_items import completed
from kscan.rules.rule import Program, return_section, rule
from kscan.rules.uncovered import documented_of, is_near, uncovered

WHY = (
    "0, 1 and -1 are return paths like any errno. Where the section says what some constants mean, a caller takes the "
    "others for impossible: a 1 that is not in the list is mistaken for an error by 'if (ret)', or for success by "
    "'if (ret < 0)'. Texts that speak of a count, a length or any other open range are left alone."
)
BAD = """\
/**
 * frob_try() - try to lock a frob
 *
 * Return: 0 when the lock was taken, -EBUSY when it was not.
 */
int frob_try(struct frob *f)
{
        return f->mine ? 1 : f->owner ? -EBUSY : 0;
}
"""
GOOD = """\
/**
 * frob_try() - try to lock a frob
 *
 * Return:
 * * %0 - the lock was taken
 * * %1 - the caller held it already
 * * %-EBUSY - somebody else holds it
 */
int frob_try(struct frob *f)
{
        return f->mine ? 1 : f->owner ? -EBUSY : 0;
}
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding for each constant, made near by, returned under a section that gives constants and not this one."""
    for row in program.functions():
        documented = documented_of(row, program.errnos)
        if documented is None:
            continue
        found = [outcome for outcome in uncovered(row, documented, program) if is_near(outcome, program)]
        if found:
            values = [outcome.value for outcome in found]
            fix = completed(row, program.source(row.function.file), documented, values, program.errnos)
            yield from (_finding(row, outcome, fix) for outcome in found)


def _finding(row: FunctionRow, outcome: Outcome, fix: Fix | None) -> Finding:
    name, value = row.function.name, outcome.value
    message = f"{name}() can return {value}, which its Return section does not cover"
    return RULE.finding(return_section(row.function), name, message, value, outcome.path, fix)


RULE = rule(__name__, severity="warning", audience="docs", check=check)
