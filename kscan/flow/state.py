"""What is known at one point of a path: variables, constraints on symbols, and how the path got here."""

from __future__ import annotations

from typing import Final, TypeAlias

from kscan.flow.piece import Piece, Value
from kscan.flow.summary import MarkKind
from kscan.flow.symbols import Symbols
from kscan.flow.values import IntSet, contains, intersect, union

Constraints: TypeAlias = dict[int, IntSet]
"""What is known of symbols on this path. Treated as immutable."""

WARNED: Final = 1_000_000_000
"""The length of a step that should never be taken."""


class Trace:
    """A path as a linked list, newest step first; ``length`` counts a fired warning for more than any number of plain
    steps. Treated as immutable."""

    __slots__ = ("at", "before", "end", "kind", "length", "taken", "target")

    def __init__(self, before: Trace | None, kind: MarkKind, at: int, end: int, taken: bool, target: str) -> None:
        weight = WARNED if kind == ("warn" if taken else "unwarn") else 1
        self.before: Trace | None = before
        self.kind: MarkKind = kind
        self.at = at
        self.end = end
        self.taken = taken
        self.target = target
        self.length: int = weight if before is None else before.length + weight


class State:
    """One path's knowledge: ``env`` holds a value per tracked variable. Treated as immutable."""

    __slots__ = ("env", "known", "trace")

    def __init__(self, env: tuple[Value, ...], known: Constraints, trace: Trace | None) -> None:
        self.env = env
        self.known = known
        self.trace = trace


def with_step(state: State, kind: MarkKind, at: int, end: int, taken: bool = True, target: str = "") -> State:
    """``state`` after one more step."""
    return State(state.env, state.known, Trace(state.trace, kind, at, end, taken, target))


def with_variable(state: State, slot: int, value: Value) -> State:
    """``state`` with one variable changed."""
    env = list(state.env)
    env[slot] = value
    return State(tuple(env), state.known, state.trace)


def with_known(state: State, symbol: int, values: IntSet) -> State:
    """``state`` with what is known of ``symbol`` replaced."""
    known = state.known.copy()
    known[symbol] = values
    return State(state.env, known, state.trace)


def forget(state: State, symbol: int, symbols: Symbols) -> State:
    """``state`` before ``symbol`` is computed anew: variables that hold the old result keep what was known of it,
    under the stale symbol for it; so do those that hold an older one still. Callees that were asked about the old
    result have not been asked about the new one."""
    for asked in symbols.asked_about.get(symbol, ()):
        state = forget(state, asked, symbols)
    old = state.known.get(symbol)
    held = _holds(state.env, symbol)
    if old is None and not held:
        return state
    later = symbols.stale(symbol) if held else -1
    if later != symbol and held:
        state = forget(state, later, symbols)
    known = {s: v for s, v in state.known.items() if s != symbol}
    if held:
        renamed = tuple([_renamed(value, symbol, later, old) for value in state.env])
        return State(renamed, known, state.trace)
    return State(state.env, known, state.trace)


def _holds(env: tuple[Value, ...], symbol: int) -> bool:
    for value in env:
        for piece in value:
            if piece.symbol == symbol:
                return True
    return False


def _renamed(value: Value, symbol: int, stale: int, old: IntSet | None) -> Value:
    if not _holds((value,), symbol):
        return value
    return tuple(
        [
            Piece(stale, piece.values if old is None else intersect(piece.values, old), piece.literal)
            if piece.symbol == symbol
            else piece
            for piece in value
        ]
    )


def merged(a: Constraints, b: Constraints) -> Constraints:
    """What holds on both paths."""
    if a is b:
        return a
    return {symbol: union(values, b[symbol]) for symbol, values in a.items() if symbol in b}


def implies(a: Constraints, b: Constraints) -> bool:
    """Whether everything known in ``b`` is known in ``a`` too."""
    if a is b:
        return True
    for symbol, values in b.items():
        stronger = a.get(symbol)
        if stronger is None or (stronger is not values and not contains(values, stronger)):
            return False
    return True


def joined(a: Value, b: Value) -> Value:
    """Either value."""
    if a == b:
        return a
    if len(a) == 1 and len(b) == 1:
        one, other = a[0], b[0]
        if one.symbol == other.symbol and one.literal == other.literal:
            return (Piece(one.symbol, union(one.values, other.values), one.literal),)
    if _is_within(b, a):
        return a
    sets: dict[tuple[int, bool], IntSet] = {}
    for piece in a + b:
        key = (piece.symbol, piece.literal)
        sets[key] = union(sets[key], piece.values) if key in sets else piece.values
    return tuple([Piece(s, values, literal) for (s, literal), values in sorted(sets.items())])


def _is_within(b: Value, a: Value) -> bool:
    """Whether ``a``, which has one piece of a kind, in order, is all that ``b`` is and more."""
    at = 0
    before: Piece | None = None
    for piece in a:
        if before is not None and not _is_before(before, piece):
            return False
        before = piece
        if at < len(b):
            one = b[at]
            if one.symbol == piece.symbol and one.literal == piece.literal:
                if not contains(piece.values, one.values):
                    return False
                at += 1
    return at == len(b)


def _is_before(one: Piece, other: Piece) -> bool:
    if one.symbol != other.symbol:
        return one.symbol < other.symbol
    return other.literal and not one.literal
