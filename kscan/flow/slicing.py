"""The part of a function's code that its returns depend on: everything else is stepped over.

A backward slice in spirit (Weiser 1981), kept cheap: instructions that touch no tracked variable vanish, and so does a
branch whose two ways meet again with nothing left in between.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from kscan.flow.primitives import is_int
from kscan.flow.reading import Outline, Reads
from kscan.flow.relevant import asked_about, holds_call, tested_name
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

OpKind: TypeAlias = Literal["set", "clobber", "store", "havoc", "test", "fork", "config", "default", "ret", "stop"]


class Op:
    """One instruction that matters. ``next`` (and ``other`` for a branch not taken) are indices of further ones.

    A "fork" is a branch that teaches nothing of a tracked variable; ``calls`` tells whether its condition calls a
    function. ``again``: control can come back to it. ``idle``: when its two ways meet at once, nothing of it is left.
    """

    __slots__ = ("again", "calls", "idle", "instr", "kind", "next", "other")

    def __init__(
        self, kind: OpKind, instr: Instr, onward: int, other: int = -1, calls: bool = False, idle: bool = False
    ) -> None:
        self.kind: OpKind = kind
        self.instr: Instr = instr
        self.next = onward
        self.other = other
        self.calls = calls
        self.idle = idle
        self.again = False

    @property
    def ends(self) -> bool:
        """Whether control goes nowhere from here."""
        return self.kind == "ret" or self.kind == "stop"


class Slice(NamedTuple):
    """``ops`` by instruction index (None where nothing matters), the first one, and those that several lead to."""

    ops: list[Op | None]
    entry: int
    joins: frozenset[int]


def sliced(outline: Outline, tracked: tuple[str, ...], focus: int, watched: bool, apart: bool = False) -> Slice:
    """The slice of a function for ``tracked``. When ``watched``, whatever touches a tracked variable is kept; when
    ``apart``, the tests on one."""
    code = outline.code
    cutter = _Cutter(code, frozenset(tracked), focus, watched, watched or apart)
    ops = [cutter.op(index, instr, outline.reads[index]) for index, instr in enumerate(code.instrs)]
    entry = _thread(ops, [_onward(ops[index], index, instr) for index, instr in enumerate(code.instrs)])
    _mark_loops(ops, entry)
    return Slice(ops, entry, _joins(ops, entry))


class _Cutter:
    def __init__(self, code: Code, tracked: frozenset[str], focus: int, watched: bool, apart: bool) -> None:
        self._code = code
        self._tracked = tracked
        self._params = frozenset(code.params).difference(code.escaped, ("",))
        numbers = [name for name in self._params if is_int(code.types.get(name, ""))]
        self._asked_about = tracked.union(numbers)
        self._focus = focus
        self._watched = watched
        self._apart = apart

    def op(self, index: int, instr: Instr, reads: Reads) -> Op | None:
        """The op for one instruction, None when it does not matter."""
        if type(instr) is Branch:
            return self._branch(instr, reads)
        if type(instr) is Ret:
            return Op("ret", instr, -1)
        if type(instr) is Stop:
            return Op("stop", instr, -1)
        kind = self._effect(instr, reads)
        return None if kind is None else Op(kind, instr, index + 1)

    def _effect(self, instr: Instr, reads: Reads) -> OpKind | None:
        if type(instr) is Set and instr.target in self._tracked:
            return "set"
        if type(instr) is Havoc:
            return None if self._tracked.isdisjoint(instr.targets) else "havoc"
        if type(instr) is Set or type(instr) is Store or type(instr) is Do:
            if instr.at <= self._focus < instr.end and holds_call(instr.value, self._focus):
                return "store"
            if type(instr) is Store and self._watched and not self._tracked.isdisjoint(reads.names):
                return "store"
            if self._clobbers(reads):
                return "clobber"
        return None

    def _clobbers(self, reads: Reads) -> bool:
        return bool(reads.addresses) and not self._tracked.isdisjoint(reads.addresses)

    def _branch(self, test: Branch, reads: Reads) -> Op:
        if test.kind == "default":
            return Op("default", test, test.then)
        if test.kind == "config":
            return Op("config", test, test.then, test.other, idle=True)
        name = tested_name(test.cond)
        if holds_call(test.cond, self._focus) or self._clobbers(reads):
            return Op("test", test, test.then, test.other, reads.calls)
        kind: OpKind = "test" if self._teaches(test.cond, name, reads) else "fork"
        told = test.kind in {"warn", "unwarn"} or (self._apart and name in self._tracked)
        idle = kind == "fork" or not told
        return Op(kind, test, test.then, test.other, reads.calls, idle)

    def _teaches(self, cond: Expr, name: str, reads: Reads) -> bool:
        """Whether deciding ``cond`` tells something of ``name``, a tracked variable or a parameter, or of a call asked
        by name."""
        if name in self._tracked or name in self._params:
            return True
        if type(cond) is Binary and reads.calls:
            return True
        if type(cond) is Call and not self._asked_about.isdisjoint(asked_about(cond, self._code.types)):
            return True
        return _constant_like(cond, self._code.types)


def _constant_like(cond: Expr, types: dict[str, str]) -> bool:
    if type(cond) is Num:
        return True
    if type(cond) is Name:
        return cond.name not in types
    if type(cond) is Binary:
        return _constant_like(cond.left, types) and _constant_like(cond.right, types)
    return (type(cond) is Unary or type(cond) is Cast) and _constant_like(cond.operand, types)


def _onward(op: Op | None, index: int, instr: Instr) -> int:
    """Where control goes from an instruction that does not matter; one that does is its own answer."""
    if op is not None:
        return index
    return instr.to if type(instr) is Jump else index + 1


def _thread(ops: list[Op | None], onward: list[int]) -> int:
    """Points every op at the next one that matters and drops branches whose ways have become one, until there is none
    left; gives the entry. ``onward`` tells for each index where the search for an op that matters goes on."""
    dropped = True
    while dropped:
        dropped = False
        for index in range(len(ops) - 1, -1, -1):
            op = ops[index]
            if op is None or op.ends:
                continue
            op.next = _target(onward, op.next)
            if op.other >= 0:
                op.other = _target(onward, op.other)
                if op.idle and op.next == op.other and op.next != index:
                    ops[index] = None
                    onward[index] = op.next
                    dropped = True
    return _target(onward, 0)


def _target(onward: list[int], index: int) -> int:
    """The next op that matters from ``index`` on; a loop of nothing ends inside of itself."""
    end = index
    steps = 0
    while onward[end] != end:
        end = onward[end]
        steps += 1
        if steps > len(onward):
            onward[end] = end
    while onward[index] != end:
        onward[index], index = end, onward[index]
    return end


def _mark_loops(ops: list[Op | None], entry: int) -> None:
    """Marks the assignments that a loop can repeat: those that lie between the target of a back edge and its source."""
    for low, high in _back_edges(ops, entry):
        for op in ops[low : high + 1]:
            if op is not None and op.kind == "set":
                op.again = True


def _back_edges(ops: list[Op | None], entry: int) -> list[tuple[int, int]]:
    """Jumps back in the text, merged where they overlap: every loop has one, for code is laid out in order."""
    seen = {entry}
    pending = [entry]
    back: list[tuple[int, int]] = []
    while pending:
        index = pending.pop()
        op = ops[index]
        if op is None or op.ends:
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
    """The ops that control reaches on more than one way."""
    seen = {entry}
    twice: set[int] = set()
    pending = [entry]
    while pending:
        op = ops[pending.pop()]
        if op is None or op.ends:
            continue
        for target in (op.next, op.other) if op.next != op.other else (op.next,):
            if target in seen:
                twice.add(target)
            elif target >= 0:
                seen.add(target)
                pending.append(target)
    return frozenset(twice)
