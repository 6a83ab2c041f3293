"""What was asked of another call between the test of an errno and its replacement: then the errno, as "not there yet",
only opened the way to what failed later."""

from __future__ import annotations

from collections.abc import Iterator

from kscan.flow.relevant import names_in
from kscan.model.code import Call, Cast, Code, Expr, Set, Test


def asked_meanwhile(code: Code, start: int, end: int) -> bool:
    """Whether the text between the offsets ``start`` and ``end`` of ``code`` keeps the result of a call in a variable,
    and tests it there."""
    kept: dict[str, int] = {}
    for target, at in _kept(code, start, end):
        kept[target] = min(at, kept.get(target, at))
    return any(
        kept.get(name, end) < instr.at
        for instr in code.instrs
        if isinstance(instr, Test) and start <= instr.at and instr.end <= end
        for name in names_in(instr.cond)
    )


def _kept(code: Code, start: int, end: int) -> Iterator[tuple[str, int]]:
    for instr in code.instrs:
        if isinstance(instr, Set) and start <= instr.at < end and isinstance(_bare(instr.value), Call):
            yield instr.target, instr.at


def _bare(value: Expr) -> Expr:
    while isinstance(value, Cast):
        value = value.operand
    return value
