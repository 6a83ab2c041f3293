"""A function returns 0, another constant or NULL that the Return section of its kernel-doc does not cover."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kscan.facts.returntext import Documented, read_documented
from kscan.model.edit import Fix
from kscan.model.finding import Finding
from kscan.model.flow import Outcome
from kscan.model.result import FunctionRow
from kscan.rules.return_items import completed
from kscan.rules.rule import Program, return_section, rule

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

_INTEGER = re.compile(r"(?:(?:signed|long|int|short|ssize_t|loff_t|s\d+)\s*)+")
_NUMBER = re.compile(r"-?\d+")


def check(program: Program) -> Iterator[Finding]:
    """One finding for each constant returned under a Return section that gives constants and not this one."""
    for row in program.functions():
        doc = row.function.doc
        documented = read_documented(doc, program.errnos) if doc else None
        if documented is not None:
            yield from _missing(row, documented, program)


def _missing(row: FunctionRow, documented: Documented, program: Program) -> Iterator[Finding]:
    found = [o for o in row.returns.outcomes if not o.warned and _uncovered(row, o, documented)]
    if found:
        values = [outcome.value for outcome in found]
        fix = completed(row, program.source(row.function.file), documented, values, program.errnos)
        yield from (_finding(row, outcome, fix) for outcome in found)


def _uncovered(row: FunctionRow, outcome: Outcome, documented: Documented) -> bool:
    value, type_ = outcome.value, row.function.return_type
    if value == "NULL":
        return "*" in type_ and _null_uncovered(documented)
    if not _NUMBER.fullmatch(value) or not _INTEGER.fullmatch(type_) or documented.has(value):
        return False
    if value.startswith("-"):
        return documented.lists_errnos and not documented.open_negative
    if not documented.lists_counts:
        return False
    if value == "0":  # "1 if .." and "true when .." say by themselves what the other answer is
        return not (documented.covers_zero or (documented.has("1") and not documented.lists_errnos))
    return not documented.open_positive


def _null_uncovered(documented: Documented) -> bool:
    return documented.lists_errnos and not documented.open_negative and not documented.covers_null


def _finding(row: FunctionRow, outcome: Outcome, fix: Fix | None) -> Finding:
    name, value = row.function.name, outcome.value
    message = f"{name}() can return {value}, which its Return section does not cover"
    return RULE.finding(return_section(row.function), name, message, value, outcome.path, fix)


RULE = rule(__name__, severity="warning", audience="docs", check=check)
