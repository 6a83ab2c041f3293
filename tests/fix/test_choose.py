"""Which fixes are made together."""

from __future__ import annotations

import pytest

from kscan.fix.choose import choose
from kscan.model.edit import Edit, Fix, Grade
from kscan.model.finding import Finding
from kscan.model.span import Span

LEFT = "x.c: f() [r]: its fix overlaps another one and was left out; run again for it"


def finding(grade: Grade, *edits: tuple[int, int, str]) -> Finding:
    made = tuple(Edit(Span("x.c", start, end), text) for start, end, text in edits)
    return Finding("r", "note", "docs", Span("x.c", 0, 1), "f", "m", "s", fix=Fix("t", grade, made, (("x.c", "b"),)))


@pytest.mark.parametrize(("grade", "taken"), [("safe", 1), ("review", 2), ("show", 3)])
def test_grades(grade: Grade, taken: int) -> None:
    some = [finding("show", (0, 1, "")), finding("safe", (2, 3, "")), finding("review", (4, 5, ""))]
    assert len(choose(some, grade).findings) == taken


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ((0, 5, "a"), (5, 9, "b"), True),
        ((0, 5, "a"), (4, 9, "b"), False),
        ((0, 9, "a"), (4, 5, "b"), False),
        ((0, 5, "a"), (0, 5, "a"), True),
        ((0, 5, "a"), (0, 5, "b"), False),
        ((3, 3, "a"), (3, 3, "b"), False),
        ((3, 3, "a"), (3, 3, "a"), True),
        ((3, 3, "a"), (3, 5, "b"), True),
        ((4, 4, "a"), (3, 5, "b"), False),
    ],
)
def test_of_two_that_overlap_the_first_is_made(
    one: tuple[int, int, str], other: tuple[int, int, str], both: bool
) -> None:
    first, second = finding("safe", one), finding("safe", other)
    choice = choose([first, second], "safe")
    assert choice.findings == ((first, second) if both else (first,))
    assert choice.left == (
        () if both else ("x.c: f() [r]: its fix overlaps another one and was left out; run again for it",)
    )
    assert choice.made_for == {"x.c": "b"}


def test_a_shared_edit_is_made_once() -> None:
    assert len(choose([finding("safe", (0, 1, "a")), finding("safe", (0, 1, "a"))], "safe").edits) == 1
