"""Formulas as people read them: C operators, ``PG_x of page`` for a bit, ``type(page) == T`` for a type."""

from __future__ import annotations

from kscan.predicates.formula import And, Bit, Const, Formula, Not, Or, Ref, Type
from kscan.predicates.subject import Subject, Text, spelt, written

_LOOSE = 2
"""The level from which an operand of && or || is put in parentheses."""


def spell(formula: Formula) -> str:
    """``formula`` on one line."""
    return _spelt(formula)[0]


def _spelt(formula: Formula) -> tuple[str, int]:
    """The text and how weak its top operator is: 0 none, 1 a comparison, 2 bits, "&&" and "||"."""
    if isinstance(formula, Const):
        return ("true" if formula.value else "false"), 0
    if isinstance(formula, Bit):
        return f"{formula.name} of {spelt(formula.subject)}", 1
    if isinstance(formula, Type):
        return f"type({spelt(formula.subject)}) == {formula.value}", 1
    if isinstance(formula, Ref):
        return f"{formula.name}({', '.join(_argument(arg) for arg in formula.args)})", 0
    if isinstance(formula, Not):
        return _negated(formula.part)
    if isinstance(formula, And | Or):
        operator = " && " if isinstance(formula, And) else " || "
        return operator.join(_operand(part) for part in formula.parts), _LOOSE
    return written(formula.text), formula.level


def _negated(part: Formula) -> tuple[str, int]:
    if isinstance(part, Type):
        return f"type({spelt(part.subject)}) != {part.value}", 1
    text, level = _spelt(part)
    return (f"!({text})" if level else f"!{text}"), 0


def _operand(part: Formula) -> str:
    text, level = _spelt(part)
    return f"({text})" if level >= _LOOSE else text


def _argument(arg: Subject | Text) -> str:
    return written(arg) if isinstance(arg, tuple) else spelt(arg)
