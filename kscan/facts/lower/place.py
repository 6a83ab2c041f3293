"""Moves code to another place in the text: what a macro writes stands at its invocation."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

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
    Ret,
    Set,
    Stop,
    Store,
    Test,
    Unary,
)

Place = Callable[[int], int]


class _Places(NamedTuple):
    """Where what starts or ends at an offset starts or ends now; ``call`` does so for the whole span of a call."""

    at: Place
    end: Place
    call: Callable[[int, int], tuple[int, int]]


def moved(code: Code, at: int, end: int) -> Code:
    """``code`` with every offset set to the span ``at``..``end``; calls stay apart by one byte each."""
    return _placed(code, _Places(lambda _: at, lambda _: end, lambda start, _: (at + start, at + start)))


def relocated(code: Code, at: Place, end: Place) -> Code:
    """``code`` with every offset at which something starts put through ``at``, and every end through ``end``."""
    return _placed(code, _Places(at, end, lambda start, stop: (at(start), end(stop))))


def _placed(code: Code, places: _Places) -> Code:
    instrs = tuple(_instr(instr, places) for instr in code.instrs)
    gaps = tuple((places.at(offset), reason) for offset, reason in code.gaps)
    return msgspec.structs.replace(code, instrs=instrs, gaps=gaps)


def _instr(instr: Instr, places: _Places) -> Instr:
    if isinstance(instr, Jump):
        return instr
    at = places.at(instr.at)
    if isinstance(instr, Havoc):
        return Havoc(instr.targets, at)
    if isinstance(instr, Stop):
        return Stop(at)
    end = places.end(instr.end)
    if isinstance(instr, Test):
        return Test(_expr(instr.cond, places), instr.then, instr.other, at, end, instr.kind)
    if isinstance(instr, Ret):
        return Ret(None if instr.value is None else _expr(instr.value, places), at, end)
    value = _expr(instr.value, places)
    if isinstance(instr, Set):
        return Set(instr.target, value, at, end, instr.declares)
    return Store(instr.place, value, at, end) if isinstance(instr, Store) else Do(value, at, end)


def _expr(expr: Expr, places: _Places) -> Expr:
    if isinstance(expr, Call):
        args = tuple(_expr(arg, places) for arg in expr.args)
        at, end = places.call(expr.at, expr.end)
        return Call(expr.callee, args, at, end, expr.via)
    if isinstance(expr, Binary):
        return Binary(expr.op, _expr(expr.left, places), _expr(expr.right, places))
    if isinstance(expr, Unary):
        return Unary(expr.op, _expr(expr.operand, places))
    if isinstance(expr, Cast):
        return Cast(expr.type, _expr(expr.operand, places))
    return expr
