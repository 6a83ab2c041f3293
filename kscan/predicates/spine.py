"""The early returns at the start of a body, before the first choice that is none, as formulas."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kscan.model.code import Code, Do, Expr, Instr, Jump, Name, Num, Ret, Set, Test, Unary
from kscan.model.facts import Function
from kscan.model.regex import regex
from kscan.predicates import formula as f
from kscan.predicates.evaluate import Evaluator
from kscan.predicates.explore import NoFormula, assigned, result_from
from kscan.predicates.sight import Sight
from kscan.predicates.subject import Page, Param
from kscan.predicates.values import PARAMETER, Value, Words, truth
from kscan.predicates.whole import WholeFiles
from kscan.predicates.words import FOLIO, PAGE_TYPES

_POINTER = regex(r"(?:const )?struct \w+ \*(?: ?const)?\Z")

_MAX_GUARDS = 20
"""Early returns that are looked at in one function."""


class Place(msgspec.Struct, frozen=True):
    """A guard in the code: its tests, the return it leads to, and in formulas: what held before it, its condition,
    and when what follows returns something else."""

    tests: tuple[Test, ...]
    leaving: Ret
    value: str
    before: f.Formula
    condition: f.Formula
    differs: f.Formula


class Spine:
    """The statements that every call passes before the first choice that is no guard."""

    def __init__(self, sees: WholeFiles, function: Function, code: Code) -> None:
        self.code = code
        self.function = function
        self.returns_bool = function.return_type != "int"
        others = frozenset(p.name for p in function.params if not PAGE_TYPES.match(p.type) and _POINTER.match(p.type))
        self.sight = Sight(sees, function.file)
        self.evaluator = Evaluator(self.sight, others)
        self.env = {param.name: _argument(param.name, param.type) for param in function.params if param.name}

    def guards(self) -> Iterator[Place]:
        """The guards in their order, each with the negation of those before it."""
        at, before = self._next(0), f.conjunction(())
        for _ in range(_MAX_GUARDS):
            if at is None:
                return
            group = _group(self.code, at)
            if group is None:
                return
            tests, leaving, onward = group
            try:
                condition = self._truth(self._marked({leaving: 1, onward: 0}), at)
                found = self._place(tests, leaving, onward, before, condition)
            except NoFormula:
                return
            if found is not None:
                yield found
            before = f.conjunction((before, f.negation(condition)))
            at = self._next(onward) if onward > at else None  # a loop

    def _next(self, at: int) -> int | None:
        """The next test from ``at`` on, with the variables that are set on the way; None when there is none."""
        for _ in self.code.instrs:
            instr = self.code.instrs[at]
            if isinstance(instr, Test):
                return at if instr.kind == "if" else None
            if isinstance(instr, Set):
                self.env[instr.target] = assigned(self.code, instr.value, self.env, self.evaluator)
            elif not isinstance(instr, Jump | Do):
                return None
            at = instr.to if isinstance(instr, Jump) else at + 1
        return None

    def _place(
        self, tests: tuple[Test, ...], leaving: int, onward: int, before: f.Formula, condition: f.Formula
    ) -> Place | None:
        ret = self.code.instrs[leaving]
        if not isinstance(ret, Ret) or ret.value is None:
            return None
        value = _constant(ret.value)
        if not value:
            return None
        differs = self._truth(self._compared(value), onward)
        return Place(tests, ret, value, before, condition, differs)

    def _truth(self, code: Code, start: int) -> f.Formula:
        return truth(result_from(code, start, dict(self.env), self.evaluator, "bool", straight=True))

    def _marked(self, ends: dict[int, int]) -> Code:
        """The code with returns of 0 and 1 at these places."""
        instrs = list(self.code.instrs)
        for index, value in ends.items():
            instrs[index] = Ret(Num(value, str(value)), 0, 0)
        return msgspec.structs.replace(self.code, instrs=tuple(instrs))

    def _compared(self, value: str) -> Code:
        """The code that returns whether this one returns something else than ``value``."""
        instrs = tuple(self._differing(instr, value) for instr in self.code.instrs)
        return msgspec.structs.replace(self.code, instrs=instrs)

    def _differing(self, instr: Instr, value: str) -> Instr:
        if not isinstance(instr, Ret) or instr.value is None:
            return instr
        constant = _constant(instr.value)
        if constant:
            other = int(_canonical(constant) != _canonical(value))
            return Ret(Num(other, str(other)), instr.at, instr.end)
        if not self.returns_bool:
            return Ret(None, instr.at, instr.end)  # no formula
        return instr if _canonical(value) == "0" else Ret(Unary("!", instr.value), instr.at, instr.end)


def _argument(name: str, kind: str) -> Value:
    page = PAGE_TYPES.match(kind)
    if page or _POINTER.match(kind):
        return Page(name, not page or page[1] == FOLIO)
    return Words((Param(name),), PARAMETER)


def _constant(value: Expr) -> str:
    """A constant as spelt, "" for anything else."""
    if isinstance(value, Num):
        return value.text
    if isinstance(value, Name):
        return value.name if value.name.isupper() else ""
    if isinstance(value, Unary) and value.op == "-":
        inner = _constant(value.operand)
        return f"-{inner}" if inner else ""
    return ""


def _canonical(constant: str) -> str:
    return {"false": "0", "true": "1"}.get(constant, constant)


def _group(code: Code, start: int) -> tuple[tuple[Test, ...], int, int] | None:
    """The tests of the if statement at ``start``, the return that it leads to, and where it goes on otherwise; None
    where it is no guard."""
    leaving = _first_return(code, start)
    ret = code.instrs[leaving] if leaving is not None else None
    if leaving is None or not isinstance(ret, Ret):
        return None
    tests: list[Test] = []
    ends: set[int] = set()
    waiting, seen = [start], {start}
    while waiting:
        at = waiting.pop()
        instr = code.instrs[at]
        if isinstance(instr, Test) and instr.kind == "if" and instr.at < ret.at:
            tests.append(instr)
            more = {_past_jumps(code, instr.then), _past_jumps(code, instr.other)} - seen
            seen |= more
            waiting += more
        else:
            ends.add(at)
    onward = ends - {leaving}
    if leaving not in ends or len(onward) != 1:
        return None
    return tuple(sorted(tests, key=lambda test: test.at)), leaving, onward.pop()


def _first_return(code: Code, start: int) -> int | None:
    """The return right behind the tests that begin at ``start``."""
    for at in range(start, len(code.instrs)):
        instr = code.instrs[at]
        if isinstance(instr, Ret):
            return at
        if not isinstance(instr, Test):
            return None
    return None


def _past_jumps(code: Code, at: int) -> int:
    for _ in code.instrs:
        instr = code.instrs[at]
        if not isinstance(instr, Jump):
            break
        at = instr.to
    return at
