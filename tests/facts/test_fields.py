"""Members of structs as their readers see them."""

from __future__ import annotations

import pytest

from kscan.facts.fields import fields_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("struct a { int x; unsigned long y; };", {"x", "y"}),
        ("struct a { int x, *y, z[4]; u8 bit:1; };", {"x", "y", "z", "bit"}),
        ("struct a { int (*call)(struct a *a, int n); };", {"call"}),
        ("struct a {\n\tunion {\n\t\tint x;\n\t\tlong y;\n\t};\n\tstruct { int p; } q;\n};", {"x", "y", "p", "q"}),
        ("struct __packed a { int x __aligned(4); };", {"x"}),
        ("typedef struct { int x; /* int gone; */ } a_t;", {"x"}),
        ("struct a *f(struct b *b)\n{\n\tint local;\n\treturn g(b, local);\n}\n", set()),
        ("enum e { A, B };\nint f(void) { struct a a = { .x = 1 }; return a.x; }\n", set()),
        ("struct a { int x;", set()),
    ],
)
def test_names(text: str, names: set[str]) -> None:
    assert set(fields_of(text.encode())) == names


def test_a_declaration_is_the_same_however_it_is_spaced() -> None:
    assert fields_of(b"struct a {\n\tint   x;\n\tint y;\n};") == fields_of(b"struct a { int y; int x; };")


def test_the_tag_counts() -> None:
    assert fields_of(b"struct a { int x; };") != fields_of(b"struct b { int x; };")
