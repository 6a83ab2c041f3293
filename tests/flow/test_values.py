"""The laws of interval sets: a boolean algebra in normal form, and what its arithmetic may lose but never drop."""

from __future__ import annotations

import operator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.flow.piece import Piece, Value
from kscan.flow.state import joined
from kscan.flow.values import (
    ALL,
    BOOLEAN,
    EMPTY,
    ERRORS,
    MAX,
    MAX_ERRNO,
    MIN,
    NEGATIVE,
    NO_ERRORS,
    NON_NEGATIVE,
    NON_ZERO,
    POSITIVE,
    ZERO,
    IntSet,
    added,
    compared,
    complement,
    contains,
    intersect,
    interval,
    negate,
    single,
    size,
    union,
)

EDGES = (MIN, MIN + 1, -MAX_ERRNO - 1, -MAX_ERRNO, -2, -1, 0, 1, 2, MAX_ERRNO, MAX - 1, MAX)
numbers = st.one_of(st.sampled_from(EDGES), st.integers(-20, 20), st.integers(MIN, MAX))


def _made(ends: list[tuple[int, int]]) -> IntSet:
    total: IntSet = EMPTY
    for a, b in ends:
        total = union(total, interval(min(a, b), max(a, b)))
    return total


sets = st.lists(st.tuples(numbers, numbers), max_size=4).map(_made)


def member(number: int, values: IntSet) -> bool:
    return any(lo <= number <= hi for lo, hi in values)


def is_normal(values: IntSet) -> bool:
    inside = all(MIN <= lo <= hi <= MAX for lo, hi in values)
    return inside and all(a[1] + 1 < b[0] for a, b in pairwise(values))


@given(sets, sets, numbers)
def test_operations_are_those_of_sets(a: IntSet, b: IntSet, x: int) -> None:
    assert member(x, union(a, b)) == (member(x, a) or member(x, b))
    assert member(x, intersect(a, b)) == (member(x, a) and member(x, b))
    assert member(x, complement(a)) == (not member(x, a))


@given(sets, sets)
def test_every_result_is_in_normal_form(a: IntSet, b: IntSet) -> None:
    for made in (a, union(a, b), intersect(a, b), complement(a), added(a, b)):
        assert is_normal(made)


@given(sets)
def test_minus_is_in_normal_form(a: IntSet) -> None:
    assert is_normal(negate(a))


@pytest.mark.parametrize(
    ("a", "minus"),
    [
        (single(MAX), single(1)),
        (interval(-MIN + 1, MAX), interval(1, -MIN - 1)),
        (union(single(-3), single(MAX)), union(single(1), single(3))),
    ],
)
def test_minus_of_large_numbers_is_what_a_type_without_a_sign_holds(a: IntSet, minus: IntSet) -> None:
    assert negate(a) == minus


@given(sets, sets, sets)
def test_union_is_a_join(a: IntSet, b: IntSet, c: IntSet) -> None:
    assert union(a, b) == union(b, a)
    assert union(a, union(b, c)) == union(union(a, b), c)
    assert union(a, a) == union(a, EMPTY) == a
    assert union(a, ALL) == ALL
    assert contains(union(a, b), a)


@given(sets, sets, sets)
def test_intersection_is_a_meet(a: IntSet, b: IntSet, c: IntSet) -> None:
    assert intersect(a, b) == intersect(b, a)
    assert intersect(a, intersect(b, c)) == intersect(intersect(a, b), c)
    assert intersect(a, a) == intersect(a, ALL) == a
    assert intersect(a, EMPTY) == EMPTY
    assert contains(a, intersect(a, b))


@given(sets, sets, sets)
def test_distribution_and_absorption(a: IntSet, b: IntSet, c: IntSet) -> None:
    assert intersect(a, union(b, c)) == union(intersect(a, b), intersect(a, c))
    assert union(a, intersect(b, c)) == intersect(union(a, b), union(a, c))
    assert union(a, intersect(a, b)) == intersect(a, union(a, b)) == a


@given(sets, sets)
def test_complement(a: IntSet, b: IntSet) -> None:
    assert complement(complement(a)) == a
    assert union(a, complement(a)) == ALL
    assert intersect(a, complement(a)) == EMPTY
    assert complement(union(a, b)) == intersect(complement(a), complement(b))


@given(sets, sets)
def test_containment_is_an_order(a: IntSet, b: IntSet) -> None:
    assert contains(a, EMPTY)
    assert contains(ALL, a)
    assert contains(a, b) == (union(a, b) == a) == (intersect(a, complement(a)) == intersect(b, complement(a)))


@given(sets, sets)
def test_size_adds_up(a: IntSet, b: IntSet) -> None:
    assert size(a) + size(b) == size(union(a, b)) + size(intersect(a, b))
    assert size(a) + size(complement(a)) == size(ALL)


COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@given(st.sampled_from(sorted(COMPARISONS)), numbers, numbers)
def test_a_comparison_holds_for_its_set(op: str, x: int, value: int) -> None:
    assert member(x, compared(op, value)) == COMPARISONS[op](x, value)
    assert is_normal(compared(op, value))


@pytest.mark.parametrize(
    ("op", "value", "wanted"),
    [("<", MIN, EMPTY), (">", MAX, EMPTY), ("<", 0, NEGATIVE), (">", 0, POSITIVE), (">=", 0, NON_NEGATIVE)],
)
def test_comparisons_at_the_edges(op: str, value: int, wanted: IntSet) -> None:
    assert compared(op, value) == wanted


@given(sets, numbers)
def test_minus_holds_every_negated_number(a: IntSet, x: int) -> None:
    if MIN <= -x <= MAX and member(x, a):
        assert member(-x, negate(a))


@pytest.mark.parametrize(("a", "minus"), [(ZERO, ZERO), (single(5), single(-5)), (ERRORS, interval(1, MAX_ERRNO))])
def test_minus(a: IntSet, minus: IntSet) -> None:
    assert negate(a) == minus
    assert negate(minus) == a


@given(sets, sets, st.integers(MIN, MAX), st.integers(MIN, MAX))
def test_a_sum_is_never_lost(a: IntSet, b: IntSet, x: int, y: int) -> None:
    if member(x, a) and member(y, b) and MIN <= x + y <= MAX:
        assert member(x + y, added(a, b))


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_a_sum_of_two_numbers_is_exact(x: int, y: int) -> None:
    assert added(single(x), single(y)) == single(x + y)


@given(sets)
def test_a_sum_with_nothing_is_nothing(a: IntSet) -> None:
    assert added(a, EMPTY) == added(EMPTY, a) == EMPTY


@given(st.lists(st.integers(0, 5), min_size=1, max_size=4), st.integers(0, 30))
def test_counting_settles(steps: list[int], start: int) -> None:
    """A loop counter takes few different values, or each turn would be a state of its own."""
    seen = set()
    value = interval(start, start + 1)
    for turn in range(50):
        value = added(value, single(steps[turn % len(steps)]))
        seen.add(value)
    assert len(seen) <= 3


@given(numbers, numbers)
def test_intervals(lo: int, hi: int) -> None:
    assert interval(lo, hi) == (((lo, hi),) if lo <= hi else EMPTY)


@pytest.mark.parametrize("value", [MIN - 1, MAX + 1, 1 << 80, -(1 << 80)])
def test_numbers_outside_are_clamped(value: int) -> None:
    assert is_normal(single(value))
    assert is_normal(interval(value, value)) or interval(value, value) == EMPTY


def test_the_named_sets() -> None:
    assert union(NEGATIVE, NON_NEGATIVE) == ALL
    assert union(ZERO, NON_ZERO) == ALL
    assert union(ERRORS, NO_ERRORS) == ALL
    assert intersect(ERRORS, NO_ERRORS) == EMPTY
    assert union(ZERO, POSITIVE) == NON_NEGATIVE
    assert union(ZERO, single(1)) == BOOLEAN
    assert size(ERRORS) == MAX_ERRNO


@st.composite
def values_of_a_variable(draw: st.DrawFn) -> Value:
    found = draw(st.lists(st.tuples(st.integers(-1, 4), st.booleans(), sets), max_size=5))
    pieces = tuple(Piece(symbol, one, literal) for symbol, literal, one in found)
    return pieces if draw(st.booleans()) else joined(pieces, ())


@given(values_of_a_variable(), values_of_a_variable())
def test_either_of_two_values_has_one_piece_of_a_kind_in_order(a: Value, b: Value) -> None:
    kinds: dict[tuple[int, bool], IntSet] = {}
    for piece in a + b:
        key = (piece.symbol, piece.literal)
        kinds[key] = union(kinds.get(key, EMPTY), piece.values)
    expected = tuple(Piece(symbol, some, literal) for (symbol, literal), some in sorted(kinds.items()))
    assert joined(a, b) == (a if a == b else expected)
