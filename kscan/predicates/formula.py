"""The algebra of page predicates: bits, types and conditions under not, and, or; one way to build each.

A formula speaks of a page at one moment: what is read twice is taken to be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import msgspec

from kscan.predicates.subject import Binding, Subject, Text, moved, moved_text


class Const(msgspec.Struct, frozen=True, gc=False):
    """Always true, or never."""

    value: bool


class Bit(msgspec.Struct, frozen=True):
    """Flag bit ``name`` of ``subject`` is set."""

    name: str
    subject: Subject


class Type(msgspec.Struct, frozen=True):
    """The type of ``subject`` is ``value``. ``word`` says how it is read ("page_type >> 24"): two values of one word of
    one page exclude each other."""

    value: str
    subject: Subject
    word: str


class Field(msgspec.Struct, frozen=True):
    """A condition on other members of a page, against constants. ``level``: 0 for a primary expression, 1 for a
    comparison, 2 for what binds weaker than it looks."""

    text: Text
    level: int = 0


class Test(msgspec.Struct, frozen=True):
    """A condition on the other parameters or on the configuration."""

    text: Text
    level: int = 0


class Opaque(msgspec.Struct, frozen=True):
    """A condition that is no formula: a call that is no predicate, memory, a loop."""

    text: Text
    level: int = 0


class Ref(msgspec.Struct, frozen=True):
    """The predicate ``name`` of ``args``; ``home`` is the file that knows it by this name when it is static there."""

    name: str
    args: tuple[Subject | Text, ...]
    home: str = ""


class Not(msgspec.Struct, frozen=True):
    """``part`` does not hold."""

    part: Formula


class And(msgspec.Struct, frozen=True):
    """All ``parts`` hold."""

    parts: tuple[Formula, ...]


class Or(msgspec.Struct, frozen=True):
    """One of ``parts`` holds."""

    parts: tuple[Formula, ...]


Atom: TypeAlias = Bit | Type | Field | Test | Opaque | Ref
Formula: TypeAlias = Const | Atom | Not | And | Or

TRUE = Const(True)
FALSE = Const(False)


def negation(part: Formula) -> Formula:
    """Not ``part``; a double negation and a constant vanish."""
    if isinstance(part, Const):
        return FALSE if part.value else TRUE
    return part.part if isinstance(part, Not) else Not(part)


def conjunction(parts: Iterable[Formula]) -> Formula:
    """All of ``parts``, in their order: flat, each once, without what the others decide."""
    kept = _flat(parts, And)
    if FALSE in kept or _contradict(kept):
        return FALSE
    kept = _absorbed([part for part in kept if part != TRUE], Or)
    return TRUE if not kept else kept[0] if len(kept) == 1 else And(tuple(kept))


def disjunction(parts: Iterable[Formula]) -> Formula:
    """Any of ``parts``, in their order: flat, each once, without what the others decide."""
    kept = _flat(parts, Or)
    if TRUE in kept or _contradict(kept):
        return TRUE
    kept = _absorbed([part for part in kept if part != FALSE], And)
    return FALSE if not kept else kept[0] if len(kept) == 1 else Or(tuple(kept))


def _flat(parts: Iterable[Formula], kind: type[And] | type[Or]) -> list[Formula]:
    flat: dict[Formula, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, kind) else (part,)))
    return list(flat)


def _contradict(parts: list[Formula]) -> bool:
    present = set(parts)
    return any(isinstance(part, Not) and part.part in present for part in parts)


def _absorbed(parts: list[Formula], inner: type[And] | type[Or]) -> list[Formula]:
    """Without the parts that hold another one: a && (a || b) is a, a || (a && b) is a."""
    present = set(parts)
    return [part for part in parts if not (isinstance(part, inner) and present.intersection(part.parts))]


def choice(test: Formula, yes: Formula, no: Formula) -> Formula:
    """``yes`` where ``test`` holds, else ``no``; what both sides share is said once."""
    if yes == no or test == TRUE:
        return yes
    if test == FALSE:
        return no
    shared = _shared(test, yes, no)
    if shared is not None:
        return shared
    if yes in (TRUE, test):
        return disjunction((test, no))
    if no in (FALSE, test):
        return conjunction((test, yes))
    if yes == FALSE:
        return conjunction((negation(test), no))
    if no == TRUE:
        return disjunction((negation(test), yes))
    return disjunction((conjunction((test, yes)), conjunction((negation(test), no))))


def _shared(test: Formula, yes: Formula, no: Formula) -> Formula | None:
    """t ? a || x : x is (t && a) || x, and its kin; None where the sides share nothing whole."""
    for guard, more, less in ((test, yes, no), (negation(test), no, yes)):
        extra = _beyond(more, less, Or)
        if extra is not None:
            return disjunction((conjunction((guard, disjunction(extra))), less))
        extra = _beyond(more, less, And)
        if extra is not None:
            return conjunction((disjunction((negation(guard), conjunction(extra))), less))
    return None


def _beyond(more: Formula, less: Formula, kind: type[And] | type[Or]) -> tuple[Formula, ...] | None:
    """The parts of ``more`` that are not in ``less``, when all of ``less`` is in ``more``."""
    if not isinstance(more, kind):
        return None
    base = less.parts if isinstance(less, kind) else (less,)
    if isinstance(less, Const) or not set(base) <= set(more.parts):
        return None
    return tuple(part for part in more.parts if part not in base)


def atoms(formula: Formula) -> Iterator[Atom]:
    """The leaves of ``formula`` that are no constants, from left to right."""
    if isinstance(formula, Not):
        yield from atoms(formula.part)
    elif isinstance(formula, And | Or):
        for part in formula.parts:
            yield from atoms(part)
    elif not isinstance(formula, Const):
        yield formula


def literals(formula: Formula) -> Iterator[Formula]:
    """The leaves, each with the negation right above it."""
    if isinstance(formula, And | Or):
        for part in formula.parts:
            yield from literals(part)
    elif isinstance(formula, Not) and isinstance(formula.part, And | Or):
        yield from literals(formula.part)
    elif not isinstance(formula, Const):
        yield formula


def replaced(formula: Formula, atom: Callable[[Atom], Formula]) -> Formula:
    """``formula`` rebuilt with ``atom(leaf)`` for each leaf."""
    if isinstance(formula, Const):
        return formula
    if isinstance(formula, Not):
        return negation(replaced(formula.part, atom))
    if isinstance(formula, And):
        return conjunction(replaced(part, atom) for part in formula.parts)
    if isinstance(formula, Or):
        return disjunction(replaced(part, atom) for part in formula.parts)
    return atom(formula)


def bound(formula: Formula, binding: Binding) -> Formula:
    """A callee's ``formula`` with the caller's arguments in it."""
    return replaced(formula, lambda leaf: _bound(leaf, binding))


def _bound(leaf: Atom, binding: Binding) -> Formula:
    if isinstance(leaf, Bit):
        return Bit(leaf.name, moved(leaf.subject, binding))
    if isinstance(leaf, Type):
        return Type(leaf.value, moved(leaf.subject, binding), leaf.word)
    if isinstance(leaf, Ref):
        args = tuple(moved_text(arg, binding) if isinstance(arg, tuple) else moved(arg, binding) for arg in leaf.args)
        return Ref(leaf.name, args, leaf.home)
    text = moved_text(leaf.text, binding)
    if isinstance(leaf, Test) and text in _DECIDED:
        return _DECIDED[text]
    return type(leaf)(text, leaf.level)


_DECIDED: dict[Text, Formula] = {("0",): FALSE, ("false",): FALSE, ("1",): TRUE, ("true",): TRUE}


def holds(formula: Formula, world: Callable[[Atom], bool]) -> bool:
    """Whether ``formula`` holds where ``world`` says which leaves do."""
    if isinstance(formula, Const):
        return formula.value
    if isinstance(formula, Not):
        return not holds(formula.part, world)
    if isinstance(formula, And):
        return all(holds(part, world) for part in formula.parts)
    if isinstance(formula, Or):
        return any(holds(part, world) for part in formula.parts)
    return world(formula)
