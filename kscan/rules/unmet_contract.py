"""A clause of a contract is not kept: the errno is never returned, is dropped, or is replaced on its way."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.contract import ClauseResult
from kscan.model.finding import Finding
from kscan.model.span import Span
from kscan.rules.rule import Program, rule

WHY = (
    "A contract names a callee, its errnos, and what each caller must do with them. When one side changes, the other is"
    " usually in a function that the patch does not touch; the contract is what notices."
)
BAD = """\
/* the contract: frob_offline() passes -ENOTRECOVERABLE on */
ret = grab_frob(f);
if (ret < 0)
        ret = 0;
return ret;
"""
GOOD = """\
ret = grab_frob(f);
if (ret == -EAGAIN)
        ret = 0;
return ret;
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding per clause that is not kept, at the place that breaks it."""
    for contract in program.contracts:
        for clause in contract.clauses:
            if clause.rule == RULE.id and clause.verdict == "unmet":
                yield _finding(contract.name, clause)


def _finding(contract: str, clause: ClauseResult) -> Finding:
    return Finding(
        rule=RULE.id,
        severity=RULE.severity,
        audience=RULE.audience,
        span=clause.span or Span("", 0, 0),
        function=clause.function,
        message=f"contract {contract}, {clause.function}() must {clause.requirement}: {clause.reason}; {clause.why}",
        subject=f"{contract} {clause.requirement} {clause.errno}",
        steps=clause.steps,
    )


RULE = rule(__name__, severity="warning", audience="author", check=check)
