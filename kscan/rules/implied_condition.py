"""A condition is asked whose answer, true, earlier tests on every way have decided."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.finding import Finding
from kscan.rules.decided import finding_about
from kscan.rules.rule import Program, rule

WHY = (
    "It reads as if there were a case in which it does not hold, and who changes the code keeps handling that case. "
    "What is decided already is left out; a test that is meant to see a change made elsewhere reads with READ_ONCE()."
)
BAD = """\
if (!f)
        return -EINVAL;
if (f && f->users)
        return report(f, FROB_LOST);
"""
GOOD = """\
if (!f)
        return -EINVAL;
if (f->users)
        return report(f, FROB_LOST);
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding per condition, with the tests that decide it as steps."""
    for one in program.decided():
        if one.holds:
            yield finding_about(RULE, one)


RULE = rule(__name__, severity="note", audience="reviewer", check=check)
