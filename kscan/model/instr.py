"""What compact code is made of: expressions without syntax, and instructions with jump targets.

Plain classes, for these are the values that a compiled kscan makes and looks at most, and the classes of a compiled
module cannot be structs. Treated as immutable; equal to what has the same type and fields. Offsets are bytes into the
original file. ``at`` is where the instruction stands, ``end`` where its text ends.
"""

from __future__ import annotations

from typing import Literal, TypeAlias


class _Part:
    """Anything in compact code."""

    __slots__ = ()

    def fields(self) -> tuple[object, ...]:
        """Everything that tells this from others of its type."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, _Part) and type(self) is type(other) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(self.fields())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.fields()))})"


def in_64_bits(number: int) -> int:
    """``number``, or what a type of 64 bits without a sign holds where one with a sign holds no number so small."""
    return number if number >= -(1 << 63) else number & (1 << 64) - 1


class Num(_Part):
    """An integer or character literal, or true/false/NULL; ``text`` as spelt."""

    __slots__ = ("text", "value")

    def __init__(self, value: int, text: str) -> None:
        self.value = value
        self.text = text

    def fields(self) -> tuple[object, ...]:
        return (self.value, self.text)


class Name(_Part):
    """An identifier: a local (made unique per scope), a parameter, a constant or a global."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def fields(self) -> tuple[object, ...]:
        return (self.name,)


class Call(_Part):
    """A call of ``callee``; "" when it goes through a pointer, whose text is then in ``via`` ("ps->action")."""

    __slots__ = ("args", "at", "callee", "end", "via")

    def __init__(self, callee: str, args: tuple[Expr, ...], at: int, end: int, via: str = "") -> None:
        self.callee = callee
        self.args: tuple[Expr, ...] = args
        self.at = at
        self.end = end
        self.via = via

    def fields(self) -> tuple[object, ...]:
        return (self.callee, self.args, self.at, self.end, self.via)


class Unary(_Part):
    """``op`` applied to one operand; "&" and "*" included."""

    __slots__ = ("op", "operand")

    def __init__(self, op: str, operand: Expr) -> None:
        self.op = op
        self.operand: Expr = operand

    def fields(self) -> tuple[object, ...]:
        return (self.op, self.operand)


class Binary(_Part):
    """Arithmetic, bit and comparison operators. "&&", "||" and "?:" never appear: they are control flow."""

    __slots__ = ("left", "op", "right")

    def __init__(self, op: str, left: Expr, right: Expr) -> None:
        self.op = op
        self.left: Expr = left
        self.right: Expr = right

    def fields(self) -> tuple[object, ...]:
        return (self.op, self.left, self.right)


class Cast(_Part):
    """A cast to ``type``, as written."""

    __slots__ = ("operand", "type")

    def __init__(self, type: str, operand: Expr) -> None:
        self.type = type
        self.operand: Expr = operand

    def fields(self) -> tuple[object, ...]:
        return (self.type, self.operand)


class Opaque(_Part):
    """Anything else that has a value: member access, subscripts, compound literals; ``text`` with blanks collapsed."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def fields(self) -> tuple[object, ...]:
        return (self.text,)


class Dot(_Part):
    """``base.name``, and ``base->name`` with ``arrow``: only where text is read, code has it as Opaque."""

    __slots__ = ("arrow", "base", "name")

    def __init__(self, base: Expr, name: str, arrow: bool = False) -> None:
        self.base: Expr = base
        self.name = name
        self.arrow = arrow

    def fields(self) -> tuple[object, ...]:
        return (self.base, self.name, self.arrow)


class Index(_Part):
    """``base[at]``: only where text is read, code has it as Opaque."""

    __slots__ = ("at", "base")

    def __init__(self, base: Expr, at: Expr) -> None:
        self.base: Expr = base
        self.at: Expr = at

    def fields(self) -> tuple[object, ...]:
        return (self.base, self.at)


Expr: TypeAlias = Num | Name | Call | Unary | Binary | Cast | Opaque | Dot | Index

TestKind = Literal["if", "loop", "case", "default", "?:", "config", "warn", "unwarn"]


class Set(_Part):
    """``target = value`` where target is a plain variable. ``declares`` marks an initialiser."""

    __slots__ = ("at", "declares", "end", "target", "value")

    def __init__(self, target: str, value: Expr, at: int, end: int, declares: bool = False) -> None:
        self.target = target
        self.value: Expr = value
        self.at = at
        self.end = end
        self.declares = declares

    def fields(self) -> tuple[object, ...]:
        return (self.target, self.value, self.at, self.end, self.declares)


class Store(_Part):
    """``place = value`` where place is no plain variable ("*err", "s->f")."""

    __slots__ = ("at", "end", "place", "value")

    def __init__(self, place: str, value: Expr, at: int, end: int) -> None:
        self.place = place
        self.value: Expr = value
        self.at = at
        self.end = end

    def fields(self) -> tuple[object, ...]:
        return (self.place, self.value, self.at, self.end)


class Do(_Part):
    """An expression evaluated for its effect."""

    __slots__ = ("at", "end", "value")

    def __init__(self, value: Expr, at: int, end: int) -> None:
        self.value: Expr = value
        self.at = at
        self.end = end

    def fields(self) -> tuple[object, ...]:
        return (self.value, self.at, self.end)


class Test(_Part):
    """Goes to ``then`` when ``cond`` is non-zero, else to ``other`` (indices into the code).

    For kind "case" the condition is ``subject == constant`` and ``at`` is the label; "default" has a condition that
    always holds and marks the label; "config" has an Opaque condition that names the preprocessor expression; "warn"
    stands in a WARN_ON() or one of its kin, so that ``then`` is a way that should never be taken, and "unwarn" in one
    whose condition it negates: ``other`` should never be.
    """

    __slots__ = ("at", "cond", "end", "kind", "other", "then")

    def __init__(self, cond: Expr, then: int, other: int, at: int, end: int, kind: TestKind = "if") -> None:
        self.cond: Expr = cond
        self.then = then
        self.other = other
        self.at = at
        self.end = end
        self.kind: TestKind = kind

    def fields(self) -> tuple[object, ...]:
        return (self.cond, self.then, self.other, self.at, self.end, self.kind)


class Jump(_Part):
    """Goes on at ``to``."""

    __slots__ = ("to",)

    def __init__(self, to: int) -> None:
        self.to = to

    def fields(self) -> tuple[object, ...]:
        return (self.to,)


class Havoc(_Part):
    """The named variables hold something unknown from here on (loop macros, inline assembly)."""

    __slots__ = ("at", "targets")

    def __init__(self, targets: tuple[str, ...], at: int) -> None:
        self.targets = targets
        self.at = at

    def fields(self) -> tuple[object, ...]:
        return (self.targets, self.at)


class Ret(_Part):
    """The function returns ``value`` (None in a void function or when control falls off the end)."""

    __slots__ = ("at", "end", "value")

    def __init__(self, value: Expr | None, at: int, end: int) -> None:
        self.value: Expr | None = value
        self.at = at
        self.end = end

    def fields(self) -> tuple[object, ...]:
        return (self.value, self.at, self.end)


class Stop(_Part):
    """Control never gets past here (a call that does not return)."""

    __slots__ = ("at",)

    def __init__(self, at: int) -> None:
        self.at = at

    def fields(self) -> tuple[object, ...]:
        return (self.at,)


Instr: TypeAlias = Set | Store | Do | Test | Jump | Havoc | Ret | Stop


def evaluated(instr: Instr) -> Expr | None:
    """The expression an instruction evaluates."""
    if type(instr) is Set or type(instr) is Do or type(instr) is Store or type(instr) is Ret:
        return instr.value
    if type(instr) is Test:
        return instr.cond
    return None


def parts(expr: Expr | None) -> list[Expr]:
    """``expr`` and all that it is made of, each before its own parts and these from left to right."""
    found: list[Expr] = []
    pending: list[Expr] = [] if expr is None else [expr]
    while pending:
        one = pending.pop()
        found.append(one)
        if type(one) is Call:
            pending.extend(reversed(one.args))
        elif type(one) is Binary:
            pending.append(one.right)
            pending.append(one.left)
        elif type(one) is Unary or type(one) is Cast:
            pending.append(one.operand)
    return found
