"""Where an early return stands in the text, and what is no plain one."""

from __future__ import annotations

import pytest

from kscan.dialect.scan import clean
from kscan.predicates.statement import guard_statement, unused_elsewhere

PLAIN = [
    ("{\n\tif (a)\n\t\treturn 0;\n}", "if (a)\n\t\treturn 0;"),
    ("{ if (a) return 0; }", "if (a) return 0;"),
    ("{\n\tif (!(a && b(c))) {\n\t\treturn 0;\n\t}\n}", "if (!(a && b(c))) {\n\t\treturn 0;\n\t}"),
    ("; if (a /* x) */) return 0;", "if (a /* x) */) return 0;"),
]
OTHER = [
    "{ if (a) return 0; else b(); }",
    "{ if (b) c(); else if (a) return 0; }",
    "{ if (a) { b(); return 0; } }",
    "{ if (x(a)) return 0; }",
    "{ if (a) { return 0; c: d(); } }",
    "{ while (a) return 0; }",
    "{ for (;;) if (a) return 0; }",
]


def found(text: str) -> str | None:
    data = text.encode()
    test, leaving = text.index("a", text.index("(")), text.index("return")
    if "x(a)" in text:
        test = text.index("a)")
    statement = guard_statement(clean(data).text, test, leaving, text.index(";", leaving) + 1)
    return None if statement is None else text[statement.start : statement.end]


@pytest.mark.parametrize(("text", "statement"), PLAIN)
def test_a_plain_guard(text: str, statement: str) -> None:
    assert found(text) == statement


@pytest.mark.parametrize("text", OTHER)
def test_no_plain_guard(text: str) -> None:
    assert found(text) is None


@pytest.mark.parametrize(
    ("body", "unused"),
    [(b"if (n) x; y", True), (b"if (n) x; n", False), (b"if (m) x; y", False), (b"if (n) x; nn", True)],
)
def test_a_word_that_nothing_else_uses(body: bytes, unused: bool) -> None:
    assert unused_elsewhere("n", body, (0, 9)) is unused
