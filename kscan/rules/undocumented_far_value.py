"""A value that is made far down the calls of a function is not covered by the Return section of its kernel-doc."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.finding import Finding
from kscan.rules.rule import Program, return_section, rule
from kscan.rules.uncovered import documented_of, is_near, uncovered, unnamed

WHY = (
    "What undocumented-errno and undocumented-value say of values that a function or one that it calls makes, this one"
    " says of those from further down. There a path may need of an object what the functions above never hand down, so"
    " that each such value wants a look before the section names it."
)
BAD = """\
/**
 * frob_start() - start a frob
 *
 * Return: 0 on success, -EBUSY when the frob is in use.
 */
int frob_start(struct frob *f)
{
        return f->users ? -EBUSY : frob_lock(f);
}
static int frob_lock(struct frob *f) { return frob_hold(f); }
static int frob_hold(struct frob *f) { return frob_keep(f); }
static int frob_keep(struct frob *f) { return f->dead ? -ENODEV : 0; }
"""
GOOD = """\
/**
 * frob_start() - start a frob
 *
 * Return: 0 on success, -EBUSY when the frob is in use, -ENODEV when it is gone.
 */
int frob_start(struct frob *f)
{
        return f->users ? -EBUSY : frob_lock(f);
}
static int frob_lock(struct frob *f) { return frob_hold(f); }
static int frob_hold(struct frob *f) { return frob_keep(f); }
static int frob_keep(struct frob *f) { return f->dead ? -ENODEV : 0; }
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding for each errno or constant that is made more than one call away and is not covered."""
    for row in program.functions():
        documented = documented_of(row, program.errnos)
        if documented is None:
            continue
        name = row.function.name
        for outcome in (*unnamed(row, documented, program.errnos), *uncovered(row, documented, program)):
            if not is_near(outcome, program):
                message = f"{name}() can return {outcome.value} from further down, which its Return section leaves out"
                yield RULE.finding(return_section(row.function), name, message, outcome.value, outcome.path)


RULE = rule(__name__, severity="note", audience="maintainer", check=check, when="named")
