"""What is known at one point of a path: variables, constraints on symbols, and how the path got here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from kscan.flow.summary import Mark
from kscan.flow.values import ALL, IntSet, contains, intersect, union


class Piece(NamedTuple):
    """One possibility for a value: symbol ``symbol`` (or plain numbers when -1) restricted to ``values``."""

    symbol: int
    values: IntSet
    literal: bool = False


Value: TypeAlias = tuple[Piece, ...]
"""The possibilities of a value, sorted; usually one."""

Constraints: TypeAlias = dict[int, IntSet]
"""What is known of symbols on this path. Treated as immutable."""

WARNED = 1_000_000_000
"""The length of a step that should never be taken."""

UNKNOWN: Value = (Piece(-1, ALL),)


class Trace(NamedTuple):
    """A path as a linked list, newest step first."""

    before: Trace | None
    mark: Mark
    length: int


class State(NamedTuple):
    """One path's knowledge: ``env`` holds a value per tracked variable."""

    env: tuple[Value, ...]
    known: Constraints
    trace: Trace | None


def with_step(state: State, mark: Mark) -> State:
    """``state`` after one more step."""
    before = state.trace
    length = weight(mark) if before is None else before.length + weight(mark)
    return State(state.env, state.known, Trace(before, mark, length))


def weight(mark: Mark) -> int:
    """How much a step makes a path longer: a warning that fired more than any number of plain steps."""
    return WARNED if mark.kind == "warn" and mark.taken else 1


def marks_of(trace: Trace | None) -> tuple[Mark, ...]:
    """The steps of a path, oldest first."""
    steps: list[Mark] = []
    while trace is not None:
        steps.append(trace.mark)
        trace = trace.before
    return tuple(reversed(steps))


def with_variable(state: State, slot: int, value: Value) -> State:
    """``state`` with one variable changed."""
    env = state.env
    return State((*env[:slot], value, *env[slot + 1 :]), state.known, state.trace)


def with_known(state: State, symbol: int, values: IntSet) -> State:
    """``state`` with what is known of ``symbol`` replaced."""
    known = dict(state.known)
    known[symbol] = values
    return State(state.env, known, state.trace)


def forget(state: State, symbol: int, stale: Callable[[int], int]) -> State:
    """``state`` before ``symbol`` is computed anew: variables that hold the old result keep what was known of it,
    under the symbol that ``stale`` gives for it."""
    old = state.known.get(symbol)
    held = any(piece.symbol == symbol for value in state.env for piece in value)
    if old is None and not held:
        return state
    known = {s: v for s, v in state.known.items() if s != symbol}
    if held:
        renamed = tuple(_renamed(value, symbol, stale(symbol), old) for value in state.env)
        return State(renamed, known, state.trace)
    return State(state.env, known, state.trace)


def _renamed(value: Value, symbol: int, stale: int, old: IntSet | None) -> Value:
    if all(piece.symbol != symbol for piece in value):
        return value
    return tuple(
        Piece(stale, piece.values if old is None else intersect(piece.values, old), piece.literal)
        if piece.symbol == symbol
        else piece
        for piece in value
    )


def merged(a: Constraints, b: Constraints) -> Constraints:
    """What holds on both paths."""
    if a is b:
        return a
    return {symbol: union(values, b[symbol]) for symbol, values in a.items() if symbol in b}


def implies(a: Constraints, b: Constraints) -> bool:
    """Whether everything known in ``b`` is known in ``a`` too."""
    return all(symbol in a and contains(values, a[symbol]) for symbol, values in b.items())


def joined(a: Value, b: Value) -> Value:
    """Either value."""
    if a == b:
        return a
    sets: dict[tuple[int, bool], IntSet] = {}
    for piece in a + b:
        key = (piece.symbol, piece.literal)
        sets[key] = union(sets[key], piece.values) if key in sets else piece.values
    return tuple(Piece(s, values, literal) for (s, literal), values in sorted(sets.items()))
