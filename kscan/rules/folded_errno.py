"""A caller's catch-all branch swallows an errno that its callee sets apart."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.finding import Finding
from kscan.rules.rule import Program, rule
from kscan.rules.skeleton import branch

WHY = (
    "A contract says that this errno means something the others do not. A caller that only tests for < 0, or leaves it "
    "to the default: of a switch, treats it like every other failure, and what the callee took care to tell is lost."
)
BAD = """\
ret = grab_frob(f);             /* a contract sets -ENOTRECOVERABLE apart */
if (ret < 0)
        return report(f, FROB_FAILED);
"""
GOOD = """\
ret = grab_frob(f);
if (ret == -ENOTRECOVERABLE)
        return report(f, FROB_LOST);
if (ret < 0)
        return report(f, FROB_FAILED);
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding per call whose result is folded, at the branch that catches it."""
    for contract in program.contracts:
        for clause in (*contract.clauses, *contract.others):
            if clause.rule == RULE.id and clause.verdict == "unmet" and clause.span is not None:
                asked = f"{clause.function}() does not tell {clause.errno} apart (contract {contract.name})"
                subject = f"{contract.name} {clause.errno}"
                fix = branch(program.source(clause.span.file), clause.span, clause.errno, clause.why)
                yield RULE.finding(clause.span, clause.function, f"{asked}: {clause.why}", subject, clause.steps, fix)


RULE = rule(__name__, severity="warning", audience="author", check=check)
