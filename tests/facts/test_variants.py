"""Statements that ``#if`` lines cut: which variants a body has, and what is said where they cannot be told."""

from __future__ import annotations

import pytest

from kscan.facts.extract import extract, tree_of
from kscan.facts.variants import MAX_VARIANTS, Variant, bodies
from kscan.model.facts import FileFacts, Function
from kscan.model.source import Source

HALF = "#ifdef CONFIG_{0}\n\tif (a)\n\t\tb{0}();\n\telse\n#endif\n\t\tc();\n"
"""A statement of which CONFIG_{0} holds the first half."""


def read(body: str) -> tuple[FileFacts, Function, tuple[Variant, ...]]:
    """A function with this body, between two others."""
    text = f"int before(void)\n{{\n\treturn 1;\n}}\n\nint f(int a)\n{{\n{body}\treturn a;\n}}\n\nint after(void) {{}}\n"
    source = Source("a.c", text.encode())
    facts = extract(source)
    assert [function.name for function in facts.functions] == ["before", "f", "after"]
    return facts, facts.functions[1], bodies(tree_of(source), facts.functions[1])


def words(function: Function, variant: Variant) -> str:
    """The text of a variant of ``function`` on one line, without the return at its end."""
    text = variant.masked[variant.body.start_byte + 1 : function.end].decode()
    return " ".join(text.rsplit("return", 1)[0].split())


BODIES: dict[str, tuple[str, list[str]]] = {
    "nothing-cut": ("\ta = 1;\n", ["a = 1;"]),
    "nothing-cut-by-lines": (
        "#ifdef CONFIG_X\n\ta = 1;\n#endif\n",
        ["#ifdef CONFIG_X a = 1; #endif"],
    ),
    "half-a-statement": (HALF.format("X"), ["if (a) bX(); else c();", "c();"]),
    "either-head": (
        "#ifdef CONFIG_X\n\tif (a) {\n#else\n\tif (!a) {\n#endif\n\t\tc();\n\t}\n",
        ["if (a) { c(); }", "if (!a) { c(); }"],
    ),
    "part-of-a-condition": (
        "\tif (a\n#ifdef DEBUG\n\t    && b()\n#endif\n\t   )\n\t\tc();\n",
        ["if (a && b() ) c();", "if (a ) c();"],
    ),
    "argument": (
        "\tc(a,\n#if A > 1\n\t  2\n#elif A\n\t  1\n#else\n\t  0\n#endif\n\t);\n",
        ["c(a, 2 );", "c(a, 1 );", "c(a, 0 );"],
    ),
    "head-and-tail": (
        "#ifdef CONFIG_X\n\tif (a) {\n#endif\n\t\tc();\n#ifdef CONFIG_X\n\t}\n#endif\n",
        ["if (a) { c(); }", "c();"],
    ),
    "the-same-asked-otherwise": (
        HALF.format("X") + "#if !defined(CONFIG_X)\n\td();\n#endif\n",
        ["if (a) bX(); else c();", "c(); d();"],
    ),
    "enabled-but-not-built-in": (
        HALF.format("X") + "#if IS_ENABLED(CONFIG_X)\n\td();\n#endif\n",
        ["if (a) bX(); else c(); d();", "c(); #if IS_ENABLED(CONFIG_X) d(); #endif"],
    ),
    "another-condition-stays": (
        HALF.format("X") + "#ifdef CONFIG_Y\n\td();\n#endif\n",
        ["if (a) bX(); else c(); #ifdef CONFIG_Y d(); #endif", "c(); #ifdef CONFIG_Y d(); #endif"],
    ),
    "two-conditions": (
        HALF.format("X") + HALF.format("Y"),
        [
            "if (a) bX(); else c(); if (a) bY(); else c();",
            "if (a) bX(); else c(); c();",
            "c(); if (a) bY(); else c();",
            "c(); c();",
        ],
    ),
    "cut-inside-a-branch": (
        "#ifdef CONFIG_X\n\tif (a\n#ifdef CONFIG_Y\n\t    && b()\n#endif\n\t   )\n\t\td();\n\telse\n#endif\n\t\tc();\n",
        ["if (a && b() ) d(); else c();", "if (a ) d(); else c();", "c();"],
    ),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES)
def test_variants(body: str, expected: list[str]) -> None:
    facts, function, found = read(body)
    assert sorted(words(function, variant) for variant in found) == sorted(expected)
    assert not facts.gaps
    assert not function.errors
    assert {(variant.body.start_byte, variant.body.end_byte) for variant in found} == {
        (function.body_start, function.end)
    }


def test_the_calls_of_all_variants_are_facts() -> None:
    _, function, _ = read("#ifdef CONFIG_X\n\tif (d(a)) {\n#else\n\tif (e(a)) {\n#endif\n\t\tc();\n\t}\n")
    assert [call.callee for call in function.calls] == ["d", "e", "c"]


def test_up_to_the_limit() -> None:
    facts, _, found = read(HALF.format("A") + HALF.format("B") + HALF.format("C"))
    assert len(found) == MAX_VARIANTS == 8
    assert not facts.gaps


@pytest.mark.parametrize(
    ("body", "gaps"),
    [
        ("".join(map(HALF.format, "ABCD")), 4),
        ("#ifdef CONFIG_X\n\tif (a) {\n#endif\n\t\tc();\n#ifdef CONFIG_Y\n\t}\n#endif\n", 2),
    ],
    ids=["too-many", "not-balanced"],
)
def test_where_variants_cannot_be_told_one_is_kept_and_a_gap(body: str, gaps: int) -> None:
    facts, _, found = read(body)
    assert len(found) == 1
    assert [gap.function for gap in facts.gaps] == ["f"] * gaps
    assert any("cuts a statement: only its first branch is analysed" in gap.reason for gap in facts.gaps)


def test_other_functions_keep_their_own() -> None:
    text = "int g(int a)\n{\n" + HALF.format("X") + "\treturn 0;\n}\n\nint h(int a)\n{\n"
    text += "".join(map(HALF.format, "ABCD")) + "\treturn 0;\n}\n"
    found = extract(Source("a.c", text.encode()))
    assert {gap.function for gap in found.gaps} == {"h"}


def test_a_configuration_leaves_nothing_to_tell() -> None:
    text = ("int f(int a)\n{\n" + HALF.format("X") + "\treturn 0;\n}\n").encode()
    for kconfig, calls in (({"CONFIG_X": "y"}, ["bX", "c"]), ({"CONFIG_X": "n"}, ["c"])):
        source = Source("a.c", text)
        facts = extract(source, kconfig=kconfig)
        assert len(bodies(tree_of(source, kconfig=kconfig), facts.functions[0])) == 1
        assert [call.callee for call in facts.functions[0].calls] == calls


def test_calls_that_end_elsewhere_in_each_variant_have_one_order() -> None:
    body = "".join(f"\tc{n}(a\n#ifdef CONFIG_{n}\n\t\t);\n#else\n\t\t, 1);\n#endif\n" for n in range(3))
    _, function, _ = read(body)
    spans = [(call.start, call.end) for call in function.calls]
    assert len(spans) == 2 * len({start for start, _ in spans}) > 0
    assert spans == sorted(spans)
