"""Statements and parameters taken out of the text: what goes, and what keeps a parameter where it is."""

from __future__ import annotations

import pytest

from kscan.facts.extract import extract
from kscan.model.facts import Function
from kscan.model.source import Source
from kscan.model.span import Span
from kscan.report.diff import apply
from kscan.rules.dropping import CannotDrop, joined, without_parameter, without_statement

GUARD = b"if (x)\n\t\treturn 0;"
STATEMENTS = [
    (b"{\n\tif (x)\n\t\treturn 0;\n\n\ty();\n}\n", b"{\n\ty();\n}\n"),
    (b"{\n\tint a;\n\n\tif (x)\n\t\treturn 0;\n\n\ty();\n}\n", b"{\n\tint a;\n\n\ty();\n}\n"),
    (b"{\n\tint a;\n\n\t/* why */\n\tif (x)\n\t\treturn 0;\n\ty();\n}\n", b"{\n\tint a;\n\n\ty();\n}\n"),
    (b"{\n\ty();\n\t/*\n\t * why\n\t */\n\tif (x)\n\t\treturn 0;\n\n\tz();\n}\n", b"{\n\ty();\n\n\tz();\n}\n"),
    (b"{\n\ty();\n\t/* other */\n\n\tif (x)\n\t\treturn 0;\n\tz();\n}\n", b"{\n\ty();\n\t/* other */\n\n\tz();\n}\n"),
]


@pytest.mark.parametrize(("before", "after"), STATEMENTS)
def test_a_statement_goes_with_its_comment_and_one_blank_line(before: bytes, after: bytes) -> None:
    at = before.index(GUARD)
    assert apply(before, [without_statement(before, Span("f.c", at, at + len(GUARD)))]) == after


DROPPED = [
    ("static int f(int a, int n)\n{\n}\n", "static int f(int a)\n{\n}\n"),
    ("static int f(int n)\n{\n}\n", "static int f(void)\n{\n}\n"),
    ("static int f(int n, int a)\n{\n}\n", "static int f(int a)\n{\n}\n"),
    ("static int f(int a,\n\t     int n,\n\t     int b)\n{\n}\n", "static int f(int a,\n\t     int b)\n{\n}\n"),
    (
        "static int f(int a, int n);\nstatic int f(int a, int n)\n{\n}\n",
        "static int f(int a);\nstatic int f(int a)\n{\n}\n",
    ),
    (
        "static int f(int a, int n)\n{\n}\nint g(void)\n{\n\treturn f(x(1, 2), p->n | 4); /* f(1, 2) */\n}\n",
        "static int f(int a)\n{\n}\nint g(void)\n{\n\treturn f(x(1, 2)); /* f(1, 2) */\n}\n",
    ),
    (
        "static int f(int n)\n{\n}\nint g(void)\n{\n\treturn f(3);\n}\n",
        "static int f(void)\n{\n}\nint g(void)\n{\n\treturn f();\n}\n",
    ),
    (
        "/**\n * f() - x\n * @a: one\n * @n: two,\n *     more\n * @b: four\n */\nint f(int a, int n, int b)\n{\n}\n",
        "/**\n * f() - x\n * @a: one\n * @b: four\n */\nint f(int a, int b)\n{\n}\n",
    ),
]
KEPT = [
    "static int f(int a, int n)\n{\n}\nint g(struct s *s)\n{\n\treturn s->f(1, 2);\n}\n",
    "static int f(int a, int n)\n{\n}\n#ifdef X\n#else\nstatic int f(int a, int n)\n{\n\treturn n;\n}\n#endif\n",
    "static int f(int a, int n)\n{\n}\nint (*p)(int, int) = f;\n",
    "static int f(int a, int n)\n{\n}\nint g(void)\n{\n\treturn f(1, count++);\n}\n",
    "static int f(int a, int n)\n{\n}\nint g(void)\n{\n\treturn f(1, next());\n}\n",
    "static int f(int a, int n)\n{\n}\n#define F(x) f(x, 0)\n",
    "static int f(int a, int n)\n{\n}\nint g(void)\n{\n\tregister_op(f);\n}\n",
    "static int f(int a, int n)\n{\n}\nint g(void)\n{\n\treturn f(1, x = 2);\n}\n",
]


def dropping(text: str) -> bytes:
    """``text`` without parameter n of its function f."""
    data = text.encode()
    function: Function = next(one for one in extract(Source("f.c", data)).functions if one.name == "f")
    index = [param.name for param in function.params].index("n")
    return apply(data, joined(list(without_parameter(function, index, [("f.c", data)]))))


@pytest.mark.parametrize(("before", "after"), DROPPED)
def test_a_parameter_goes_with_its_arguments(before: str, after: str) -> None:
    assert dropping(before).decode() == after


@pytest.mark.parametrize("text", KEPT)
def test_a_parameter_stays_where_more_than_plain_calls_would_change(text: str) -> None:
    with pytest.raises(CannotDrop):
        dropping(text)
