"""Promises bound what no body tells, and give way to a body of the file's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.flow.values import ALL, NON_NEGATIVE, POSITIVE, IntSet
from kscan.link.promised import address_of
from tests.toy import Toy


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("void *f(void) { return kzalloc(4, 0); }", {"NULL", "pointer"}),
        (
            "void *f(void) { void *p = kzalloc(4, 0); return p ? p : ERR_PTR(-ENOMEM); }",
            {"pointer", "ERR_PTR(-ENOMEM)"},
        ),
        ("int f(void) { void *p = kmalloc(4, 0); return PTR_ERR_OR_ZERO(p); }", {"0"}),
        ("int f(void *p) { return -le16_to_cpu(p); }", {"0", "negative", "open"}),
        (
            "static void *kzalloc(int a, int b) { return ERR_PTR(-EIO); }\nvoid *f(void) { return kzalloc(4, 0); }",
            {"ERR_PTR(-EIO)"},
        ),
        ("struct a { int b; } one;\nvoid *f(void) { return &one.b; }", {"pointer"}),
        ("struct a { int b; };\nvoid *f(struct a *x) { return &x->b; }", {"NULL", "pointer"}),
    ],
)
def test_calls_and_addresses(tmp_path: Path, text: str, told: set[str]) -> None:
    assert Toy(tmp_path).c(text).values() == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("u8 f(struct a *x) { return x->b; }", {"0", "positive"}),
        ("u8 f(void) { return -EIO; }", {"0", "positive"}),
        ("u16 f(void) { return 3; }", {"3"}),
        ("static u8 g(struct a *x) { return x->b; }\nint f(struct a *x) { return g(x); }", {"0", "positive"}),
        ("unsigned int f(struct a *x) { return x->b; }", {"unknown", "open"}),
    ],
)
def test_types_without_a_sign(tmp_path: Path, text: str, told: set[str]) -> None:
    assert Toy(tmp_path).c(text).values() == told


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("&one", POSITIVE),
        ("&one.b", POSITIVE),
        ("&x->b", NON_NEGATIVE),
        ("&x[3]", NON_NEGATIVE),
        ("x", ALL),
        ("x & 3", ALL),
        ("&x & 3", ALL),
        ("", ALL),
    ],
)
def test_addresses(text: str, values: IntSet) -> None:
    assert address_of(text) == values
