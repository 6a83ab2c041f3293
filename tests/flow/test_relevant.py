"""Which variables are followed, and where they are needed."""

from __future__ import annotations

import pytest

from kscan.flow.relevant import live_before, tracked_variables
from tests.toy import lowered


def tracked(body: str, focus: str = "") -> set[str]:
    text = f"int f(int a, int b)\n{{\n{body}\n}}\n"
    return set(tracked_variables(lowered(text), text.index(focus) if focus else -1))


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("return a;", set()),
        ("a = 1; return a;", {"a"}),
        ("int r = 0, s = 1; g(s); return r;", {"r"}),
        ("int r, s = 1; r = s; return r;", {"r", "s"}),
        ("int r; r = -EIO; return (long)r;", {"r"}),
        ("int r = g(a); return h(r);", set()),
        ("void *p = g(a); return PTR_ERR(p);", {"p"}),
        ("void *p = g(a); return PTR_ERR_OR_ZERO(p);", {"p"}),
        ("int r = 0; g(&r); return r;", {"r"}),
        ("bool seen = false; if (a) seen = true; if (seen) return 1; return 0;", {"seen"}),
        ("int r = 0; int *p = &r; g(p); return r;", set()),
    ],
)
def test_what_reaches_a_return_or_a_test_is_tracked(body: str, names: set[str]) -> None:
    assert names <= tracked(body)
    assert tracked(body) - names <= {"s"}


def test_the_result_of_a_call_in_focus_is_tracked() -> None:
    body = "int r = g(a); int s = r; if (s < 0) h(); return 0;"
    assert {"r", "s"} <= tracked(body, "g(a)")


def test_a_variable_is_live_until_it_is_used_for_the_last_time() -> None:
    code = lowered("int f(int a)\n{\n\tint r = 1;\n\tg();\n\treturn r;\n}\n")
    live = live_before(code, ("r",))
    assert live == [0, 1, 1, 0]


def test_a_variable_used_in_the_next_turn_is_live() -> None:
    code = lowered("int f(int a)\n{\n\tint r = 1;\n\twhile (a) {\n\t\tif (r) g();\n\t\tr = a;\n\t}\n\treturn 0;\n}\n")
    assert live_before(code, ("r",))[1]
