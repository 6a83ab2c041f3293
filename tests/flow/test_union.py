"""The laws of one summary for several variants: nothing is lost, nothing is mixed up, and the order tells nothing."""

from __future__ import annotations

import pytest

from kscan.flow.summary import Summary, Symbol, Term
from kscan.flow.union import united
from kscan.flow.values import ERRORS, ZERO, single

CALL = Symbol("call", "grab", 10, 16)
OTHER = Symbol("call", "grab", 30, 36)
PARAM = Symbol("param", "a", index=0)


def term(symbol: int, *needs: int) -> Term:
    return Term(symbol, ERRORS, False, (tuple((number, ZERO) for number in needs),))


FIRST = Summary((CALL, PARAM), (term(0, 1),))
SECOND = Summary((OTHER, PARAM, CALL), (term(0, 1), term(2)))
LOOP = Summary((CALL, CALL), (term(0), term(1, 0)))
PLAIN = Summary((), (Term(-1, single(-5), False, ((),)),))


def meaning(summary: Summary) -> set[object]:
    """The terms with the symbols they speak of; an equal symbol further down is told apart."""
    seen = [(symbol, summary.symbols[:at].count(symbol)) for at, symbol in enumerate(summary.symbols)]
    named = [*seen, None]
    return {
        (named[one.symbol], one.values, frozenset((named[number], values) for number, values in needs))
        for one in summary.terms
        for needs in one.needs
    }


@pytest.mark.parametrize("one", [FIRST, SECOND, LOOP, PLAIN])
def test_one_is_itself(one: Summary) -> None:
    assert united([one]) is one
    assert united([one, one]) == one


@pytest.mark.parametrize("a", [FIRST, SECOND, LOOP, PLAIN])
@pytest.mark.parametrize("b", [FIRST, SECOND, LOOP, PLAIN])
def test_all_of_both(a: Summary, b: Summary) -> None:
    both = united([a, b])
    assert meaning(both) == meaning(a) | meaning(b) == meaning(united([b, a]))


def test_equal_symbols_are_one() -> None:
    both = united([FIRST, SECOND])
    assert both.symbols == (CALL, PARAM, OTHER)
    assert [(one.symbol, one.needs) for one in both.terms] == [
        (0, (((1, ZERO),),)),
        (0, ((),)),
        (2, (((1, ZERO),),)),
    ]


def test_a_gap_or_a_cut_walk_in_one_is_one_of_all() -> None:
    gap = (3, "why")
    both = united([FIRST, Summary((), (), complete=False, gaps=(gap,)), Summary((), (), gaps=(gap,))])
    assert not both.complete
    assert both.gaps == (gap,)
