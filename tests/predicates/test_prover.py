"""The prover agrees with a table of all worlds, and its witnesses are worlds in which the claim fails."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kscan.model.proof import Relation
from kscan.predicates import formula as f
from kscan.predicates.prover import against, ask, refute
from kscan.predicates.subject import Head, Page, Param

PAGE = Page("p")
WORD = "page_type >> 24"
NUMBERS = {"A": 1, "B": 2, "C": 3, "F": 4, "G": 6, "M": 0xFF}
BITS = (f.Bit("x", PAGE), f.Bit("y", PAGE))
TYPES = tuple(f.Type(name, PAGE, WORD) for name in "ABC")
RELATIONS = get_args(Relation)


class Constants:
    """Names and numbers without a tree."""

    def number(self, name: str) -> int | None:
        return NUMBERS.get(name)

    def same_as(self, name: str) -> str:
        return name

    def tail(self, subject: object) -> f.Formula | None:
        return None


def formulas() -> st.SearchStrategy[f.Formula]:
    leaf: st.SearchStrategy[f.Formula] = st.sampled_from([f.TRUE, f.FALSE, *BITS, *TYPES])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            inner.map(f.negation),
            st.lists(inner, max_size=3).map(f.conjunction),
            st.lists(inner, max_size=3).map(f.disjunction),
        ),
        max_leaves=8,
    )


def worlds() -> list[dict[f.Atom, bool]]:
    """All combinations of bits, with one type or none."""
    return [
        {**dict(zip(BITS, bits, strict=True)), **{one: one == kind for one in TYPES}}
        for bits in itertools.product((False, True), repeat=len(BITS))
        for kind in (*TYPES, None)
    ]


WORLDS = worlds()


@settings(max_examples=60, deadline=None)
@given(formulas(), formulas(), st.sampled_from(RELATIONS))
def test_a_verdict_is_what_all_worlds_say(left: f.Formula, right: f.Formula, relation: Relation) -> None:
    fails = [world for world in WORLDS if f.holds(against(left, relation, right), world.__getitem__)]
    answer = ask(Constants(), left, relation, right)
    assert answer.verdict == ("not proved" if fails else "proved")
    assert bool(answer.witness) == bool(fails)


CONDITIONS = [
    ("->n & F", "->n", "implies", "proved"),
    ("->n & F", "->n & G", "implies", "proved"),
    ("->n & G", "->n & F", "implies", "not proved"),
    ("->n == A", "->n == B", "disjoint", "proved"),
    ("->n == A", "->m == B", "disjoint", "not proved"),
    ("->n < A", "->n == A", "disjoint", "proved"),
    ("->n < 0", "->n == A", "disjoint", "proved"),
    ("->n < 0", "!0", "disjoint", "open"),
    ("->n > A", "->n != 0", "implies", "proved"),
    ("->n != 0", "->n >= A", "implies", "open"),
    ("->page_type < 0", "!0", "disjoint", "proved"),
    ("(unsigned int)->n < 0", "!0", "disjoint", "proved"),
    ("(int)->n < 0", "!0", "disjoint", "not proved"),
    ("(int)->n < 0", "(int)->n > 3", "disjoint", "proved"),
    ("->page_type >> 24 == M", "(int)->page_type < 0", "implies", "proved"),
    ("->n & ~F", "->n == F", "disjoint", "proved"),
    ("->n - 1 < A", "->n == A", "equals", "open"),
    ("(unsigned int)->n - 1 < A", "(unsigned int)->n == A", "equals", "proved"),
    ("->n & BIT(3)", "->n & 8", "equals", "proved"),
    ("->n << 1 == 2", "->n == 1", "implies", "not proved"),
    ("!->n", "->n == 0", "equals", "proved"),
    ("->n == UNKNOWN", "->n == A", "disjoint", "open"),
    ("f(->n)", "!0", "disjoint", "open"),
]


def condition(text: str) -> f.Formula:
    """A condition on members of the page, each written after an arrow."""
    parts = text.split("->")
    spelt: list[str | Page] = [parts[0]]
    for part in parts[1:]:
        spelt += [PAGE, f"->{part}"]
    return f.Field(tuple(one for one in spelt if one != ""), 1)


@pytest.mark.parametrize(("left", "right", "relation", "verdict"), CONDITIONS)
def test_conditions_are_c_arithmetic(left: str, right: str, relation: Relation, verdict: str) -> None:
    assert ask(Constants(), condition(left), relation, condition(right)).verdict == verdict


def test_parameters_are_free_and_configuration_is_too() -> None:
    flags = f.Test((Param("flags"), " & F"), 2)
    assert ask(Constants(), flags, "implies", f.Test((Param("flags"), " & G"), 2)).verdict == "proved"
    option = f.Test(("IS_ENABLED(CONFIG_X)",))
    assert ask(Constants(), option, "implies", flags).verdict == "not proved"


def test_a_typed_page_is_a_head_only_when_that_is_assumed() -> None:
    claim = f.conjunction((TYPES[0], f.Type("B", Head(PAGE), WORD)))
    assert refute(Constants(), claim).verdict == "not proved"
    assumed = refute(Constants(), claim, typed_are_heads=True)
    assert assumed.verdict == "proved"
    assert "a page that has a type is no tail page (assumed)" in assumed.facts


def test_a_flag_word_as_a_whole_and_its_bits_are_not_mixed_up() -> None:
    whole = f.Field((PAGE, "->flags == M"), 1)
    assert ask(Constants(), whole, "implies", BITS[0]).verdict == "open"
    assert ask(Constants(), whole, "disjoint", f.Field((PAGE, "->flags == A"), 1)).verdict == "proved"
