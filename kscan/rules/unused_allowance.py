"""A comment is to hide findings of a rule, and there are none."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.model.finding import Finding
from kscan.rules.rule import Program, rule

WHY = (
    "What a comment allows was found when it was written. When the code has changed since and nothing is found any "
    "more, the comment says what is not so, and it would hide the next finding of that rule here, which nobody has "
    "looked at."
)
BAD = """\
/* kscan: allow(remapped-errno) the log has one word for all failures */
ret = grab_frob(f);
"""
GOOD = """\
ret = grab_frob(f);
"""


def check(program: Program) -> Iterator[Finding]:
    """One finding per comment and rule."""
    for allowance, unused in program.unused_allowances():
        message = f"allow({unused}) hides nothing: nothing of the kind is found here any more"
        yield RULE.finding(allowance.span, allowance.function, message, unused)


RULE = rule(__name__, severity="note", audience="author", check=check, when="named")
