"""Functions whose summary is empty whatever path is taken, told before any path is walked."""

from __future__ import annotations

from kscan.flow.evaluate import ConstantOf
from kscan.flow.relevant import any_call, value_names
from kscan.flow.values import MAX_ERRNO
from kscan.model.code import Binary, Call, Cast, Code, Expr, Name, Num, Ret, Set, Unary


def says_something(code: Code, constant: ConstantOf) -> bool:
    """Whether a summary of ``code`` can have a term or a remap: it returns a value, or a variable is set to an errno.

    ``constant`` gives the number of an identifier, as for the walk."""
    for instr in code.instrs:
        if type(instr) is Ret and instr.value is not None:
            return True
    sets: dict[str, list[Expr]] = {}
    for instr in code.instrs:
        if type(instr) is Set:
            sets.setdefault(instr.target, []).append(instr.value)
    return any([_is_remapped(values, code, constant) for values in sets.values() if len(values) > 1])


def _is_remapped(values: list[Expr], code: Code, constant: ConstantOf) -> bool:
    """Whether one of ``values`` can be a call's result, and another one an errno."""
    results = [value for value in values if any_call(value) or any([name in code.types for name in value_names(value)])]
    return bool(results) and any([_may_be_errno(value, code, constant) for value in values])


def _may_be_errno(expr: Expr, code: Code, constant: ConstantOf) -> bool:
    """Whether ``expr`` can be an errno number that no symbol stands for; another variable's value does not count."""
    if type(expr) is Num:
        return expr.value < 0
    if type(expr) is Name:
        found = None if expr.name in code.types else constant(expr.name)
        return found is not None and -MAX_ERRNO <= found[0] < 0
    if type(expr) is Call:
        return any([_may_be_errno(arg, code, constant) for arg in expr.args])
    if type(expr) is Unary:
        return expr.op == "-" or expr.op == "~"
    if type(expr) is Binary:
        return expr.op == "-" or _may_be_errno(expr.left, code, constant) or _may_be_errno(expr.right, code, constant)
    return type(expr) is Cast and _may_be_errno(expr.operand, code, constant)
