"""The laws of the algebra: whatever is simplified keeps its truth table."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.predicates import formula as f
from kscan.predicates.spelling import spell
from kscan.predicates.subject import Head, Page, Param, head, nth

PAGE = Page("page")
LEAVES = (
    f.Bit("PG_a", PAGE),
    f.Bit("PG_a", Head(PAGE)),
    f.Type("T_x", PAGE, "type >> 8"),
    f.Test((Param("flags"), " & F"), 2),
)


def formulas() -> st.SearchStrategy[f.Formula]:
    leaf: st.SearchStrategy[f.Formula] = st.sampled_from([f.TRUE, f.FALSE, *LEAVES])

    def grown(inner: st.SearchStrategy[f.Formula]) -> st.SearchStrategy[f.Formula]:
        several = st.lists(inner, max_size=4)
        return st.one_of(
            inner.map(f.negation),
            inner.map(f.Not),
            several.map(f.conjunction),
            several.map(f.disjunction),
            st.tuples(inner, inner, inner).map(lambda three: f.choice(*three)),
        )

    return st.recursive(leaf, grown, max_leaves=12)


def worlds() -> list[Callable[[f.Atom], bool]]:
    tables = [dict(zip(LEAVES, values, strict=True)) for values in itertools.product((False, True), repeat=len(LEAVES))]
    return [table.__getitem__ for table in tables]


WORLDS = worlds()


def table(formula: f.Formula) -> list[bool]:
    return [f.holds(formula, world) for world in WORLDS]


@given(formulas())
def test_double_negation_is_nothing(one: f.Formula) -> None:
    assert table(f.negation(f.negation(one))) == table(one)
    assert table(f.negation(one)) == [not value for value in table(one)]


@given(st.lists(formulas(), max_size=4))
def test_conjunction_and_disjunction_mean_all_and_any(parts: list[f.Formula]) -> None:
    tables = [table(part) for part in parts]
    assert table(f.conjunction(parts)) == [all(one[at] for one in tables) for at in range(len(WORLDS))]
    assert table(f.disjunction(parts)) == [any(one[at] for one in tables) for at in range(len(WORLDS))]


@given(st.lists(formulas(), max_size=4))
def test_de_morgan(parts: list[f.Formula]) -> None:
    turned = f.disjunction(f.negation(part) for part in parts)
    assert table(f.negation(f.conjunction(parts))) == table(turned)


@given(formulas(), formulas(), formulas())
def test_choice_takes_the_side_that_its_test_says(test: f.Formula, yes: f.Formula, no: f.Formula) -> None:
    rows = zip(table(test), table(yes), table(no), strict=True)
    assert table(f.choice(test, yes, no)) == [one if decided else other for decided, one, other in rows]


@given(formulas())
def test_rebuilding_changes_nothing(one: f.Formula) -> None:
    assert table(f.replaced(one, lambda leaf: leaf)) == table(one)


@given(formulas())
def test_constructors_are_stable(one: f.Formula) -> None:
    once = f.replaced(one, lambda leaf: leaf)
    assert f.replaced(once, lambda leaf: leaf) == once or table(once) == table(one)


A, B = f.Bit("PG_a", PAGE), f.Bit("PG_b", PAGE)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (f.conjunction(()), f.TRUE),
        (f.disjunction(()), f.FALSE),
        (f.conjunction((A, f.negation(A))), f.FALSE),
        (f.disjunction((A, f.negation(A))), f.TRUE),
        (f.conjunction((A, A)), A),
        (f.conjunction((A, f.disjunction((A, B)))), A),
        (f.disjunction((A, f.conjunction((A, B)))), A),
        (f.choice(A, f.TRUE, f.FALSE), A),
        (f.choice(A, f.FALSE, f.TRUE), f.Not(A)),
        (f.choice(A, B, B), B),
        (f.choice(A, A, f.FALSE), A),
    ],
)
def test_simple_forms(made: f.Formula, expected: f.Formula) -> None:
    assert made == expected


OFFLINE = f.Type("T_off", PAGE, "type >> 8")
FLAG = f.Test((Param("flags"), " & F"), 2)
ORDER = f.Test((Param("order"), " == 0"), 1)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (f.TRUE, "true"),
        (f.Bit("PG_a", head(PAGE)), "PG_a of head(page)"),
        (f.Bit("PG_a", nth(PAGE, 1)), "PG_a of page[1]"),
        (f.Not(A), "!(PG_a of page)"),
        (OFFLINE, "type(page) == T_off"),
        (f.Not(OFFLINE), "type(page) != T_off"),
        (f.Not(ORDER), "order != 0"),
        (f.Not(FLAG), "!(flags & F)"),
        (f.Ref("PageX", (head(PAGE), ("true",))), "PageX(head(page), true)"),
        (f.And((FLAG, f.Or((A, OFFLINE)))), "(flags & F) && (PG_a of page || type(page) == T_off)"),
        (f.Or((f.And((A, B)), ORDER)), "(PG_a of page && PG_b of page) || order == 0"),
        (f.Not(f.And((A, B))), "!(PG_a of page && PG_b of page)"),
    ],
)
def test_spelling(formula: f.Formula, text: str) -> None:
    assert spell(formula) == text


FOLIO = Page("folio", head=True)


@pytest.mark.parametrize(
    ("formula", "argument", "expected"),
    [
        (f.Bit("PG_a", Head(PAGE)), Head(Page("p")), f.Bit("PG_a", Head(Page("p")))),
        (f.Bit("PG_a", Head(PAGE)), FOLIO, f.Bit("PG_a", FOLIO)),
        (f.Bit("PG_a", nth(PAGE, 1)), nth(Page("p"), 2), f.Bit("PG_a", nth(Page("p"), 3))),
        (f.Ref("PageX", (PAGE,)), Head(Page("p")), f.Ref("PageX", (Head(Page("p")),))),
    ],
)
def test_a_caller_page_takes_the_place_of_the_parameter(
    formula: f.Formula, argument: Page | Head, expected: f.Formula
) -> None:
    assert f.bound(formula, {"page": argument}) == expected


def test_a_constant_argument_decides_its_test() -> None:
    strict = f.And((f.Test((Param("strict"),)), A))
    assert f.bound(strict, {"strict": ("true",)}) == A
    assert f.bound(strict, {"strict": ("0",)}) == f.FALSE
