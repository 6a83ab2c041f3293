"""The reader of C expressions: what it reads, and that it never guesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.model.code import Binary, Call, Cast, Dot, Index, Name, Num, Unary
from kscan.predicates.syntax import read

P = Name("p")


def address(of: object) -> Unary:
    """``&of``; the operand may be a node of the reader's own."""
    return Unary("&", of)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("p", P),
        ("((p))", P),
        ("0x10", Num(16, "0x10")),
        ("1UL << 3", Binary("<<", Num(1, "1UL"), Num(3, "3"))),
        ("p->a.b", Dot(Dot(P, "a", True), "b")),
        ("&p[1].a", address(Dot(Index(P, Num(1, "1")), "a"))),
        ("a + b == c", Binary("==", Binary("+", Name("a"), Name("b")), Name("c"))),
        ("a - b - c", Binary("-", Binary("-", Name("a"), Name("b")), Name("c"))),
        ("f(p, 1)->a", Dot(Call("f", (P, Num(1, "1")), 0, 0), "a", True)),
        ("(struct page *)p", Cast("struct page *", P)),
        ("((typeof(p))f(p))", Cast("typeof ( p )", Call("f", (P,), 0, 0))),
        ("&({ CHECK(p); f(p); })->a", address(Dot(Call("f", (P,), 0, 0), "a", True))),
        ("({ ({ p; }); })", P),
    ],
)
def test_read(text: str, tree: object) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(",
        "p q",
        "p->",
        "f(p",
        "({ int x = 1; x; })",
        "({ if (a) b; })",
        "a ? b : c",
        "p[",
        '"text"',
        "(" * 5_000,
        "}",
    ],
)
def test_what_is_no_such_expression_is_not_read(text: str) -> None:
    assert read(text) is None


@given(st.text(alphabet="pf01()[]{}&*!->.,;+=<| ", max_size=40))
def test_any_text_comes_to_an_end(text: str) -> None:
    read(text)
