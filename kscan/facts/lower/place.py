"""Moves code to another place in the text: what a macro writes stands at its invocation."""

from __future__ import annotations

import msgspec

from kscan.model.code import Binary, Call, Cast, Code, Do, Expr, Havoc, Instr, Jump, Ret, Set, Stop, Store, Test, Unary


def moved(code: Code, at: int, end: int) -> Code:
    """``code`` with every offset set to the span ``at``..``end``; calls stay apart by one byte each."""
    instrs = tuple(_moved(instr, at, end) for instr in code.instrs)
    return msgspec.structs.replace(code, instrs=instrs, gaps=tuple((at, reason) for _, reason in code.gaps))


def _moved(instr: Instr, at: int, end: int) -> Instr:
    if isinstance(instr, Jump):
        return instr
    if isinstance(instr, Havoc | Stop):
        return msgspec.structs.replace(instr, at=at)
    if isinstance(instr, Test):
        return msgspec.structs.replace(instr, cond=_expr(instr.cond, at, end), at=at, end=end)
    if isinstance(instr, Ret):
        value = None if instr.value is None else _expr(instr.value, at, end)
        return Ret(value, at, end)
    if isinstance(instr, Set | Store | Do):
        return msgspec.structs.replace(instr, value=_expr(instr.value, at, end), at=at, end=end)
    return instr


def _expr(expr: Expr, at: int, end: int) -> Expr:
    if isinstance(expr, Call):
        args = tuple(_expr(arg, at, end) for arg in expr.args)
        return Call(expr.callee, args, at + expr.at, at + expr.at, expr.via)
    if isinstance(expr, Binary):
        return Binary(expr.op, _expr(expr.left, at, end), _expr(expr.right, at, end))
    if isinstance(expr, Unary):
        return Unary(expr.op, _expr(expr.operand, at, end))
    if isinstance(expr, Cast):
        return Cast(expr.type, _expr(expr.operand, at, end))
    return expr
