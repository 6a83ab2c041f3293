"""An errno that a callee returns, and that is tested by name, is replaced by another one."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.finding import Finding, Step
from kscan.rules.rule import Program, rule

WHY = (
    "The caller further up sees an errno that nothing it calls has failed with, and the reason for the failure is gone. "
    "That can be meant; whoever documents or handles the return values has to know where it happens."
)
BAD = """\
ret = grab_frob(f);
if (ret == -EBUSY)
        ret = -EIO;             /* the caller cannot know that trying again would help */
return ret;
"""
GOOD = """\
ret = grab_frob(f);
if (ret == -EBUSY)
        trace_frob_busy(f);
return ret;
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding per replacement, at the assignment or return that makes it."""
    for remap in program.remaps():
        if program.errnos.same(remap.source.lstrip("-"), remap.target.lstrip("-")):
            continue
        steps = [Step(remap.call, remap.function, f"{remap.callee}() can return {remap.source}")]
        if remap.test.start >= 0:
            steps.append(Step(remap.test, remap.function, "under this test", "context"))
        yield Finding(
            rule=RULE.id,
            severity=RULE.severity,
            audience=RULE.audience,
            span=remap.span,
            function=remap.function,
            message=f"{remap.function}() turns {remap.source} of {remap.callee}() into {remap.target}",
            subject=f"{remap.callee} {remap.source} {remap.target}",
            steps=tuple(steps),
        )


RULE = rule(__name__, severity="note", audience="reviewer", check=check)
