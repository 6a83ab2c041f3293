"""Conditions as questions about terms: what is asked of which variable, field or pair, and which answers mean yes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from kscan.flow.primitives import TESTS
from kscan.flow.primitives import UNSIGNED as UNSIGNED_TYPE
from kscan.flow.values import NON_NEGATIVE, NON_ZERO, IntSet, compared
from kscan.model.code import Binary, Call, Cast, Expr, Name, Num, Opaque, Unary
from kscan.model.regex import regex

NumberOf = Callable[[str], "int | None"]
"""An identifier to the number that it stands for in every configuration; None when it is no such constant."""

_FLIPPED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LARGEST: Final = (1 << 31) - 1
_WORD: Final = regex(r"(?<![\w.>])[A-Za-z_]\w*")
_MEMBER: Final = regex(r"\*?[A-Za-z_][\w.>\[\] *&()+-]*\Z")
_ACTS: Final = regex(r"\w\s*\(|\+\+|--|\{")
_SIGNED: Final = regex(
    r"(?:const )?(?:signed )?(?:int|long|short|long long|long int|_*s(?:8|16|32|64)|int(?:8|16|32|64)_t|ssize_t"
    r"|loff_t)\Z"
)


class Term(NamedTuple):
    """What a condition asks about: its text, the locals in it, and whether it reads memory that others may write.

    ``base`` and ``bits``: the term is ``base & (one | of | these)``."""

    text: str
    locals: frozenset[str]
    memory: bool
    base: str = ""
    bits: frozenset[str] = frozenset()


class Question(NamedTuple):
    """The condition holds exactly when ``term`` lies in ``wanted``; ``named`` is the constant it is compared with."""

    term: Term
    wanted: IntSet
    named: str = ""


class Part(NamedTuple):
    """An operand without side effects: its text, the locals in it, whether it reads memory, whether it is constant."""

    text: str
    locals: frozenset[str]
    memory: bool
    constant: bool


class Terms:
    """The questions of one function. ``types`` are the types of its locals, ``escaped`` those that others may write."""

    def __init__(self, types: Mapping[str, str], escaped: frozenset[str], number: NumberOf) -> None:
        self._types = types
        self._escaped = escaped
        self._number = number
        self._twice = {name.partition("#")[0] for name in types if "#" in name}

    def question(self, cond: Expr) -> Question | None:
        """What ``cond`` asks; None when it calls something or is no question about anything that can change."""
        if isinstance(cond, Call):
            wanted = TESTS.get(cond.callee)
            term = self._term(cond.args[0]) if wanted is not None and len(cond.args) == 1 else None
            if term is None or wanted is None or self.is_unsigned(term.text):
                return None
            return Question(term, wanted)
        if isinstance(cond, Binary) and cond.op in _FLIPPED:
            return self._comparison(cond.op, cond.left, cond.right)
        term = self._term(cond)
        return None if term is None else Question(term, NON_ZERO)

    def is_unsigned(self, name: str) -> bool:
        """Whether the type of the local ``name`` is unsigned in every configuration."""
        return UNSIGNED_TYPE.match(self._types.get(name, "")) is not None

    def _comparison(self, op: str, left: Expr, right: Expr) -> Question | None:
        for subject, other, way in ((left, right, op), (right, left, _FLIPPED[op])):
            number, named = self._value(other, way)
            if number is not None and self._is_comparable(subject, number):
                term = self._term(subject)
                return None if term is None else Question(term, compared(way, number), named)
        return self._pair(op, left, right)

    def _value(self, expr: Expr, op: str) -> tuple[int | None, str]:
        """The number ``expr`` stands for; a named one only where it is asked for by name."""
        sign = 1
        while isinstance(expr, Unary) and expr.op == "-":
            sign, expr = -sign, expr.operand
        if isinstance(expr, Num):
            return sign * expr.value, ""
        if isinstance(expr, Name) and expr.name not in self._types and op in {"==", "!="}:
            number = self._number(expr.name)
            return (None if number is None else sign * number), expr.name
        return None, ""

    def _is_comparable(self, subject: Expr, number: int) -> bool:
        """Whether comparing with ``number`` asks for that number, whatever type ``subject`` is converted to."""
        if number < 0:
            return isinstance(subject, Name) and _SIGNED.match(self._types.get(subject.name, "")) is not None
        return number <= _LARGEST

    def _pair(self, op: str, left: Expr, right: Expr) -> Question | None:
        """A comparison of two operands, as one about the sign of their difference."""
        a, b = self._part(left), self._part(right)
        if a is None or b is None or a.text == b.text or (a.constant and b.constant):
            return None
        if a.text > b.text:
            a, b, op = b, a, _FLIPPED[op]
        term = Term(f"{a.text} ? {b.text}", a.locals | b.locals, a.memory or b.memory)
        return Question(term, compared(op, 0))

    def _term(self, expr: Expr) -> Term | None:
        part = self._part(expr)
        if part is None or part.constant:
            return None
        if isinstance(expr, Binary) and expr.op == "&":
            base, bits = self._part(expr.left), frozenset(self._bits(expr.right))
            if base is not None and bits:
                return Term(part.text, part.locals, part.memory, base.text, bits)
        return Term(part.text, part.locals, part.memory)

    def _bits(self, mask: Expr) -> list[str]:
        """The operands of ``mask`` where it is constants or-ed together; none otherwise."""
        if isinstance(mask, Binary) and mask.op == "|":
            left, right = self._bits(mask.left), self._bits(mask.right)
            return left + right if left and right else []
        part = self._part(mask)
        return [part.text] if part is not None and part.constant and isinstance(mask, Name | Num) else []

    def _part(self, expr: Expr) -> Part | None:
        """``expr`` as text that is the same wherever its value is; None when evaluating it does something."""
        if isinstance(expr, Name):
            return self._name(expr.name)
        if isinstance(expr, Num):
            return Part(str(expr.value), frozenset(), False, True)
        if isinstance(expr, Opaque):
            return self._opaque(expr.text)
        if isinstance(expr, Unary):
            inner = self._part(expr.operand)
            return None if inner is None or expr.op not in "-~" else inner._replace(text=f"{expr.op}({inner.text})")
        if isinstance(expr, Cast):
            inner = self._part(expr.operand)
            return None if inner is None else inner._replace(text=f"({expr.type})({inner.text})")
        if isinstance(expr, Binary):
            return self._joined(expr)
        return None

    def _name(self, name: str) -> Part | None:
        if name.startswith("?"):
            return None
        if name in self._types:
            return Part(name, frozenset((name,)), name in self._escaped or "volatile" in self._types[name], False)
        constant = self._number(name) is not None
        return Part(name, frozenset(), not constant, constant)

    def _opaque(self, text: str) -> Part | None:
        if _MEMBER.match(text) is None or _ACTS.search(text) is not None:
            return None
        words = frozenset(_WORD.findall(text))
        if "sizeof" in words or words & self._twice:
            return None
        return Part(text, words.intersection(self._types), True, False)

    def _joined(self, expr: Binary) -> Part | None:
        left, right = self._part(expr.left), self._part(expr.right)
        if left is None or right is None:
            return None
        text = f"({left.text}) {expr.op} ({right.text})"
        memory, constant = left.memory or right.memory, left.constant and right.constant
        return Part(text, left.locals | right.locals, memory, constant)


UNSIGNED: Final = NON_NEGATIVE
"""What a variable of an unsigned type can be."""
