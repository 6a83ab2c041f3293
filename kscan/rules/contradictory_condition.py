"""A condition is asked that can never hold, for earlier tests on every way or its type exclude it."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.finding import Finding
from kscan.rules.decided import finding_about
from kscan.rules.rule import Program, rule

WHY = (
    "The branch is dead code, and often another condition was meant: the wrong variable, the wrong sign, || for &&. "
    "An unsigned value is never below zero, whatever an error path expects of it."
)
BAD = """\
if (!f)
        return -EINVAL;
if (f->users > 1 && f->users == 0)
        return report(f, FROB_LOST);
"""
GOOD = """\
if (!f)
        return -EINVAL;
if (f->users > 1 || f->mine == 0)
        return report(f, FROB_LOST);
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding per condition, with the tests that decide it as steps."""
    for one in program.decided():
        if not one.holds:
            yield finding_about(RULE, one)


RULE = rule(__name__, severity="note", audience="reviewer", check=check)
