"""A function body in compact form: a flat list of instructions with jump targets, no syntax left."""

from __future__ import annotations

import msgspec

from kscan.model.instr import (
    Binary,
    Call,
    Cast,
    Do,
    Dot,
    Expr,
    Havoc,
    Index,
    Instr,
    Jump,
    Name,
    Num,
    Opaque,
    Ret,
    Set,
    Stop,
    Store,
    Test,
    TestKind,
    Unary,
    evaluated,
    parts,
)

__all__ = [
    "Binary",
    "Call",
    "Cast",
    "Code",
    "Do",
    "Dot",
    "Expr",
    "Havoc",
    "Index",
    "Instr",
    "Jump",
    "Name",
    "Num",
    "Opaque",
    "Ret",
    "Set",
    "Stop",
    "Store",
    "Test",
    "TestKind",
    "Unary",
    "evaluated",
    "parts",
]


class Code(msgspec.Struct, frozen=True, gc=False):
    """The body of one function.

    ``types`` gives the declared type of each parameter and local (unique names, as in ``instrs``); ``escaped`` the
    locals whose
    address is taken other than directly as a call argument. ``gaps`` are reasons why parts of it could not be
    lowered (offset, reason). ``switches`` are the options and other preprocessor conditions, each with the values for
    which this code is the function's body (0 for not set, 1 for a module or a condition that holds, 2 for built in).
    ``followed`` are the parameters pointing to a number or a pointer of which every use is in ``instrs``.
    """

    params: tuple[str, ...]
    types: dict[str, str]
    instrs: tuple[Instr, ...]
    escaped: frozenset[str] = frozenset()
    gaps: tuple[tuple[int, str], ...] = ()
    switches: tuple[tuple[str, frozenset[int]], ...] = ()
    followed: frozenset[str] = frozenset()
