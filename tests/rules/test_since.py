"""Who is who in two trees, and which findings are new."""

from __future__ import annotations

import pytest

from kscan.model.facts import Function
from kscan.model.finding import Finding
from kscan.model.span import Span
from kscan.rules.since import Place, Text, names, unmatched

NOBODY = names([], [])


def texts(*rows: tuple[str, str, str]) -> list[Text]:
    """Rows of file, name and text."""
    return [(Function(name, file, 0, len(text), 0, 0, "int", (), "global"), text.encode()) for file, name, text in rows]


def finding(function: str = "f", subject: str = "-EIO", file: str = "a.c", rule: str = "r", at: int = 0) -> Finding:
    return Finding(rule, "note", "docs", Span(file, at, at + 1), function, "m", subject)


@pytest.mark.parametrize(
    ("before", "after", "was"),
    [
        ([("a.c", "f", "f(1)")], [("a.c", "g", "g(1)")], Place("a.c", "f")),
        ([("a.c", "f", "f(1)")], [("b.c", "g", "g( 1)")], Place("b.c", "g")),
        ([("a.c", "f", "f (1)")], [("b.c", "g", "g  (1)")], Place("a.c", "f")),
        ([("a.c", "f", "f(1)")], [("a.c", "f", "f(1)"), ("a.c", "g", "g(1)")], Place("a.c", "g")),
        ([("a.c", "f", "f(1)"), ("a.c", "e", "e(1)")], [("a.c", "g", "g(1)")], Place("a.c", "g")),
        ([("a.c", "f", "f(1)")], [("a.c", "g", "g(1)"), ("a.c", "h", "h(1)")], Place("a.c", "g")),
        ([("a.c", "g", "g(1)")], [("b.c", "g", "g(2)")], Place("a.c", "g")),
        ([("a.c", "g", "g(1)")], [("b.c", "g", "g(2)"), ("a.c", "x", "x()")], Place("b.c", "g")),
    ],
)
def test_who_g_was(before: list[tuple[str, str, str]], after: list[tuple[str, str, str]], was: Place) -> None:
    now = next(Place(file, name) for file, name, _ in after if name == "g")
    assert names(texts(*before), texts(*after)).place(now) == was


def test_a_file_is_called_as_most_of_its_functions_were() -> None:
    known = names(texts(("a.c", "f", "f()"), ("a.c", "g", "g()")), texts(("b.c", "f", "f()"), ("b.c", "g", "g()")))
    assert (known.file("b.c"), known.file("c.c")) == ("a.c", "c.c")
    assert known.place(Place("b.c", "")) == Place("a.c", "")


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ([], [finding()], 1),
        ([finding()], [finding(at=99)], 0),
        ([finding()], [finding(), finding(at=9)], 1),
        ([finding(), finding(at=9)], [finding()], 0),
        ([finding(rule="q")], [finding()], 1),
        ([finding(subject="-EBUSY")], [finding()], 1),
        ([finding(file="b.c")], [finding()], 1),
        ([finding(function="")], [finding(function="")], 0),
    ],
)
def test_findings_that_moved_are_not_new(before: list[Finding], after: list[Finding], new: int) -> None:
    found = unmatched(after, before, NOBODY)
    assert found == after[len(after) - new :]


def test_a_new_name_in_the_subject_is_the_old_one_before() -> None:
    known = names(texts(("a.c", "f", "f(1)")), texts(("a.c", "g", "g(1)")))
    assert unmatched([finding("g", "g of g")], [finding("f", "f of f")], known) == []
    assert unmatched([finding("g", "-EIO")], [finding("f", "-EBUSY")], known) != []
