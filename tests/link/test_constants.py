"""Constant expressions as headers write them, and anything at all that is none."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.link.constants import enumerator_value, number_of
from kscan.link.numbers import beside
from kscan.model.facts import Constant

KNOWN = {"EIO": 5, "PAGE_SHIFT": 12, "A": 1, "B": 2, "C": 4}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("42", 42),
        ("-1", -1),
        ("0x10", 16),
        ("0X1fUL", 31),
        ("010", 8),
        ("1ULL", 1),
        ("(1)", 1),
        ("((2))", 2),
        ("-EIO", -5),
        ("(-EIO)", -5),
        ("~0", -1),
        ("+3", 3),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("1 << 3", 8),
        ("1UL << PAGE_SHIFT", 4096),
        ("1 << 2 + 1", 8),
        ("8 >> 1", 4),
        ("7 & 3 | 8", 11),
        ("6 ^ 3", 5),
        ("A | B | C", 7),
        ("(A|B)&~A", 2),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 % 3", 1),
        ("-7 % 3", -1),
        ("BIT(3)", 8),
        ("BIT(A + B)", 8),
        ("BIT_ULL(40)", 1 << 40),
        ("_AC(1, UL) << 4", 16),
        ("(unsigned int)5", 5),
        ("(u32) 5", 5),
        ("(gfp_t)A", 1),
        ("(__force unsigned long)B", 2),
        ("(int)0x80000001", -(1 << 31) + 1),
        ("(s32) 0xffffffea", -22),
        ("((unsigned char) -1)", 255),
        ("(u16)~0", 0xFFFF),
        ("(bool)4", 1),
        ("(u64)7", 7),
        ("'a'", 97),
        ("10 - 3 - 2", 5),
        ("0x7fffffffffffffff", (1 << 63) - 1),
        ("0xffffffffffffffff", (1 << 64) - 1),
    ],
)
def test_a_constant_has_its_value(text: str, value: int) -> None:
    assert number_of(text, KNOWN.get) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "x",
        "UNKNOWN + 1",
        "1 +",
        "(1",
        "1)",
        "1 2",
        '"text"',
        "1.5",
        "sizeof(int)",
        "f(1)",
        "1 / 0",
        "1 % 0",
        "1 << 64",
        "1 << -1",
        "{ 1 }",
        "a ? b",
        "1 << 63 << 9",
        "do { } while (0)",
        "((struct page *)1)->x",
        "0x",
        "-",
        "1,2",
    ],
)
def test_anything_else_has_none(text: str) -> None:
    assert number_of(text, KNOWN.get) is None


@pytest.mark.parametrize("text", ["09", "1 + 08"])
def test_a_wrong_octal_number_is_no_constant(text: str) -> None:
    assert number_of(text, KNOWN.get) is None


def test_deep_nesting_is_no_constant() -> None:
    assert number_of("(" * 500 + "1" + ")" * 500, KNOWN.get) is None
    assert number_of("-" * 100 + "1", KNOWN.get) in {1, None}
    assert number_of("+".join("1" * 5000), KNOWN.get) is None


TOKENS = st.sampled_from(
    [
        "1",
        "0x",
        "0",
        "(",
        ")",
        "-",
        "~",
        "+",
        "<<",
        "/",
        "%",
        "|",
        "A",
        "x",
        "BIT",
        "_AC",
        ",",
        "'",
        '"',
        "u8",
        "?",
        ":",
        " ",
        "99999999999999999999",
    ]
)


@given(
    st.one_of(
        st.text(max_size=60), st.lists(TOKENS, max_size=30).map(" ".join), st.lists(TOKENS, max_size=30).map("".join)
    )
)
def test_no_text_raises(text: str) -> None:
    found = number_of(text, KNOWN.get)
    assert found is None or -(1 << 63) <= found < (1 << 64)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.sampled_from("+-*|&^"))
def test_arithmetic_is_that_of_c(a: int, b: int, operator: str) -> None:
    value = eval(f"({a}) {operator} ({b})")
    assert number_of(f"({a}) {operator} ({b})", KNOWN.get) == value


def enum(*members: str) -> dict[str, list[Constant]]:
    """Enumerators of one enum, "NAME" or "NAME = VALUE"."""
    made: list[Constant] = []
    for member in members:
        name, _, value = (part.strip() for part in member.partition("="))
        made.append(Constant(name, value, 0, "enum", made[-1].name if made else ""))
    return {one.name: [one] for one in made}


@pytest.mark.parametrize(
    ("members", "name", "value"),
    [
        (["X"], "X", 0),
        (["X", "Y", "Z"], "Z", 2),
        (["X = 5", "Y"], "Y", 6),
        (["X = -1", "Y", "Z"], "Z", 1),
        (["X", "Y = A | B", "Z"], "Z", 4),
        (["X = unknown", "Y"], "Y", None),
        (["X"], "W", None),
    ],
)
def test_enumerators_count_on(members: Sequence[str], name: str, value: int | None) -> None:
    assert enumerator_value(name, enum(*members), KNOWN.get) == value


def test_an_enumerator_that_follows_itself_ends() -> None:
    turning = {"X": [Constant("X", "", 0, "enum", "Y")], "Y": [Constant("Y", "", 0, "enum", "X")]}
    assert enumerator_value("X", turning, KNOWN.get) is None


def test_an_enumerator_may_be_made_of_the_ones_before() -> None:
    members = enum("X = 3", "Y = X + 2", "Z")

    def name_of(word: str) -> int | None:
        found: Callable[[str], int | None] = KNOWN.get
        return enumerator_value(word, members, name_of) if word in {"X", "Y"} else found(word)

    assert enumerator_value("Z", members, name_of) == 6


@pytest.mark.parametrize("folder", ["", "mm", "drivers/net"])
@pytest.mark.parametrize(
    "included", ["a.h", "b/a.h", "../a.h", "b/../a.h", "./a.h", "b//a.h", "/a.h", "b/a..h", ".", ""]
)
def test_where_a_header_stands(folder: str, included: str) -> None:
    assert beside(folder, included) == posixpath.normpath(posixpath.join(folder, included))
