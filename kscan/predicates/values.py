"""What an expression in a predicate's body can stand for: a page, a truth, a number, a member of a page, or just
words."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from kscan.predicates.formula import Const, Field, Formula, Opaque, Test, atoms
from kscan.predicates.spelling import COMPARED, LOOSE, PLAIN, spelt, spelt_call
from kscan.predicates.subject import Head, Nth, Page, Some, Subject, Text, joined

PRIMARY: Final = 100
"""The binding strength of what needs no parentheses; lower ones are those of the C operators, 1 to 10."""
CAST: Final = 90
"""The strength of a cast, and of the other unary operators."""
_COMPARED: Final = 6
_LOOSE: Final = 1

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
_MADE_OF: Final = {Test: PARAMETER, Field: MEMBER}


def words(value: Value) -> Words:
    """``value`` as text."""
    if isinstance(value, Words):
        return value
    if isinstance(value, Number):
        return Words((value.text,), CONSTANT)
    if isinstance(value, Member):
        return Words(_member(value), MEMBER)
    if isinstance(value, Address):
        return Words(joined("&", _member(value.of)), UNKNOWN, CAST)
    if isinstance(value, Truth):
        return _truth_words(value.formula)
    return Words((value,), PARAMETER if isinstance(value, Page) else UNKNOWN)


def _member(value: Member) -> Text:
    return joined(value.subject, "." if isinstance(value.subject, Nth) else "->", value.path)


def _truth_words(formula: Formula) -> Words:
    made_of = max((_MADE_OF.get(type(leaf), UNKNOWN) for leaf in atoms(formula)), default=CONSTANT)
    text, level = spelt(formula)
    return Words(text, made_of, (PRIMARY, _COMPARED, _LOOSE)[level])


def binary(operator: str, strength: int, left: Value, right: Value) -> Words:
    """``left operator right`` as text, with the parentheses that C needs and the kernel likes."""
    one, two = words(left), words(right)
    text = joined(_bracketed(one, strength), f" {operator} ", _bracketed(two, strength + 1))
    return Words(text, max(one.made_of, two.made_of), strength)


def unary(operator: str, operand: Value) -> Words:
    """``operator operand`` as text."""
    one = words(operand)
    return Words(joined(operator, _bracketed(one, CAST)), one.made_of, CAST)


def call(callee: str, args: tuple[Value, ...], made_of: int) -> Words:
    """``callee(args)`` as text."""
    return Words(spelt_call(callee, tuple(words(arg).text for arg in args)), made_of)


def _bracketed(inner: Words, least: int) -> Text:
    return inner.text if inner.strength >= least else joined("(", inner.text, ")")


def truth(value: Value) -> Formula:
    """When ``value`` is not zero."""
    if isinstance(value, Truth):
        return value.formula
    if isinstance(value, Number):
        return Const(value.value != 0)
    if isinstance(value, Address | Head | Nth):
        return Const(True)
    shown = words(value)
    level = PLAIN if shown.strength >= CAST else COMPARED if shown.strength in (_COMPARED, 7) else LOOSE
    kind = (Test, Test, Field, Opaque)[shown.made_of]
    return kind(shown.text, level)
