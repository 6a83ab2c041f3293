"""A function body in compact form: a flat list of instructions with jump targets, no syntax left.

Offsets are bytes into the original file. ``at`` is where the instruction stands, ``end`` where its text ends.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec


class Num(msgspec.Struct, frozen=True, gc=False):
    """An integer or character literal, or true/false/NULL; ``text`` as spelt."""

    value: int
    text: str


class Name(msgspec.Struct, frozen=True, gc=False):
    """An identifier: a local (made unique per scope), a parameter, a constant or a global."""

    name: str


class Call(msgspec.Struct, frozen=True, gc=False):
    """A call of ``callee``; "" when it goes through a pointer, whose text is then in ``via`` ("ps->action")."""

    callee: str
    args: tuple[Expr, ...]
    at: int
    end: int
    via: str = ""


class Unary(msgspec.Struct, frozen=True, gc=False):
    """``op`` applied to one operand; "&" and "*" included."""

    op: str
    operand: Expr


class Binary(msgspec.Struct, frozen=True, gc=False):
    """Arithmetic, bit and comparison operators. "&&", "||" and "?:" never appear: they are control flow."""

    op: str
    left: Expr
    right: Expr


class Cast(msgspec.Struct, frozen=True, gc=False):
    """A cast to ``type``, as written."""

    type: str
    operand: Expr


class Opaque(msgspec.Struct, frozen=True, gc=False):
    """Anything else that has a value: member access, subscripts, compound literals; ``text`` with blanks collapsed."""

    text: str


Expr: TypeAlias = Num | Name | Call | Unary | Binary | Cast | Opaque

TestKind = Literal["if", "loop", "case", "default", "?:", "config", "warn", "unwarn"]


class Set(msgspec.Struct, frozen=True, gc=False):
    """``target = value`` where target is a plain variable. ``declares`` marks an initialiser."""

    target: str
    value: Expr
    at: int
    end: int
    declares: bool = False


class Store(msgspec.Struct, frozen=True, gc=False):
    """``place = value`` where place is no plain variable ("*err", "s->f")."""

    place: str
    value: Expr
    at: int
    end: int


class Do(msgspec.Struct, frozen=True, gc=False):
    """An expression evaluated for its effect."""

    value: Expr
    at: int
    end: int


class Test(msgspec.Struct, frozen=True, gc=False):
    """Goes to ``then`` when ``cond`` is non-zero, else to ``other`` (indices into the code).

    For kind "case" the condition is ``subject == constant`` and ``at`` is the label; "default" has a condition that
    always holds and marks the label; "config" has an Opaque condition that names the preprocessor expression; "warn"
    stands in a WARN_ON() or one of its kin, so that ``then`` is a way that should never be taken, and "unwarn" in one
    whose condition it negates: ``other`` should never be.
    """

    cond: Expr
    then: int
    other: int
    at: int
    end: int
    kind: TestKind = "if"


class Jump(msgspec.Struct, frozen=True, gc=False):
    """Goes on at ``to``."""

    to: int


class Havoc(msgspec.Struct, frozen=True, gc=False):
    """The named variables hold something unknown from here on (loop macros, inline assembly)."""

    targets: tuple[str, ...]
    at: int


class Ret(msgspec.Struct, frozen=True, gc=False):
    """The function returns ``value`` (None in a void function or when control falls off the end)."""

    value: Expr | None
    at: int
    end: int


class Stop(msgspec.Struct, frozen=True, gc=False):
    """Control never gets past here (a call that does not return)."""

    at: int


Instr: TypeAlias = Set | Store | Do | Test | Jump | Havoc | Ret | Stop


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
