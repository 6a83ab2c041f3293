"""What a preprocessor condition asks, and which branches of a group what is known leaves."""

from __future__ import annotations

import pytest

from kscan.dialect.conditions import groups
from kscan.dialect.scan import clean
from kscan.dialect.switches import Switches, asked, choices, narrowed

OPTION = frozenset({0, 1, 2})


@pytest.mark.parametrize(
    ("condition", "symbol", "values"),
    [
        ("defined(CONFIG_X)", "CONFIG_X", {2}),
        ("defined CONFIG_X", "CONFIG_X", {2}),
        ("defined ( CONFIG_X )", "CONFIG_X", {2}),
        ("!defined(CONFIG_X)", "CONFIG_X", {0, 1}),
        ("! defined CONFIG_X", "CONFIG_X", {0, 1}),
        ("!(defined(CONFIG_X))", "CONFIG_X", {0, 1}),
        ("!!defined(CONFIG_X)", "CONFIG_X", {2}),
        ("(!(defined(CONFIG_X)))", "CONFIG_X", {0, 1}),
        ("defined(CONFIG_X_MODULE)", "CONFIG_X", {1}),
        ("IS_ENABLED(CONFIG_X)", "CONFIG_X", {1, 2}),
        ("!IS_ENABLED(CONFIG_X)", "CONFIG_X", {0}),
        ("IS_BUILTIN(CONFIG_X)", "CONFIG_X", {2}),
        ("IS_MODULE(CONFIG_X)", "CONFIG_X", {1}),
        ("defined(DEBUG)", "defined(DEBUG)", {1}),
        ("defined DEBUG", "defined(DEBUG)", {1}),
        ("!defined(DEBUG)", "defined(DEBUG)", {0}),
        ("DEBUG", "DEBUG", {1}),
        ("!DEBUG", "DEBUG", {0}),
        ("A  ==\t3", "A == 3", {1}),
        ("!(A && B)", "A && B", {0}),
        ("(A) && (B)", "(A) && (B)", {1}),
        ("!A && B", "!A && B", {1}),
        ("!(A) && B", "!(A) && B", {1}),
        ("!defined(A) || defined(B)", "!defined(A) || defined(B)", {1}),
        ("defined(A) && defined(B)", "defined(A) && defined(B)", {1}),
        ("IS_REACHABLE(CONFIG_X)", "IS_REACHABLE(CONFIG_X)", {1}),
        ("", "", {1}),
        ("!", "!", {1}),
        ("((", "((", {1}),
    ],
)
def test_what_is_asked(condition: str, symbol: str, values: set[int]) -> None:
    found = asked(condition)
    assert (found.symbol, found.yes) == (symbol, values)
    assert not found.yes & found.no
    assert found.yes | found.no == (OPTION if symbol == "CONFIG_X" else {0, 1})


@pytest.mark.parametrize("condition", ["defined(CONFIG_X)", "IS_ENABLED(CONFIG_X)", "A > B", "!defined(Y)"])
def test_never_both(condition: str) -> None:
    yes = narrowed({}, condition, holds=True)
    assert yes is not None
    assert narrowed(yes, condition, holds=False) is None
    assert narrowed(yes, condition, holds=True) == yes


THREE = b"#if defined(CONFIG_A)\na\n#elif IS_ENABLED(CONFIG_B)\nb\n#else\nc\n#endif\n"
TWO = b"#ifdef CONFIG_A\na\n#elif defined(CONFIG_B)\nb\n#endif\n"


@pytest.mark.parametrize(
    ("text", "known", "left"),
    [
        (THREE, {}, [0, 1, 2]),
        (THREE, {"CONFIG_A": frozenset({2})}, [0]),
        (THREE, {"CONFIG_A": frozenset({0, 1})}, [1, 2]),
        (THREE, {"CONFIG_A": frozenset({0}), "CONFIG_B": frozenset({1})}, [1]),
        (TWO, {}, [0, 1, 2]),
        (TWO, {"CONFIG_A": frozenset({0}), "CONFIG_B": frozenset({1})}, [2]),
        (b"#ifdef A\na\n#elif defined(A)\nb\n#else\nc\n#endif\n", {}, [0, 2]),
    ],
)
def test_which_branches_are_left(text: bytes, known: Switches, left: list[int]) -> None:
    (group,) = groups(text, clean(text).directives)
    assert [index for index, _ in choices(group, known)] == left
