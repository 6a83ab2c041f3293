"""Which variables matter to a function's returns, and where they are still needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kscan.flow.primitives import CHOOSERS, HANDED_THROUGH, TESTS, WRITTEN_ARGUMENTS
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
)

MAX_TRACKED = 14
"""More variables than this are followed only if a returned value needs them."""


def names_in(expr: Expr) -> Iterator[str]:
    """Every identifier in ``expr``."""
    kind = type(expr)
    if kind is Name:
        yield expr.name  # type: ignore[union-attr]
    elif kind is Call:
        for arg in expr.args:  # type: ignore[union-attr]
            yield from names_in(arg)
    elif kind is Binary:
        yield from names_in(expr.left)  # type: ignore[union-attr]
        yield from names_in(expr.right)  # type: ignore[union-attr]
    elif kind is Unary or kind is Cast:
        yield from names_in(expr.operand)  # type: ignore[union-attr]


def value_names(expr: Expr) -> Iterator[str]:
    """The identifiers whose value can become the value of ``expr``."""
    if isinstance(expr, Name):
        yield expr.name
    elif isinstance(expr, Unary | Cast):
        yield from value_names(expr.operand)
    elif isinstance(expr, Binary):
        yield from value_names(expr.left)
        yield from value_names(expr.right)
    elif isinstance(expr, Call) and expr.callee in CHOOSERS:
        for arg in expr.args[CHOOSERS[expr.callee] :]:
            yield from value_names(arg)
    elif isinstance(expr, Call):
        position = HANDED_THROUGH.get(expr.callee, 0 if expr.callee == "PTR_ERR_OR_ZERO" else -1)
        if 0 <= position < len(expr.args):
            yield from value_names(expr.args[position])


def tracked_variables(code: Code, focus: int = -1) -> tuple[str, ...]:
    """The variables worth following: those that reach a return value (or hold the call at ``focus``), and flags
    tested."""
    local = {name for name in code.types if name and name not in code.escaped}
    sets: dict[str, list[Expr]] = {}
    for instr in code.instrs:
        if type(instr) is Set and instr.target in local:
            sets.setdefault(instr.target, []).append(instr.value)
    wanted = _returned(code, sets, local)
    if focus >= 0:
        wanted |= _holders(sets, focus)
    flags = _flags(code, sets, local)
    extra = [name for name, _ in flags.most_common() if name not in wanted]
    chosen = wanted | set(extra[: max(0, MAX_TRACKED - len(wanted))])
    changed = set(sets) | _written_elsewhere(code)
    return tuple(sorted(name for name in chosen if name in changed))


def changed_variables(code: Code) -> frozenset[str]:
    """Variables that do not keep their first value: set, written by a callee, or of unknown use."""
    sets = {instr.target for instr in code.instrs if isinstance(instr, Set)}
    return frozenset(sets | _written_elsewhere(code) | code.escaped)


def _written_elsewhere(code: Code) -> set[str]:
    """Variables a loop macro, assembly or a callee may write."""
    names: set[str] = set()
    for instr in code.instrs:
        if type(instr) is Havoc:
            names.update(instr.targets)
        for expr in expressions(instr):
            names.update(addresses(expr))
    return names


def addresses(expr: Expr) -> Iterator[str]:
    """Variables whose address is an argument of a call in ``expr``."""
    if isinstance(expr, Call):
        for position in WRITTEN_ARGUMENTS.get(expr.callee, ()):
            if position < len(expr.args) and isinstance(written := expr.args[position], Name):
                yield written.name
        for arg in expr.args:
            if isinstance(arg, Unary) and arg.op == "&" and isinstance(arg.operand, Name):
                yield arg.operand.name
            else:
                yield from addresses(arg)
    elif isinstance(expr, Binary):
        yield from addresses(expr.left)
        yield from addresses(expr.right)
    elif isinstance(expr, Unary | Cast):
        yield from addresses(expr.operand)


def any_call(expr: Expr) -> bool:
    """Whether evaluating ``expr`` calls a function; words that only look at an error pointer do not count."""
    if isinstance(expr, Call):
        looks = expr.callee in HANDED_THROUGH or expr.callee in TESTS
        return not looks or any(any_call(arg) for arg in expr.args)
    if isinstance(expr, Binary):
        return any_call(expr.left) or any_call(expr.right)
    return isinstance(expr, Unary | Cast) and any_call(expr.operand)


def expressions(instr: Instr) -> tuple[Expr, ...]:
    """The expressions an instruction evaluates."""
    if isinstance(instr, Set | Store | Do):
        return (instr.value,)
    if isinstance(instr, Test):
        return (instr.cond,)
    if isinstance(instr, Ret) and instr.value is not None:
        return (instr.value,)
    return ()


def _returned(code: Code, sets: dict[str, list[Expr]], local: set[str]) -> set[str]:
    pending = [
        name
        for instr in code.instrs
        if type(instr) is Ret and instr.value is not None
        for name in value_names(instr.value)
    ]
    return _closure(pending, sets, local)


def _holders(sets: dict[str, list[Expr]], focus: int) -> set[str]:
    """Variables that hold the result of the call at ``focus``, directly or copied."""
    holders = {name for name, values in sets.items() if any(_holds(v, focus) for v in values)}
    grown = True
    while grown:
        copies = {n for n, values in sets.items() if any(holders.intersection(value_names(v)) for v in values)}
        grown = not copies <= holders
        holders |= copies
    return holders


def _holds(expr: Expr, focus: int) -> bool:
    if isinstance(expr, Call):
        return expr.at == focus or any(_holds(arg, focus) for arg in expr.args)
    if isinstance(expr, Unary | Cast):
        return _holds(expr.operand, focus)
    if isinstance(expr, Binary):
        return _holds(expr.left, focus) or _holds(expr.right, focus)
    return False


def _closure(pending: list[str], sets: dict[str, list[Expr]], local: set[str]) -> set[str]:
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name in found or name not in local:
            continue
        found.add(name)
        for value in sets.get(name, ()):
            pending.extend(value_names(value))
    return found


def _flags(code: Code, sets: dict[str, list[Expr]], local: set[str]) -> Counter[str]:
    """Tested variables that are set to constants, or tested more than once; with how often they are tested."""
    tests: Counter[str] = Counter()
    for instr in code.instrs:
        if type(instr) is Test:
            name = tested_name(instr.cond)
            if name in local:
                tests[name] += 1
    for name in [n for n, count in tests.items() if count < 2 and not _constant_somewhere(sets.get(n, []))]:
        del tests[name]
    _count_arguments(code, sets, local, tests)
    for name in list(tests):
        for value in sets.get(name, ()):
            if isinstance(value, Name) and value.name in local:
                tests[value.name] += 1
    return tests


def _count_arguments(code: Code, sets: dict[str, list[Expr]], local: set[str], tests: Counter[str]) -> None:
    """Adds variables made of constants and parameters that are handed to a callee whose result is kept."""
    for instr in code.instrs:
        value = instr.value if isinstance(instr, Set | Ret) else None
        for arg in value.args if isinstance(value, Call) else ():
            name = tested_name(arg)
            made = sets.get(name, [])
            if name in local and made and not any(isinstance(v, Call | Opaque) for v in made):
                tests[name] += 1


def _constant_somewhere(values: list[Expr]) -> bool:
    return any(not isinstance(v, Call | Opaque) for v in values)


def tested_name(cond: Expr) -> str:
    """The variable a condition decides on: ``x``, ``x < 3``, ``IS_ERR(x)``; "" when there is none."""
    if isinstance(cond, Name):
        return cond.name
    if isinstance(cond, Binary):
        left, right = tested_name(cond.left), tested_name(cond.right)
        return left or right
    if isinstance(cond, Unary | Cast):
        return tested_name(cond.operand)
    if isinstance(cond, Call) and cond.args and cond.callee.startswith(("IS_ERR", "PTR_ERR")):
        return tested_name(cond.args[0])
    return ""


def successors(index: int, instr: Instr) -> tuple[int, ...]:
    """Where control can go after the instruction at ``index``."""
    kind = type(instr)
    if kind is Test:
        return (instr.then, instr.other)  # type: ignore[union-attr]
    if kind is Jump:
        return (instr.to,)  # type: ignore[union-attr]
    if kind in {Set, Store, Do, Havoc}:
        return (index + 1,)
    return ()


def live_slots(code: Code, tracked: tuple[str, ...]) -> list[tuple[int, ...]]:
    """For each instruction the positions of the tracked variables whose value is still needed from there on."""
    bits = live_before(code, tracked)
    slots = {mask: tuple(i for i in range(len(tracked)) if mask >> i & 1) for mask in set(bits)}
    return [slots[mask] for mask in bits]


def live_before(code: Code, tracked: tuple[str, ...]) -> list[int]:
    """For each instruction the tracked variables (bits, by position) whose value is still needed from there on."""
    bit = {name: 1 << i for i, name in enumerate(tracked)}
    uses = [_uses(instr, bit) for instr in code.instrs]
    kills = [bit.get(instr.target, 0) if type(instr) is Set else 0 for instr in code.instrs]
    live = [0] * len(code.instrs)
    changed = True
    while changed:
        changed = False
        for index in range(len(code.instrs) - 1, -1, -1):
            after = 0
            for target in successors(index, code.instrs[index]):
                after |= live[target]
            now = uses[index] | (after & ~kills[index])
            if now != live[index]:
                live[index] = now
                changed = True
    return live


def _uses(instr: Instr, bit: dict[str, int]) -> int:
    mask = 0
    for expr in expressions(instr):
        for name in names_in(expr):
            mask |= bit.get(name, 0)
    return mask
