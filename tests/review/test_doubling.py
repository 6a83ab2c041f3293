"""A patch whose macros and functions double: each uses the one before twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.review.series import Series

pytest.importorskip("z3")
CALLER = "\nint lamp(struct page *p)\n{{\n\tif ({name}(p))\n\t\treturn -EINVAL;\n\treturn 0;\n}}\n"
FIRST = "#define D0(p) lit(p)\n"
MACROS = FIRST + "".join(f"#define D{n + 1}(p) (D{n}(p) && D{n}(p))\n" for n in range(24))
FUNCTIONS = "".join(
    f"static inline bool d{n + 1}(struct page *p)\n{{\n\treturn d{n}(p) || d{n}(p);\n}}\n" for n in range(24)
)


@pytest.mark.parametrize(
    "text",
    [
        f"struct page;\n{MACROS}{CALLER.format(name='D24')}",
        f"struct page;\nstatic inline bool d0(struct page *p)\n{{\n\treturn p->lit;\n}}\n{FUNCTIONS}"
        f"{CALLER.format(name='d24')}",
    ],
    ids=["macros", "functions"],
)
def test_it_comes_to_an_end_and_that_is_said(tmp_path: Path, text: str) -> None:
    result = Series(tmp_path, {"none.c": "\nint none;\n"}).patch(lamp=text).review()
    assert [gap.reason for gap in result.gaps if gap.function == "lamp"] == [
        "more than 2000 macros and functions are read into its guards: these are not compared"
    ]
