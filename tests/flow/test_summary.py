"""What a summary holds and what it leaves out: steps that decide nothing, functions that say nothing."""

from __future__ import annotations

import pytest

from kscan.flow.explore import Exploration, Layout, summarize
from kscan.flow.silent import says_something
from kscan.flow.state import WARNED
from kscan.flow.steps import path_to, steps_of
from kscan.flow.summary import Summary
from kscan.flow.values import NON_ZERO, complement
from tests.toy import lowered

ERRNOS = {"EIO": 5, "EINVAL": 22, "EBUSY": 16}


def constant(word: str) -> tuple[int, bool] | None:
    return (ERRNOS[word], True) if word in ERRNOS else None


def summary(body: str, returned: str = "int") -> Summary:
    return summarize(lowered(f"{returned} f(int a, int b)\n{{\n{body}\n}}\n"), constant, returned == "bool")


def marks(found: Summary, number: int) -> list[str]:
    """The kinds of the steps that lead to a term."""
    return [mark.kind for mark in path_to(found.terms[number].last, steps_of(found))]


def steps(found: Summary) -> list[list[str]]:
    return [marks(found, number) for number in range(len(found.terms))]


def test_a_test_with_nothing_behind_it_is_no_step() -> None:
    assert steps(summary("if (a) log(b); return -EIO;")) == [["return"]]


def test_a_test_behind_which_a_value_changes_is_a_step() -> None:
    assert sorted(steps(summary("int r = 0; if (a) r = -EIO; return r;"))) == [
        ["set", "test", "return"],
        ["set", "test", "set", "return"],
    ]


def test_many_tests_with_nothing_behind_them_do_not_make_a_function_too_long() -> None:
    tests = " ".join(f"if (a & {1 << bit}) log({bit});" for bit in range(24))
    found = summary(f"{tests} return -EIO;")
    assert found.complete
    assert steps(found) == [["return"]]


def test_a_warning_is_a_step_even_with_nothing_behind_it() -> None:
    terms = summary("int r = g(a); if (WARN_ON(r)) log(b); return r;").terms
    assert sorted((term.values == ((0, 0),), term.cost >= WARNED) for term in terms) == [(False, True), (True, False)]


@pytest.mark.parametrize(
    ("condition", "doubtful"),
    [
        ("WARN_ON(a)", [-22]),
        ("WARN_ON(!a)", [-22]),
        ("!WARN_ON(a)", [0]),
        ("!WARN_ON(!a)", [0]),
        ("WARN_ON_ONCE(!(a & 3))", [-22]),
        ("WARN_ON(a && b)", [-22]),
        ("WARN_ON(a || b)", [-22]),
        ("WARN_ON(!(a && b))", [-22]),
        ("WARN_ON(!(a || b))", [-22]),
        ("WARN_ON(!a && !b)", [-22]),
        ("a && WARN_ON(!b)", [-22]),
    ],
)
def test_only_the_way_over_the_warning_is_doubtful(condition: str, doubtful: list[int]) -> None:
    terms = summary(f"if ({condition}) return -EINVAL; return 0;").terms
    assert sorted({term.values[0][0] for term in terms if term.cost >= WARNED}) == doubtful


def test_the_zero_of_a_bool_function_stays_that_of_its_callee() -> None:
    found = summary("bool r = g(a); if (!r) log(b); return r;", "bool")
    assert [found.symbols[term.symbol].text for term in found.terms if term.values == ((0, 0),)] == ["g"]


REMAP = "int r = g(a); if (r == -EIO) r = -EINVAL; use(r);"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("g(a);", False),
        ("int r = g(a); if (r) log(r);", False),
        ("int r = 0; if (a) r = -EINVAL; use(r);", False),
        ("int r = g(a); if (r < 0) r = 0; use(r);", False),
        ("int r = g(a); r = b; use(r);", False),
        (REMAP, True),
        ("int s = -EINVAL; int r = g(a); if (r == -EIO) r = -s; use(r);", True),
        ("if (a) return; int r = g(a); if (r == -EIO) r = min(-EINVAL, b); use(r);", True),
    ],
)
def test_a_void_function_says_something_only_where_an_errno_may_replace_a_result(body: str, says: bool) -> None:
    assert says_something(lowered(f"void f(int a, int b)\n{{\n{body}\n}}\n"), constant) is says


def test_a_remap_in_a_void_function_is_found() -> None:
    found = summary(REMAP, "void")
    assert [(fact.source, fact.target) for fact in found.remaps] == [(((-5, -5),), -22)]
    assert found.terms == ()


def test_a_function_that_returns_is_never_silent() -> None:
    assert says_something(lowered("int f(void)\n{\n\treturn 0;\n}\n"), constant)


def test_what_many_cases_of_a_switch_need_is_one_alternative() -> None:
    cases = "\n".join(f"case {2 * number}:" for number in range(300))
    found = summary(f"switch (a) {{ {cases} return 1; default: return 0; }}")
    first, other = found.terms
    even = tuple((2 * number, 2 * number) for number in range(300))
    assert (other.values, [values for ((_, values),) in other.needs]) == (((1, 1),), [even])
    assert [values for ((_, values),) in first.needs] == [complement(even)]
    assert marks(found, 1) == ["case", "return"]


def test_a_way_that_needs_less_takes_the_place_of_one_that_needs_more() -> None:
    (term, _) = summary("if (b == 3) { if (a) return -EIO; } if (a) return -EIO; return 0;").terms
    assert [values for ((_, values),) in term.needs] == [NON_ZERO]
    (term, _) = summary("if (a == 1) return -EIO; if (a > 7) return -EIO; if (b == 3) return -EIO; return 0;").terms
    assert len(term.needs) == 3


def test_the_path_shown_is_the_shortest_whatever_it_needs() -> None:
    found = summary("if (a == 1) return -EIO; if (b) log(b); if (a == 1 || a == 2) return -EIO; return 0;")
    assert marks(found, 0) == ["test", "return"]


def walked(cases: int) -> int:
    """The instructions of all paths through a dispatcher with that many ways in front of fifty tests."""
    ways = "".join(f"case {n}: r = f{n}(b); break;\n" for n in range(cases))
    tests = "".join(f"if (b == {n}) log{n}(r = r ? r : h{n}(b));\n" for n in range(50))
    code = lowered(f"int f(int a, int b)\n{{\nint r = 0;\nswitch (a) {{\n{ways}}}\n{tests}return r;\n}}\n")
    exploration = Exploration(Layout(code), constant)
    exploration.run()
    assert exploration.complete
    return exploration.walked


def test_what_comes_late_to_a_join_is_walked_once_for_all() -> None:
    assert walked(80) - walked(40) < 40 * 10
