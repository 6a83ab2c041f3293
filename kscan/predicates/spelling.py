"""Formulas as people read them: C operators, ``PG_x of page`` for a bit, ``type(page) == T`` for a type."""

from __future__ import annotations

from kscan.model.regex import regex
from kscan.predicates.formula import And, Bit, Const, Field, Formula, Not, Opaque, Or, Ref, Test, Type
from kscan.predicates.subject import Text, joined, written

PLAIN, COMPARED, LOOSE = range(3)
"""How weak the top operator of a text is: none, a comparison, or one that && and || want in parentheses."""

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_COMPARISON = regex(r" ([<>=!]=|[<>]) ")


def spell(formula: Formula) -> str:
    """``formula`` on one line."""
    return written(spelt(formula)[0])


def spelt_call(name: str, args: tuple[Text, ...]) -> Text:
    """``name(args)``."""
    parts = [part for arg in args for part in (", ", arg)]
    return joined(name, "(", *parts[1:], ")")


def spelt(formula: Formula) -> tuple[Text, int]:
    """``formula`` as text whose pages can still be replaced, and how weak its top operator is."""
    if isinstance(formula, Const):
        return ("true" if formula.value else "false",), PLAIN
    if isinstance(formula, Bit):
        return joined(formula.name, " of ", formula.subject), COMPARED
    if isinstance(formula, Type):
        return joined("type(", formula.subject, ") == ", formula.value), COMPARED
    if isinstance(formula, Ref):
        return spelt_call(formula.name, tuple(arg if isinstance(arg, tuple) else (arg,) for arg in formula.args)), PLAIN
    if isinstance(formula, Not):
        return _negated(formula.part)
    if isinstance(formula, And | Or):
        operator = " && " if isinstance(formula, And) else " || "
        parts = [part for one in formula.parts for part in (operator, _operand(one))]
        return joined(*parts[1:]), LOOSE
    return formula.text, formula.level


def _negated(part: Formula) -> tuple[Text, int]:
    text, level = spelt(part)
    if isinstance(part, Type | Test | Field | Opaque) and level == COMPARED:
        flipped = _flipped(text)
        if flipped is not None:
            return flipped, COMPARED
    return joined("!(", text, ")") if level else joined("!", text), PLAIN


def _flipped(text: Text) -> Text | None:
    """A comparison turned round; None where it is not plain which of several operators is the top one."""
    found = [at for at, part in enumerate(text) if isinstance(part, str) and _COMPARISON.search(part)]
    if len(found) != 1:
        return None
    part = text[found[0]]
    if not isinstance(part, str) or len(_COMPARISON.findall(part)) != 1:
        return None
    turned = _COMPARISON.sub(lambda match: f" {_OPPOSITE[match[1]]} ", part)
    return (*text[: found[0]], turned, *text[found[0] + 1 :])


def _operand(part: Formula) -> Text:
    text, level = spelt(part)
    return joined("(", text, ")") if level >= LOOSE else text
