"""What each instruction of a function reads, found in one walk over its expressions."""

from __future__ import annotations

from typing import Final

from kscan.flow.primitives import HANDED_THROUGH, TESTS, WRITTEN_ARGUMENTS
from kscan.model.code import (
    Binary,
    Call,
    Cast,
    Code,
    Expr,
    Havoc,
    Name,
    Num,
    Opaque,
    Set,
    Unary,
    evaluated,
)


class Reads:
    """The identifiers in an expression, the variables whose address it hands to a callee (both with repetitions, in the
    order of evaluation), and whether it calls a function that does more than look at an error pointer."""

    __slots__ = ("addresses", "calls", "names")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.calls = False


NOTHING: Final = Reads()


class Outline:
    """One function's instructions with what each of them reads; ``sets`` are the values each variable is set to, and
    ``written`` the variables that a loop macro, assembly or a callee may write."""

    __slots__ = ("code", "reads", "sets", "written")

    def __init__(self, code: Code) -> None:
        self.code = code
        self.reads: list[Reads] = []
        self.sets: dict[str, list[Expr]] = {}
        self.written: set[str] = set()
        for instr in code.instrs:
            if type(instr) is Set:
                self._note(instr)
            elif type(instr) is Havoc:
                self.written.update(instr.targets)
            expr = evaluated(instr)
            reads = NOTHING if expr is None else reads_of(expr)
            if reads.addresses:
                self.written.update(reads.addresses)
            self.reads.append(reads)

    def _note(self, instr: Set) -> None:
        values = self.sets.get(instr.target)
        if values is None:
            self.sets[instr.target] = [instr.value]
        else:
            values.append(instr.value)

    def changed(self) -> frozenset[str]:
        """Variables that do not keep their first value: set, written by a callee, or of unknown use."""
        return self.code.escaped.union(self.sets, self.written)


def reads_of(expr: Expr) -> Reads:
    """What evaluating ``expr`` reads."""
    if type(expr) is Num or type(expr) is Opaque:
        return NOTHING
    reads = Reads()
    _read(expr, reads)
    return reads


def _read(expr: Expr, reads: Reads) -> None:
    if type(expr) is Name:
        reads.names.append(expr.name)
    elif type(expr) is Call:
        _read_call(expr, reads)
    elif type(expr) is Binary:
        _read(expr.left, reads)
        _read(expr.right, reads)
    elif type(expr) is Unary or type(expr) is Cast:
        _read(expr.operand, reads)


def _read_call(call: Call, reads: Reads) -> None:
    callee = call.callee
    if callee not in HANDED_THROUGH and callee not in TESTS:
        reads.calls = True
    args = call.args
    for position in WRITTEN_ARGUMENTS.get(callee, ()):
        if position < len(args) and type(written := args[position]) is Name:
            reads.addresses.append(written.name)
    for arg in args:
        if type(arg) is Name:
            reads.names.append(arg.name)
        elif type(arg) is Unary:
            _read_unary(arg, reads)
        elif type(arg) is not Opaque and type(arg) is not Num:
            _read(arg, reads)


def _read_unary(arg: Unary, reads: Reads) -> None:
    operand = arg.operand
    if arg.op == "&" and type(operand) is Name:
        reads.addresses.append(operand.name)
    _read(operand, reads)
