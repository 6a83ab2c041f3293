"""Tables: nothing is cut off, and nothing in a cell is taken for markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.report.located import LocatedPredicate, PredicatesReport
from kscan.report.table import _drawn, table
from kscan.report.tables import Screen, predicates

LONG = "ERR_PTR(-ENOTRECOVERABLE) " * 20


def test_a_pipe_gets_every_value_on_one_line() -> None:
    shown = table(("value", "where"), [(LONG.strip(), "x" * 300)], None, False)
    assert shown.splitlines()[1] == f"{LONG.strip()}  {'x' * 300}"


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9), st.text("a \t漢é\u0301👍\udc80", max_size=9))))
def test_a_pipe_gets_what_a_very_wide_terminal_does(rows: list[tuple[str, ...]]) -> None:
    head = ("one", "the second", "3")
    assert table(head, rows, None, False) == _drawn(head, rows, None, False)


def test_a_narrow_terminal_gets_every_letter_on_several() -> None:
    shown = table(("value", "where"), [("ERR_PTR(-ENOTRECOVERABLE)" * 4, "mm/x.c:1")], 40, False)
    assert max(map(len, shown.splitlines())) <= 40
    assert "".join(shown.split()).count("ENOTRECOVERABLE") >= 1
    assert sum(map(shown.count, "TRECOVABL")) >= 4 * len("TRECOVABL")
    assert "…" not in shown


def test_cells_are_no_markup_and_hold_no_control_characters() -> None:
    shown = table(("a",), [("[bold]x[/bold] :smile: \x1b[31m",)], None, False)
    assert shown == "a\n[bold]x[/bold] :smile: \\x1b[31m\n"


def test_colour_on_request() -> None:
    assert "\x1b[32mdistinguished" in table(("a",), [("distinguished",)], 80, True)
    assert "\x1b" not in table(("a",), [("distinguished",)], 80, False)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (("defined(A)", "!defined(B)"), "defined(A) && !defined(B)"),
        (("defined A || defined B", "!defined(C)"), "(defined A || defined B) && !defined(C)"),
        (("defined(A)", "!(defined(B) || C)"), "defined(A) && !(defined(B) || C)"),
        (("defined A || defined B",), "defined A || defined B"),
    ],
)
def test_a_choice_among_conditions_keeps_together(config: tuple[str, ...], said: str) -> None:
    one = LocatedPredicate("PageX", ("page",), "flag", "", "PG_x", "PG_x", True, (), (), config, "", "a.h", 1)
    cells = re.split(r" {2,}", predicates(PredicatesReport("linux", (one,), ()), Screen()).splitlines()[1])
    assert said in cells
