"""Errnos that a function of type bool learns of and answers with false."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kscan.flow.relevant import successors
from kscan.link.program import LinkedProgram
from kscan.model.code import Binary, Call, Cast, Code, Expr, Jump, Name, Num, Ret, Set, Test
from kscan.model.decided import Lost
from kscan.model.facts import Function
from kscan.model.regex import regex

_FAR: Final = 12
"""Instructions between a test and the return that answers it, or between a call and the test of its result."""
_ERRNO: Final = regex(r"-E[A-Z]\w+\Z")


def lost_in(program: LinkedProgram, function: Function) -> Iterator[Lost]:
    """The calls in ``function`` whose errnos all end as a returned false; only closed return sets count."""
    for code in program.catalog.codes(function)[:1]:
        for index, instr in enumerate(code.instrs):
            if isinstance(instr, Test):
                call, failing = _asked(code, index, instr)
                if call is not None and not _is_joined(code, index, failing) and _returns_false(code, failing):
                    errnos = _errnos(program, function, call)
                    if errnos:
                        yield Lost(call.callee, call.at, call.end, errnos)


def _asked(code: Code, index: int, test: Test) -> tuple[Call | None, int]:
    """The call whose result the test asks about, and where it goes when that is an error."""
    subject, failing = test.cond, test.then
    if isinstance(subject, Binary) and isinstance(subject.right, Num) and subject.right.value == 0:
        if subject.op in {"==", ">="}:
            failing = test.other
        elif subject.op not in {"<", "!="}:
            return None, failing
        subject = subject.left
    return _call_of(code, index, subject), failing


def _is_joined(code: Code, index: int, failing: int) -> bool:
    """Whether the test only adds to a question asked right before, as in ``a && !call()``: then false answers both."""
    before = code.instrs[index - 1] if index else None
    return isinstance(before, Test) and before.then == index and before.other == failing


def _call_of(code: Code, index: int, subject: Expr) -> Call | None:
    while isinstance(subject, Cast):
        subject = subject.operand
    if isinstance(subject, Call):
        return subject
    if not isinstance(subject, Name):
        return None
    for instr in reversed(code.instrs[max(0, index - _FAR) : index]):
        if isinstance(instr, Set) and instr.target == subject.name:
            return instr.value if isinstance(instr.value, Call) else None
    return None


def _returns_false(code: Code, index: int) -> bool:
    for _ in range(_FAR):
        instr = code.instrs[index]
        if isinstance(instr, Ret):
            return isinstance(instr.value, Num) and instr.value.value == 0
        following = successors(index, instr)
        if len(following) != 1:
            return False
        index = instr.to if isinstance(instr, Jump) else following[0]
    return False


def _errnos(program: LinkedProgram, function: Function, call: Call) -> tuple[str, ...]:
    """What the callee can return besides 0, when all of that is errnos."""
    found: set[str] = set()
    for callee in program.catalog.definitions(call.callee, function.file) if call.callee else ():
        closed, values = program.values(callee)
        if not closed or not all(value == "0" or _ERRNO.match(value) for value in values):
            return ()
        found.update(value for value in values if value != "0")
    return tuple(sorted(found))
