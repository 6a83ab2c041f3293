"""What was asked of another call between the test of an errno and its replacement: then the errno, as "not there yet",
only opened the way to what failed later."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kscan.flow.relevant import names_in, successors
from kscan.model.code import Call, Cast, Code, Expr, Jump, Set, Stop, Test


def asked_meanwhile(code: Code, test: int, start: int, end: int) -> bool:
    """Whether every way from the test at offset ``test`` of ``code``, whose text ends at ``start``, to the replacement
    at ``end`` leads over a test of a call whose result is kept in a variable on the way."""
    asked = frozenset(_asked(code, start, end))
    begun = [index for index, one in enumerate(code.instrs) if isinstance(one, Test) and one.at == test]
    return bool(asked) and bool(begun) and not _reaches(code, begun, end, asked)


def _asked(code: Code, start: int, end: int) -> Iterator[int]:
    """The instructions that test what a call between ``start`` and ``end`` left in a variable."""
    kept: dict[str, int] = {}
    for target, at in _kept(code, start, end):
        kept[target] = min(at, kept.get(target, at))
    tests = ((index, one) for index, one in enumerate(code.instrs) if isinstance(one, Test))
    for index, test in tests:
        between = start <= test.at and test.end <= end
        if between and any(kept.get(name, end) < test.at for name in names_in(test.cond)):
            yield index


def _kept(code: Code, start: int, end: int) -> Iterator[tuple[str, int]]:
    for instr in code.instrs:
        if isinstance(instr, Set) and start <= instr.at < end and isinstance(_bare(instr.value), Call):
            yield instr.target, instr.at


def _reaches(code: Code, begun: Collection[int], end: int, closed: Collection[int]) -> bool:
    """Whether a way leads from the instructions ``begun`` to the one at offset ``end`` over none of those ``closed``,
    and not over the beginning again."""
    seen, pending = set(begun), [after for index in begun for after in successors(index, code.instrs[index])]
    while pending:
        index = pending.pop()
        if index in seen or index in closed:
            continue
        seen.add(index)
        instr = code.instrs[index]
        if not isinstance(instr, Jump | Stop) and instr.at == end:
            return True
        pending += successors(index, instr)
    return False


def _bare(value: Expr) -> Expr:
    while isinstance(value, Cast):
        value = value.operand
    return value
