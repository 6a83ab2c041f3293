"""What an expression in a predicate's body can stand for: a page, a truth, a number, a member of a page, or just
words."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from kscan.predicates.formula import Field, Formula, Opaque, Test, disjunction
from kscan.predicates.formula import Const as Always
from kscan.predicates.subject import Head, Nth, Page, Some, Subject, Text, joined

PRIMARY: Final = 100
"""The binding strength of what needs no parentheses; lower ones are those of the C operators, 1 to 10."""
_UNARY: Final = 90

CONSTANT, PARAMETER, MEMBER, UNKNOWN = range(4)
"""Of what words are made at most: constants; parameters and configuration; members of a page; anything."""


class Truth(msgspec.Struct, frozen=True):
    """1 where ``formula`` holds, else 0."""

    formula: Formula


class Number(msgspec.Struct, frozen=True):
    """An integer, as spelt."""

    value: int
    text: str


class Member(msgspec.Struct, frozen=True):
    """Member ``path`` ("flags.f") of a page."""

    subject: Subject
    path: str


class Address(msgspec.Struct, frozen=True):
    """Where ``of`` is."""

    of: Member


class Words(msgspec.Struct, frozen=True):
    """An expression kept as text. ``made_of`` is one of the four kinds above, ``strength`` that of its top operator."""

    text: Text
    made_of: int
    strength: int = PRIMARY


Value: TypeAlias = Page | Head | Nth | Some | Truth | Number | Member | Address | Words
PAGES: Final = (Page, Head, Nth, Some)


def words(value: Value) -> Words:
    """``value`` as text."""
    if isinstance(value, Words):
        return value
    if isinstance(value, Number):
        return Words((value.text,), CONSTANT)
    if isinstance(value, Member):
        return Words(joined(value.subject, "->", value.path), MEMBER)
    if isinstance(value, Address):
        return Words(joined("&", value.of.subject, "->", value.of.path), UNKNOWN, _UNARY)
    if isinstance(value, Truth):
        return _truth_words(value.formula)
    return Words((value,), PARAMETER if isinstance(value, Page) else UNKNOWN)


def _truth_words(formula: Formula) -> Words:
    if isinstance(formula, Test | Field | Opaque):
        made_of = {Test: PARAMETER, Field: MEMBER, Opaque: UNKNOWN}[type(formula)]
        return Words(formula.text, made_of, PRIMARY if formula.level == 0 else 6 if formula.level == 1 else 1)
    if isinstance(formula, Always):
        return Words(("true" if formula.value else "false",), CONSTANT)
    return Words(("a truth of several parts",), UNKNOWN)


def binary(operator: str, strength: int, left: Value, right: Value) -> Words:
    """``left operator right`` as text, with the parentheses that C needs and the kernel likes."""
    one, two = words(left), words(right)
    text = joined(_bracketed(one, strength), f" {operator} ", _bracketed(two, strength + 1))
    return Words(text, max(one.made_of, two.made_of), strength)


def unary(operator: str, operand: Value) -> Words:
    """``operator operand`` as text."""
    one = words(operand)
    return Words(joined(operator, _bracketed(one, _UNARY)), one.made_of, _UNARY)


def call(callee: str, args: tuple[Value, ...], made_of: int) -> Words:
    """``callee(args)`` as text."""
    parts: list[str | Text] = []
    for arg in args:
        parts += [", ", words(arg).text] if parts else [words(arg).text]
    return Words(joined(callee, "(", *parts, ")"), made_of)


def _bracketed(inner: Words, least: int) -> Text:
    return inner.text if inner.strength >= least else joined("(", inner.text, ")")


def truth(value: Value) -> Formula:
    """When ``value`` is not zero."""
    if isinstance(value, Truth):
        return value.formula
    if isinstance(value, Number):
        return Always(value.value != 0)
    if isinstance(value, Address | Head | Nth):
        return Always(True)
    shown = words(value)
    level = 0 if shown.strength >= _UNARY else 1 if shown.strength in (6, 7) else 2
    kind = (Test, Test, Field, Opaque)[shown.made_of]
    return kind(shown.text, level)


def bits(formulas: list[Formula]) -> Truth:
    """Whether any of ``formulas`` holds."""
    return Truth(disjunction(formulas))
