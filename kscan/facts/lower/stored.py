"""What was just put into memory, where the same place is read again: the value, in place of the place.

``p->clk = get(); if (IS_ERR(p->clk)) return PTR_ERR(p->clk);`` returns what get() failed with. This is so on the ways
that lead from the assignment to the read and nowhere else, when nothing stands between that might write memory, and
for places that are looked at as error pointers: what else is stored may be cut to the width of its place.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kscan.facts.words import PRINTS
from kscan.model.code import Binary, Call, Cast, Do, Expr, Instr, Jump, Name, Opaque, Ret, Set, Stop, Store, Test, Unary
from kscan.model.regex import regex

_PLACE: Final = regex(r"\*?[A-Za-z_]\w*+(?:(?:->|\.)[A-Za-z_]\w*+|\[\w++\])*+")
_WORD: Final = regex(r"[A-Za-z_]\w*+")
_POINTERS: Final = frozenset({"IS_ERR", "IS_ERR_OR_NULL", "PTR_ERR", "PTR_ERR_OR_ZERO", "ERR_CAST"})
"""linux/err.h: what they are handed is a pointer, and they do nothing to it."""
MAX_WALK: Final = 40
"""Instructions behind an assignment that are looked at."""


def stored(
    instrs: tuple[Instr, ...], types: dict[str, str], escaped: Collection[str], touched: Collection[int]
) -> tuple[Instr, ...]:
    """``instrs`` in which error pointers that were just stored are read from what was stored.

    ``types`` has the local variables, ``escaped`` are those that a pointer may lead to. Before each instruction whose
    index is in ``touched`` something in memory was changed of which there is no instruction."""
    entries: list[int] = []
    changed: list[Instr] = []
    for index, instr in enumerate(instrs):
        if type(instr) is not Store or type(instr.value) is not Name or not _PLACE.fullmatch(instr.place):
            continue
        if not entries:
            entries = _entries(instrs)
        walk = _Walk(instr.place, instr.value.name, types, escaped)
        read = walk.behind(changed or instrs, index, entries, touched)
        if read and walk.is_pointer:
            changed = changed or list(instrs)
            for at, new in read:
                changed[at] = new
    return tuple(changed) if changed else instrs


def _entries(instrs: tuple[Instr, ...]) -> list[int]:
    """How many ways lead to each instruction from one that can be reached."""
    found = [0] * len(instrs)
    found[0] = 1
    pending = [0]
    while pending:
        index = pending.pop()
        for behind in _next(instrs[index], index):
            found[behind] += 1
            if found[behind] == 1:
                pending.append(behind)
    return found


def _next(instr: Instr, index: int) -> tuple[int, ...]:
    """The instructions that may come behind ``instr``, which has ``index``."""
    if type(instr) is Test:
        return (instr.then, instr.other) if instr.then != instr.other else (instr.then,)
    if type(instr) is Jump:
        return (instr.to,)
    return () if type(instr) is Ret or type(instr) is Stop else (index + 1,)


class _Walk:
    """From one assignment to where its place is read again."""

    def __init__(self, place: str, value: str, types: dict[str, str], escaped: Collection[str]) -> None:
        self._place = place
        self._value = Name(value)
        self._fixed = frozenset(_WORD.findall(place)) | {value}
        self._named = place if place.isidentifier() else ""
        self._types = types
        self._escaped = escaped
        self.is_pointer = False

    def behind(
        self, instrs: list[Instr] | tuple[Instr, ...], start: int, entries: list[int], touched: Collection[int]
    ) -> list[tuple[int, Instr]]:
        """The instructions behind ``start`` that read the place, with the value in its stead."""
        found: list[tuple[int, Instr]] = []
        pending = [start + 1]
        for _ in range(MAX_WALK):
            if not pending:
                break
            index = pending.pop()
            if entries[index] != 1 or index in touched:
                continue
            instr = instrs[index]
            new = self._reread(instr)
            if new is None:
                continue
            if new is not instr:
                found.append((index, new))
            if type(instr) is not Set or self._is_apart(instr.target):
                pending.extend(_next(instr, index))
        return found

    def _is_apart(self, target: str) -> bool:
        """Whether to set the variable ``target`` leaves the place and its value as they are."""
        written = target.partition("#")[0]
        return (
            target in self._types
            and target not in self._escaped
            and target not in self._fixed
            and written not in self._fixed
        )

    def _reread(self, instr: Instr) -> Instr | None:
        """``instr`` with the value for the place; itself where it does not read that, None where it may write it
        before it does."""
        if type(instr) is Jump or (type(instr) is Test and instr.kind == "config"):
            return instr
        if type(instr) is Test:
            cond = self._value_of(instr.cond)
            if cond is instr.cond or cond is None:
                return None if cond is None else instr
            return Test(cond, instr.then, instr.other, instr.at, instr.end, instr.kind)
        if type(instr) is not Set and type(instr) is not Do and type(instr) is not Ret:
            return None
        if instr.value is None:
            return instr
        value = self._value_of(instr.value)
        if value is instr.value or value is None:
            return None if value is None else instr
        if type(instr) is Set:
            return Set(instr.target, value, instr.at, instr.end, instr.declares)
        return Do(value, instr.at, instr.end) if type(instr) is Do else Ret(value, instr.at, instr.end)

    def _value_of(self, expr: Expr) -> Expr | None:
        """``expr`` with the value for the place; None where it calls what may write memory."""
        if type(expr) is Opaque:
            return self._value if expr.text == self._place else expr if _is_still(expr.text) else None
        if type(expr) is Name:
            return self._value if expr.name == self._named else expr
        if type(expr) is Call:
            return self._call(expr)
        if type(expr) is Binary:
            left, right = self._value_of(expr.left), self._value_of(expr.right)
            if left is None or right is None:
                return None
            return expr if left is expr.left and right is expr.right else Binary(expr.op, left, right)
        if type(expr) is Unary:
            inner = self._value_of(expr.operand)
            return None if inner is None else expr if inner is expr.operand else Unary(expr.op, inner)
        if type(expr) is Cast:
            inner = self._value_of(expr.operand)
            return None if inner is None else expr if inner is expr.operand else Cast(expr.type, inner)
        return expr

    def _call(self, call: Call) -> Expr | None:
        looked_at = call.callee in _POINTERS
        if not looked_at and not PRINTS.match(call.callee):
            return None
        args: list[Expr] = []
        for arg in call.args:
            new = self._value_of(arg)
            if new is None:
                return None
            args.append(new)
        if looked_at and args and call.args and args[0] is self._value:
            self.is_pointer = True
        if all([new is old for new, old in zip(args, call.args, strict=True)]):
            return call
        return Call(call.callee, tuple(args), call.at, call.end, call.via)


def _is_still(text: str) -> bool:
    """Whether to evaluate what is not looked into can change nothing."""
    return "(" not in text and "++" not in text and "--" not in text and "=" not in text
