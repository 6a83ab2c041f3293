"""Sets of integers as sorted disjoint intervals: the one value domain, for errnos, flags and pointers alike.

A pointer is the number it holds: 0 is NULL, -4095..-1 an ERR_PTR, anything above zero a valid address, so that
``IS_ERR``, ``PTR_ERR`` and ``ERR_PTR`` need no domain of their own (include/linux/err.h works the same way).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

IntSet: TypeAlias = tuple[tuple[int, int], ...]
"""Non-empty closed intervals, sorted, with a hole of at least one number between neighbours."""

MIN: Final = -(1 << 63)
MAX: Final = (1 << 64) - 1
MAX_ERRNO: Final = 4095

EMPTY: Final[IntSet] = ()
ALL: Final[IntSet] = ((MIN, MAX),)
ZERO: Final[IntSet] = ((0, 0),)
NON_ZERO: Final[IntSet] = ((MIN, -1), (1, MAX))
NEGATIVE: Final[IntSet] = ((MIN, -1),)
NON_NEGATIVE: Final[IntSet] = ((0, MAX),)
POSITIVE: Final[IntSet] = ((1, MAX),)
BOOLEAN: Final[IntSet] = ((0, 1),)
ERRORS: Final[IntSet] = ((-MAX_ERRNO, -1),)
NO_ERRORS: Final[IntSet] = ((MIN, -MAX_ERRNO - 1), (0, MAX))


def single(value: int) -> IntSet:
    """The set of one number, clamped to the domain."""
    value = max(MIN, min(MAX, value))
    return ((value, value),)


def listed(values: Iterable[int]) -> IntSet:
    """The set of these numbers."""
    return join([single(value) for value in values])


def interval(lo: int, hi: int) -> IntSet:
    """All numbers from ``lo`` to ``hi``; empty when ``lo`` is above ``hi``."""
    lo, hi = max(lo, MIN), min(hi, MAX)
    return ((lo, hi),) if lo <= hi else EMPTY


def union(a: IntSet, b: IntSet) -> IntSet:
    """The numbers in either set (the lattice's join)."""
    if a == b or not b:
        return a
    if not a:
        return b
    merged: list[tuple[int, int]] = []
    for lo, hi in sorted(a + b):
        if merged and lo <= merged[-1][1] + 1:
            if hi > merged[-1][1]:
                merged[-1] = (merged[-1][0], hi)
        else:
            merged.append((lo, hi))
    return tuple(merged)


def join(sets: Iterable[IntSet]) -> IntSet:
    """The numbers in any of ``sets``."""
    total: IntSet = EMPTY
    for values in sets:
        total = union(total, values)
    return total


def intersect(a: IntSet, b: IntSet) -> IntSet:
    """The numbers in both sets."""
    if a is b or b is ALL or a == b or b == ALL:
        return a
    if a == ALL:
        return b
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        al, ah = a[i]
        bl, bh = b[j]
        lo = al if al > bl else bl
        hi = ah if ah < bh else bh
        if lo <= hi:
            found.append((lo, hi))
        if ah < bh:
            i += 1
        else:
            j += 1
    return tuple(found)


def complement(a: IntSet) -> IntSet:
    """The numbers of the domain that are not in ``a``."""
    out: list[tuple[int, int]] = []
    low = MIN
    for lo, hi in a:
        if low < lo:
            out.append((low, lo - 1))
        low = hi + 1
    if low <= MAX:
        out.append((low, MAX))
    return tuple(out)


def contains(a: IntSet, b: IntSet) -> bool:
    """Whether every number of ``b`` is in ``a``."""
    if a is b or a is ALL:
        return True
    i = 0
    for lo, hi in b:
        while i < len(a) and a[i][1] < hi:
            i += 1
        if i == len(a) or a[i][0] > lo:
            return False
    return True


def truth(a: IntSet) -> IntSet:
    """What numbers of ``a`` become as a bool: 1 for any that is not 0."""
    return union(ZERO if intersect(a, ZERO) else EMPTY, single(1) if intersect(a, NON_ZERO) else EMPTY)


def size(a: IntSet) -> int:
    """How many numbers are in the set."""
    return sum([hi - lo + 1 for lo, hi in a])


def negate(a: IntSet) -> IntSet:
    """The set of ``-x``. Of ranges above ``-MIN``, which only a type without a sign holds: what that holds then."""
    negated: IntSet = tuple(sorted([(max(-hi, MIN), min(-lo, MAX)) for lo, hi in a if lo <= -MIN]))
    for lo, hi in a:
        if lo > -MIN:
            negated = union(negated, interval(MAX + 1 - hi, MAX + 1 - lo))
    return negated


def compared(op: str, value: int) -> IntSet:
    """The numbers ``x`` for which ``x op value`` holds; ``op`` is a C comparison."""
    if op == "==":
        return single(value)
    if op == "!=":
        return complement(single(value))
    if op == "<":
        return interval(MIN, value - 1)
    if op == "<=":
        return interval(MIN, value)
    if op == ">":
        return interval(value + 1, MAX)
    return interval(value, MAX)


def added(a: IntSet, b: IntSet) -> IntSet:
    """Bounds of ``x + y`` without overflow; exact when both are single numbers, else widened to whole half-lines.

    Widening at once keeps loop counters from growing a state per turn.
    """
    if not a or not b:
        return EMPTY
    lo, hi = a[0][0] + b[0][0], a[-1][1] + b[-1][1]
    if lo == hi:
        return single(lo)
    if lo >= 0:
        return interval(min(lo, 1), MAX)
    return interval(MIN, -1) if hi < 0 else ALL
