"""Which variables matter to a function's returns, and where they are still needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kscan.flow.primitives import CHOOSERS, HANDED_THROUGH, is_int, is_wide
from kscan.flow.reading import Outline, reads_of
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
    Opaque,
    Ret,
    Set,
    Store,
    Test,
    Unary,
    evaluated,
)

MAX_TRACKED: Final = 14
"""More variables than this are followed only if a returned value needs them."""


def names_in(expr: Expr) -> list[str]:
    """Every identifier in ``expr``."""
    return reads_of(expr).names


def addresses(expr: Expr) -> list[str]:
    """Variables whose address is an argument of a call in ``expr``."""
    return reads_of(expr).addresses


def any_call(expr: Expr) -> bool:
    """Whether evaluating ``expr`` calls a function; words that only look at an error pointer do not count."""
    return reads_of(expr).calls


def expressions(instr: Instr) -> tuple[Expr, ...]:
    """The expressions an instruction evaluates."""
    expr = evaluated(instr)
    return () if expr is None else (expr,)


def value_names(expr: Expr) -> list[str]:
    """The identifiers whose value can become the value of ``expr``."""
    found: list[str] = []
    _add_value_names(expr, found)
    return found


def _add_value_names(expr: Expr, found: list[str]) -> None:
    if type(expr) is Name:
        found.append(expr.name)
    elif type(expr) is Call:
        for arg in _handed_on(expr):
            _add_value_names(arg, found)
    elif type(expr) is Binary:
        _add_value_names(expr.left, found)
        _add_value_names(expr.right, found)
    elif type(expr) is Unary or type(expr) is Cast:
        _add_value_names(expr.operand, found)


def _handed_on(call: Call) -> tuple[Expr, ...]:
    """The arguments of which one can be the value of ``call``."""
    if call.callee in CHOOSERS:
        return call.args[CHOOSERS[call.callee] :]
    position = HANDED_THROUGH.get(call.callee, 0 if call.callee == "PTR_ERR_OR_ZERO" else -1)
    return call.args[position : position + 1] if position >= 0 else ()


def tracked_variables(code: Code, focus: int = -1, outline: Outline | None = None) -> tuple[str, ...]:
    """The variables worth following: those that reach a return value (or hold the call at ``focus``), and flags
    tested. ``outline`` is that of ``code``, where it is known already."""
    outline = outline or Outline(code)
    types, escaped = code.types, code.escaped
    sets = {name: values for name, values in outline.sets.items() if name in types and name not in escaped}
    wanted = _returned(code, sets)
    if focus >= 0:
        wanted |= _holders(sets, focus)
    extra = [name for name in _flags(code, sets) if name not in wanted]
    chosen = wanted.union(extra[: max(0, MAX_TRACKED - len(wanted))])
    if not chosen.isdisjoint(outline.written):
        chosen |= _verdicts(outline, chosen)
    return tuple(sorted([name for name in chosen if name in sets or name in outline.written]))


def _verdicts(outline: Outline, wanted: set[str]) -> set[str]:
    """The variables tested that hold the result of a call which is given the address of one of the ``wanted``: the
    result tells what the call has left there."""
    code, found = outline.code, set()
    for instr, reads in zip(code.instrs, outline.reads, strict=True):
        if type(instr) is Set and type(instr.value) is Call and not wanted.isdisjoint(reads.addresses):
            found.add(instr.target)
    tested = {tested_name(instr.cond) for instr in code.instrs if type(instr) is Test} if found else found
    return {name for name in found & tested if is_local(code, name)}


def is_local(code: Code, name: str) -> bool:
    """Whether ``name`` is a variable that only this function and the callees it is handed to can write."""
    return name != "" and name in code.types and name not in code.escaped


def _returned(code: Code, sets: dict[str, list[Expr]]) -> set[str]:
    """The variables whose value can become a returned one."""
    pending: list[str] = []
    for instr in code.instrs:
        if type(instr) is Ret and instr.value is not None:
            _add_value_names(instr.value, pending)
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name in found or not is_local(code, name):
            continue
        found.add(name)
        for value in sets.get(name, ()):
            _add_value_names(value, pending)
    return found


def _holders(sets: dict[str, list[Expr]], focus: int) -> set[str]:
    """Variables that hold the result of the call at ``focus``, directly or copied."""
    holders = {name for name, values in sets.items() if any([holds_call(v, focus) for v in values])}
    grown = True
    while grown:
        copies = {n for n, values in sets.items() if any([not holders.isdisjoint(value_names(v)) for v in values])}
        grown = not copies <= holders
        holders |= copies
    return holders


def holds_call(expr: Expr, focus: int) -> bool:
    """Whether the call at byte ``focus`` is part of ``expr``."""
    if focus < 0:
        return False
    if type(expr) is Call:
        return expr.at == focus or any([holds_call(arg, focus) for arg in expr.args])
    if type(expr) is Binary:
        return holds_call(expr.left, focus) or holds_call(expr.right, focus)
    return (type(expr) is Unary or type(expr) is Cast) and holds_call(expr.operand, focus)


def _flags(code: Code, sets: dict[str, list[Expr]]) -> list[str]:
    """Tested variables that are set to constants, or tested more than once; those tested most come first."""
    tests: dict[str, int] = {}
    for instr in code.instrs:
        if type(instr) is Test:
            name = tested_name(instr.cond)
            if is_local(code, name):
                tests[name] = tests.get(name, 0) + 1
    for name in [n for n, count in tests.items() if count < 2 and not _computed_somewhere(sets.get(n, []))]:
        del tests[name]
    _count_arguments(code, sets, tests)
    for name in list(tests):
        for value in sets.get(name, ()):
            if type(value) is Name and is_local(code, value.name):
                tests[value.name] = tests.get(value.name, 0) + 1
    return sorted(tests, key=tests.__getitem__, reverse=True)


def _count_arguments(code: Code, sets: dict[str, list[Expr]], tests: dict[str, int]) -> None:
    """Adds variables made of constants and parameters that are handed to a callee whose result is kept."""
    if not sets:
        return
    for instr in code.instrs:
        value = instr.value if type(instr) is Set or type(instr) is Ret else None
        if type(value) is not Call:
            continue
        for arg in value.args:
            name = tested_name(arg)
            if name in sets and not any([type(v) is Call or type(v) is Opaque for v in sets[name]]):
                tests[name] = tests.get(name, 0) + 1


def _computed_somewhere(values: list[Expr]) -> bool:
    return any([type(v) is not Call and type(v) is not Opaque for v in values])


def tested_name(cond: Expr) -> str:
    """The variable a condition decides on: ``x``, ``x < 3``, ``IS_ERR(x)``; "" when there is none."""
    while True:
        if type(cond) is Name:
            return cond.name
        if type(cond) is Binary:
            left = tested_name(cond.left)
            if left:
                return left
            cond = cond.right
        elif type(cond) is Unary or type(cond) is Cast:
            cond = cond.operand
        elif type(cond) is Call and cond.args and cond.callee.startswith(("IS_ERR", "PTR_ERR")):
            cond = cond.args[0]
        else:
            return ""


def asked_about(call: Call, types: Mapping[str, str]) -> list[str]:
    """The variables whose value ``call`` may be asked about: numbers it is handed, and a pointer alone."""
    found: list[str] = []
    for arg in call.args:
        handed = handed_through(arg)
        if type(handed) is Name and is_asked(call, arg, types.get(handed.name, "")):
            found.append(handed.name)
    return found


def is_asked(call: Call, arg: Expr, kind: str) -> bool:
    """Whether ``call`` may look at ``arg``, a variable of type ``kind`` or its errno: what is handed a pointer and more
    does something with it."""
    return is_int(kind) or ((len(call.args) == 1 or type(arg) is Call) and is_wide(kind))


def handed_through(expr: Expr) -> Expr:
    """``expr`` without the calls that give their first argument as it is."""
    while type(expr) is Call and expr.args and HANDED_THROUGH.get(expr.callee, -1) == 0:
        expr = expr.args[0]
    return expr


def successors(index: int, instr: Instr) -> tuple[int, ...]:
    """Where control can go after the instruction at ``index``."""
    if type(instr) is Test:
        return (instr.then, instr.other)
    if type(instr) is Jump:
        return (instr.to,)
    if type(instr) is Set or type(instr) is Do or type(instr) is Store or type(instr) is Havoc:
        return (index + 1,)
    return ()


def live_before(code: Code, tracked: tuple[str, ...], outline: Outline | None = None) -> list[int]:
    """For each instruction the tracked variables (bits, by position) whose value is still needed from there on."""
    outline = outline or Outline(code)
    bit = {name: 1 << i for i, name in enumerate(tracked)}
    after = [successors(index, instr) for index, instr in enumerate(code.instrs)]
    uses = [_uses(reads.names, bit) if reads.names else 0 for reads in outline.reads]
    keeps = [~bit.get(instr.target, 0) if type(instr) is Set else -1 for instr in code.instrs]
    live = [0] * len(after)
    changed = loops = True
    while changed and loops:
        changed = loops = False
        for index in range(len(after) - 1, -1, -1):
            needed = 0
            for target in after[index]:
                needed |= live[target]
                loops = loops or target <= index
            now = uses[index] | (needed & keeps[index])
            if now != live[index]:
                live[index] = now
                changed = True
    return live


def _uses(names: list[str], bit: dict[str, int]) -> int:
    mask = 0
    for name in names:
        mask |= bit.get(name, 0)
    return mask
