"""Where the result of a call is given to another function, which may answer somebody with it (``complete(req, err)``).

Looked for in the text, not along paths: only who finds no test of the result asks.
"""

from __future__ import annotations

from typing import Final

from kscan.flow.primitives import HANDED_THROUGH, TESTS
from kscan.model.code import Call, Cast, Code, Expr, Name, Opaque, Set, Unary, evaluated, parts

_TRACES: Final = "trace_"
"""How the functions of trace points begin (include/linux/tracepoint.h): they tell of a value, and nobody acts on it."""


def handed_to(code: Code, focus: int) -> Call | None:
    """The first call in ``code`` that is given the variable into which the result of the one at byte ``focus`` was put.
    A call with a string among its arguments only prints; a pointer is used, not handed on."""
    kept = {
        instr.target
        for instr in code.instrs
        if type(instr) is Set and _is_call(_bare(instr.value), focus) and "*" not in code.types.get(instr.target, "")
    }
    calls = (call for instr in code.instrs if kept for call in parts(evaluated(instr)) if type(call) is Call)
    taking = (call for call in calls if call.at > focus and _takes(call))
    return next((call for call in taking if any(_named(arg) in kept for arg in call.args)), None)


def _takes(call: Call) -> bool:
    told = call.callee in HANDED_THROUGH or call.callee in TESTS or call.callee.startswith(_TRACES)
    return not told and not any(type(arg) is Opaque and '"' in arg.text for arg in call.args)


def _is_call(expr: Expr, focus: int) -> bool:
    return type(expr) is Call and expr.at == focus


def _named(expr: Expr) -> str:
    bare = _bare(expr)
    return bare.name if type(bare) is Name else ""


def _bare(expr: Expr) -> Expr:
    """``expr`` without casts, a sign, and what only changes its type."""
    while True:
        if type(expr) is Cast or (type(expr) is Unary and expr.op == "-"):
            expr = expr.operand
        elif type(expr) is Call and len(expr.args) == 1 and expr.callee in HANDED_THROUGH:
            expr = expr.args[0]
        else:
            return expr
