"""The part of a function's code that its returns depend on: everything else is stepped over.

A backward slice in spirit (Weiser 1981), kept cheap: instructions that touch no tracked variable vanish, and so does a
branch whose two ways meet again with nothing left in between.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from kscan.flow.relevant import addresses, any_call, names_in, tested_name
from kscan.model.code import (
    Binary,
    Call,
    Cast,
    Code,
    Do,
    Expr,
    Havoc,
    Instr,
    Jump,
    Name,
    Num,
    Ret,
    Set,
    Stop,
    Store,
    Unary,
)
from kscan.model.code import Test as Branch

OpKind = Literal["set", "clobber", "store", "havoc", "test", "fork", "config", "default", "ret", "stop"]


class Op(NamedTuple):
    """One instruction that matters. ``next`` (and ``other`` for a branch not taken) are indices of further ones.

    A "fork" is a branch that teaches nothing of a tracked variable; ``calls`` tells whether its condition calls a
    function. ``again``: control can come back to it."""

    kind: OpKind
    instr: Instr
    next: int
    other: int = -1
    calls: bool = False
    again: bool = False


class Slice(NamedTuple):
    """``ops`` by instruction index (None where nothing matters), the first one, and those that several lead to."""

    ops: list[Op | None]
    entry: int
    joins: frozenset[int]


def sliced(code: Code, tracked: tuple[str, ...], focus: int, watched: bool) -> Slice:
    """The slice of ``code`` for ``tracked``. When ``watched``, whatever touches a tracked variable is kept."""
    cutter = _Cutter(code, frozenset(tracked), focus, watched)
    ops = [cutter.op(index, instr) for index, instr in enumerate(code.instrs)]
    for _ in range(_ROUNDS):
        if not _thread(code, ops):
            break
    entry = _target(code, ops, 0)
    _mark_loops(ops, entry)
    return Slice(ops, entry, _joins(ops, entry))


_ROUNDS = 12


class _Cutter:
    def __init__(self, code: Code, tracked: frozenset[str], focus: int, watched: bool) -> None:
        self._code = code
        self._tracked = tracked
        self._params = frozenset(name for name in code.params if name) - code.escaped
        self._focus = focus
        self._watched = watched

    def op(self, index: int, instr: Instr) -> Op | None:
        """The op for one instruction, None when it does not matter."""
        if isinstance(instr, Branch):
            return self._branch(instr)
        if isinstance(instr, Ret):
            return Op("ret", instr, -1)
        if isinstance(instr, Stop):
            return Op("stop", instr, -1)
        kind = self._effect(instr)
        return None if kind is None else Op(kind, instr, index + 1)

    def _effect(self, instr: Instr) -> OpKind | None:
        if isinstance(instr, Set) and instr.target in self._tracked:
            return "set"
        if isinstance(instr, Havoc):
            return "havoc" if self._tracked.intersection(instr.targets) else None
        if isinstance(instr, Set | Store | Do):
            if self._focus in range(instr.at, instr.end) and _holds_call(instr.value, self._focus):
                return "store"
            if isinstance(instr, Store) and self._watched and self._touches(instr.value):
                return "store"
            if self._tracked.intersection(addresses(instr.value)):
                return "clobber"
        return None

    def _touches(self, expr: Expr) -> bool:
        return any(name in self._tracked for name in names_in(expr))

    def _branch(self, test: Branch) -> Op:
        if test.kind == "default":
            return Op("default", test, test.then)
        if test.kind == "config":
            return Op("config", test, test.then, test.other)
        calls = any_call(test.cond)
        kind: OpKind = "test" if self._teaches(test.cond) else "fork"
        return Op(kind, test, test.then, test.other, calls)

    def _teaches(self, cond: Expr) -> bool:
        """Whether deciding ``cond`` tells something of a tracked variable, a parameter or a call asked by name."""
        name = tested_name(cond)
        if name in self._tracked or name in self._params:
            return True
        if _holds_call(cond, self._focus) or any(name in self._tracked for name in addresses(cond)):
            return True
        if isinstance(cond, Binary) and any_call(cond):
            return True
        return _constant_like(cond, self._code.types)


def _constant_like(cond: Expr, types: dict[str, str]) -> bool:
    if isinstance(cond, Num):
        return True
    if isinstance(cond, Name):
        return cond.name not in types
    if isinstance(cond, Binary):
        return _constant_like(cond.left, types) and _constant_like(cond.right, types)
    return isinstance(cond, Unary | Cast) and _constant_like(cond.operand, types)


def _holds_call(expr: Expr, focus: int) -> bool:
    if focus < 0:
        return False
    if isinstance(expr, Call):
        return expr.at == focus or any(_holds_call(arg, focus) for arg in expr.args)
    if isinstance(expr, Binary):
        return _holds_call(expr.left, focus) or _holds_call(expr.right, focus)
    return isinstance(expr, Unary | Cast) and _holds_call(expr.operand, focus)


def _target(code: Code, ops: list[Op | None], index: int) -> int:
    """The next op that matters from ``index`` on; a loop of nothing ends at its own start."""
    seen = set()
    while ops[index] is None and index not in seen:
        seen.add(index)
        instr = code.instrs[index]
        if isinstance(instr, Jump):
            index = instr.to
        elif isinstance(instr, Branch):
            index = instr.then
        else:
            index += 1
    return index


def _thread(code: Code, ops: list[Op | None]) -> bool:
    """Points every op at the next one that matters; drops branches whose ways have become one. True if any went."""
    dropped = False
    for index, op in enumerate(ops):
        if op is None or op.kind in {"ret", "stop"}:
            continue
        onward = _target(code, ops, op.next)
        other = _target(code, ops, op.other) if op.other >= 0 else -1
        if op.kind in {"fork", "config"} and onward == other and onward != index:
            ops[index] = None
            dropped = True
        elif (onward, other) != (op.next, op.other):
            ops[index] = op._replace(next=onward, other=other)
    return dropped


def _mark_loops(ops: list[Op | None], entry: int) -> None:
    """Marks the assignments that a loop can repeat: those that lie between the target of a back edge and its source."""
    spans = _back_edges(ops, entry)
    for index, op in enumerate(ops):
        if op is not None and op.kind == "set" and any(low <= index <= high for low, high in spans):
            ops[index] = op._replace(again=True)


def _back_edges(ops: list[Op | None], entry: int) -> list[tuple[int, int]]:
    """Jumps back in the text, merged where they overlap: every loop has one, for code is laid out in order."""
    seen = {entry}
    pending = [entry]
    back: list[tuple[int, int]] = []
    while pending:
        index = pending.pop()
        op = ops[index]
        if op is None or op.kind in {"ret", "stop"}:
            continue
        for target in (op.next, op.other):
            if 0 <= target <= index:
                back.append((target, index))
            if target >= 0 and target not in seen:
                seen.add(target)
                pending.append(target)
    merged: list[tuple[int, int]] = []
    for low, high in sorted(back):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _joins(ops: list[Op | None], entry: int) -> frozenset[int]:
    seen = {entry}
    twice: set[int] = set()
    pending = [entry]
    while pending:
        op = ops[pending.pop()]
        if op is None or op.kind in {"ret", "stop"}:
            continue
        for target in {op.next, op.other} - {-1}:
            if target in seen:
                twice.add(target)
            else:
                seen.add(target)
                pending.append(target)
    return frozenset(twice)
