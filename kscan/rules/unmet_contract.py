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
            if clause.rule == RULE.id and clause.verdict == "unmet" and clause.span is not None:
                yield _finding(contract.name, clause, clause.span)


def _finding(contract: str, clause: ClauseResult, span: Span) -> Finding:
    asked = f"contract {contract}, {clause.function}() must {clause.requirement}"
    subject = f"{contract} {clause.requirement} {clause.errno}"
    return RULE.finding(span, clause.function, f"{asked}: {clause.reason}; {clause.why}", subject, clause.steps)


RULE = rule(__name__, severity="warning", audience="author", check=check)
