"""Random programs, run for every input: no outcome may be missing, and in simple programs none may be made up."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from pytest import TempPathFactory

from kscan.model.flow import ReturnSet
from tests.flow.programs import Function, functions
from tests.toy import Toy

ROUNDS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("toy"))


def missing(found: ReturnSet, function: Function) -> set[int]:
    """What the function returned in some run and the set has no outcome for."""
    return {n for n in function.outcomes() if not any(one.lo <= n <= one.hi for one in found.outcomes)}


@ROUNDS
@given(function=functions())
def test_no_outcome_is_missing(toy: Toy, function: Function) -> None:
    assert missing(toy.c(function.c()).returns(), function) == set(), function.c()


def asks_a_flag_again(text: str) -> bool:
    """Whether some bit of a parameter is tested in two places; pinned as branches/same-flag-twice."""
    return text.count(" & ") > 1


@ROUNDS
@given(function=functions(simple=True).filter(lambda function: not asks_a_flag_again(function.c())))
def test_simple_programs_are_exact(toy: Toy, function: Function) -> None:
    found = toy.c(function.c()).returns()
    assert missing(found, function) == set(), function.c()
    assert found.closed
    assert {one.lo for one in found.outcomes} == function.outcomes(), function.c()


def test_an_outcome_stands_for_all_numbers_that_are_spelt_as_it_is(toy: Toy) -> None:
    found = toy.c(
        "int f(int a)\n{\n\tint r = a;\n\n\tif (r <= -12)\n\t\ta = 1;\n\treturn r < 0 ? r : 7;\n}\n"
    ).returns()
    assert [(one.value, one.hi) for one in found.outcomes] == [("7", 7), ("negative", -1)]
