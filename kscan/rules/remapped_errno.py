"""An errno that a callee returns, and that is tested by name, is replaced by another one."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.finding import Finding, Step
from kscan.model.flow import Remap
from kscan.model.span import Span
from kscan.rules.rule import Program, rule

WHY = (
    "The caller further up sees an errno that nothing it calls has failed with, and the reason for the failure is gone."
    " That can be meant; whoever documents or handles the return values has to know where it happens."
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
    """One finding per replacement, at the assignment or return that makes it; several callees share it."""
    places: dict[tuple[Span, str, str], list[Remap]] = {}
    for remap in program.remaps():
        if not program.errnos.same(remap.source.lstrip("-"), remap.target.lstrip("-")):
            places.setdefault((remap.span, remap.source, remap.target), []).append(remap)
    for (span, source, target), remaps in places.items():
        first = remaps[0]
        callees = sorted({f"{remap.callee}()" for remap in remaps})
        message = f"{first.function}() turns {source} of {' and '.join(callees)} into {target}"
        steps = tuple(step for remap in remaps for step in _steps(remap))
        yield RULE.finding(span, first.function, message, f"{source} {target}", steps)


def _steps(remap: Remap) -> Iterator[Step]:
    yield Step(remap.call, remap.function, f"{remap.callee}() can return {remap.source}")
    if remap.test.start >= 0:
        yield Step(remap.test, remap.function, "under this test", "context")


RULE = rule(__name__, severity="note", audience="reviewer", check=check)
