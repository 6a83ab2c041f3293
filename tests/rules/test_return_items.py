"""Return sections completed, and items taken off, in the style that is there; what is no clean list is left alone."""

from __future__ import annotations

import pytest

from kscan.facts.errno import read_errnos
from kscan.facts.kerneldoc import read_doc
from kscan.facts.returntext import read_return_text
from kscan.model.edit import Fix
from kscan.model.facts import Function
from kscan.model.flow import Outcome, ReturnSet
from kscan.model.result import FunctionRow
from kscan.model.span import Span
from kscan.report.diff import apply
from kscan.rules.return_items import completed, items, without

ERRNOS = read_errnos(
    {
        "include/uapi/asm-generic/errno.h": "#define EIO 5 /* It broke */\n#define EBUSY 16 /* IO in use */\n"
        "#define ENOMEM 12\n#define EXDEV 18 /* Two of them */\n"
    }
)
FILE = "x.c"


def comment(section: str, margin: str = " * ") -> bytes:
    lines = [
        "/**",
        " * f() - do it",
        " *",
        *(f"{margin}{line}".rstrip() for line in section.split("\n")),
        " *",
        " * Bye.",
    ]
    return "\n".join([*lines, " */", ""]).encode()


def row(data: bytes, values: str = "0 -EIO") -> FunctionRow:
    doc = read_doc(data, 0, len(data.rstrip()))
    function = Function("f", FILE, 500, 999, 504, 520, "int", (), "global", doc=doc)
    outcomes = tuple(Outcome(value, 0, 0) for value in values.split())
    return FunctionRow(function, ReturnSet("f", Span(FILE, 500, 999), True, outcomes))


def section(fix: Fix | None, data: bytes) -> str:
    assert fix is not None
    after = apply(data, fix.edits).decode()
    return after.split(" *\n", 1)[1].rsplit(" *\n", 1)[0]


@pytest.mark.parametrize(
    ("before", "added", "after", "grade"),
    [
        ("Return:\n* %0 - done\n* %-EIO - cut", ["-EBUSY"], " * * %-EBUSY - IO in use\n", "safe"),
        (
            "Return:\n* %0 - done\n* %-EIO - cut",
            ["-EBUSY", "-EXDEV"],
            " * * %-EBUSY - IO in use\n * * %-EXDEV - two of them\n",
            "safe",
        ),
        ("Return:\n* %0 - done\n* %-EIO - cut\n  in two", ["-EBUSY"], " * * %-EBUSY - IO in use\n", "safe"),
        ("Return:\n* %0 - done\n* %-EIO - cut", ["-ENOMEM"], " * * %-ENOMEM - ...\n", "show"),
        ("Return:\n- 0: done\n- -EIO: cut", ["-EBUSY"], " * - -EBUSY: IO in use\n", "safe"),
        ("Return:\n0\t- done\n-EIO\t- cut", ["-EBUSY"], " * -EBUSY\t- IO in use\n", "safe"),
        ("Return:\n  %0 = done\n  %-EIO = cut", ["-EBUSY"], " *   %-EBUSY = IO in use\n", "safe"),
        ("Return:\n* ``0`` - done\n* ``-EIO`` - cut", ["-EBUSY"], " * * ``-EBUSY`` - IO in use\n", "safe"),
        (
            "Return:\n* NULL - done\n* ERR_PTR(-EIO) - cut",
            ["ERR_PTR(-EBUSY)"],
            " * * ERR_PTR(-EBUSY) - IO in use\n",
            "safe",
        ),
        ("Return:\n* a frob - done\n* %-EIO - cut", ["ERR_PTR(-EBUSY)"], " * * %-EBUSY - IO in use\n", "safe"),
    ],
)
def test_a_line_is_added_behind_the_last(before: str, added: list[str], after: str, grade: str) -> None:
    data = comment(before)
    fix = completed(row(data), data, read_return_text("", ERRNOS), added, ERRNOS)
    assert fix is not None and fix.grade == grade
    assert section(fix, data) == "".join(f" * {line}\n" for line in before.split("\n")) + after


def test_a_constant_goes_before_the_errnos() -> None:
    data = comment("Return:\n* %-EIO - cut\n* %-EBUSY - in use")
    fix = completed(row(data), data, read_return_text("", ERRNOS), ["0"], ERRNOS)
    assert section(fix, data).splitlines()[:3] == [" * Return:", " * * %0 - success", " * * %-EIO - cut"]


@pytest.mark.parametrize(
    "text",
    [
        "Return: 0 on success, -EIO when cut.",
        "Return:\n0 on success, -EIO when cut.",
        "Return:\n* 0 on success,\n* -EIO when cut.",
        "Return:\n* %0 - done or\n* %-EIO - cut",
        "Return:\n* %0 - done, -EIO when not",
        "Return: %0 - done",
    ],
)
def test_what_is_no_list_has_no_items(text: str) -> None:
    data = comment(text)
    assert items(row(data).function, data) == []


def test_prose_becomes_a_list() -> None:
    data = comment("Return: 0 when done,\n        -EIO when cut.")
    said = read_return_text("0 when done,\n        -EIO when cut.", ERRNOS)
    fix = completed(row(data, "0 -EIO -EBUSY"), data, said, ["-EBUSY"], ERRNOS)
    assert fix is not None and fix.grade == "show"
    assert section(fix, data) == (" * Return:\n * * %0 - when done\n * * %-EIO - when cut\n * * %-EBUSY - IO in use\n")


@pytest.mark.parametrize("text", ["Return:\n* 0 on success,\n* -EIO when cut.", "Return: as *grab()* does\n- really"])
def test_a_list_of_another_kind_is_left_alone(text: str) -> None:
    data = comment(text)
    said = read_return_text(text, ERRNOS)
    assert completed(row(data), data, said, ["-EBUSY"], ERRNOS) is None


def test_odd_margins_are_left_alone() -> None:
    data = comment("Return: 0 when done,\n-EIO when cut.", margin="\t")
    assert completed(row(data), data, read_return_text("0 or -EIO", ERRNOS), ["-EBUSY"], ERRNOS) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Return:\n* %0 - done\n* %-EIO - cut\n* %-EXDEV - two\n  of them",
            " * Return:\n * * %0 - done\n * * %-EIO - cut\n",
        ),
        ("Return:\n* %-EXDEV - two\n* %0 - done", " * Return:\n * * %0 - done\n"),
    ],
)
def test_an_item_is_taken_off_whole(before: str, after: str) -> None:
    data = comment(before)
    fix = without(row(data).function, data, "-EXDEV")
    assert fix is not None and fix.grade == "review"
    assert section(fix, data) == after


def test_an_errno_in_the_text_of_another_is_not_taken_off() -> None:
    data = comment("Return:\n* %0 - done\n* %-EIO - cut, or -EXDEV")
    assert without(row(data).function, data, "-EXDEV") is None
