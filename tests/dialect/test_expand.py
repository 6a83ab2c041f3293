"""Macro expansion: the examples every preprocessor book has, and the limits."""

from __future__ import annotations

import pytest

from kscan.dialect.expand import MAX_TEXT, expand
from kscan.model.facts import Macro


def macros(*rows: tuple[str, tuple[str, ...], str]) -> dict[str, Macro]:
    return {name: Macro(name, params, body, 0) for name, params, body in rows}


TREE = macros(
    ("FLAG", ("Name", "low", "policy"), "static int Page##Name(struct page *p) { return policy(p, PG_##low); }"),
    ("BOTH", ("Name", "low", "policy"), "FLAG(Name, low, policy) SET(Name)"),
    ("SET", ("Name",), "void SetPage##Name(void) { say(#Name); }"),
    ("ANY", ("p", "bit"), "test(bit, (p))"),
    ("log", ("fmt", "args..."), "printk(fmt, ##args)"),
    ("note", ("fmt", "..."), "printk(fmt, ##__VA_ARGS__)"),
    ("self", ("x",), "self(x + 1)"),
    ("ping", ("x",), "pong(x)"),
    ("pong", ("x",), "ping(x)"),
    ("none", (), "nothing"),
    ("cat", ("a", "b"), "a ## b"),
    ("str", ("a",), "#a"),
    ("xstr", ("a",), "str(a)"),
    ("two", ("a",), "2 * a"),
    ("call", ("f", "x"), "f(x)"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("untouched(a) + b", "untouched(a) + b"),
        ("two", "two"),
        ("two (3)", "2 * 3"),
        ("two(two(3))", "2 * 2 * 3"),
        ("none() none", "nothing none"),
        ("cat(a, b)", "ab"),
        ("cat(a, )", "a"),
        ("cat(tw, o)(3)", "2 * 3"),
        ("str(two(1))", '"two(1)"'),
        ("xstr(two(1))", '"2 * 1"'),
        ('str("a\\n")', '"\\"a\\\\n\\""'),
        ("call(two, 3)", "2 * 3"),
        ("log(a)", "printk(a)"),
        ("note(a)", "printk(a)"),
        ("two((a, b))", "2 * (a, b)"),
        ('two("a,b)")', '2 * "a,b)"'),
        ("self(self(1))", "self(self(1 + 1) + 1)"),
        ("ping(1)", "ping(1)"),
        ("two(unclosed", "two(unclosed"),
    ],
)
def test_expands(text: str, expected: str) -> None:
    assert expand(text, TREE).text == expected


def test_variadic_arguments_keep_their_commas() -> None:
    assert expand("note(a, b, c)", TREE).text.replace(" ", "") == "printk(a,b,c)"
    assert expand("log(a, b, c)", TREE).text.replace(" ", "") == "printk(a,b,c)"


def test_an_argument_is_expanded_where_it_stands_alone_and_taken_as_given_where_it_is_pasted() -> None:
    rows = macros(("name", (), "lamp"), ("all", ("a",), "a; x ## a; #a; a ## _y; a;"))
    assert expand("all(name())", rows).text == 'lamp; xname(); "name()"; lamp_y; lamp;'


def test_arguments_that_multiply_come_to_an_end() -> None:
    rows = macros(("e", ("x",), ""), ("d", ("x",), "e(x) e(x)"))
    text = "x"
    for _ in range(30):
        text = f"d({text})"
    assert expand(text, rows).text == ""


def test_a_page_flag_becomes_functions() -> None:
    text = expand("BOTH(Dirty, dirty, ANY)", TREE).text
    assert "static int PageDirty(struct page *p) { return test(PG_dirty, (p)); }" in text
    assert 'void SetPageDirty(void) { say("Dirty"); }' in text


def test_too_much_text_is_a_reason() -> None:
    rows = [("m0", ("x",), "x " * 200)] + [(f"m{n}", ("x",), f"m{n - 1}(x) " * 50) for n in range(1, 6)]
    expanded = expand("m5(a)", macros(*rows))
    assert expanded.text == ""
    assert str(MAX_TEXT) in expanded.reason or "end" in expanded.reason


def test_deep_nesting_is_a_reason() -> None:
    expanded = expand("two(" * 300 + "1" + ")" * 300, TREE)
    assert expanded.text == ""
    assert "deep" in expanded.reason
