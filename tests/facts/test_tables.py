"""Tables as facts: what is put where, and of which type the place is."""

from __future__ import annotations

import pytest

from kscan.facts.extract import tree_of
from kscan.facts.tables import base_type, chain, tables_of
from kscan.model.facts import FileTables
from kscan.model.source import Source


def read(text: str) -> FileTables:
    source = Source("f.c", text.encode())
    return tables_of(source, tree_of(source))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("int a = 3; int f(void) { int b = 3; b = a; return b; }", []),
        ('struct ops x = { .open = NULL, .size = sizeof(int), .name = "n", .flags = 1 | 2 };', []),
        ("static const struct ops x = { .open = lamp_open };", [("struct ops", "open", "lamp_open")]),
        ("struct ops x = { .open = &lamp_open };", [("struct ops", "open", "lamp_open")]),
        ("struct ops x = { .open = (open_fn)lamp_open };", [("struct ops", "open", "lamp_open")]),
        ("struct ops x = { .open = pick(lamp_open) };", [("struct ops", "open", "")]),
        (
            "struct ops x = { lamp_open, lamp_close };",
            [("struct ops", "#0", "lamp_open"), ("struct ops", "#1", "lamp_close")],
        ),
        ("struct ops x[] = { { lamp_open }, };", [("struct ops[]", "#0 #0", "lamp_open")]),
        ("struct ops x[] = { [ON] = { .open = lamp_open }, };", [("struct ops[]", "[] open", "lamp_open")]),
        ("struct lamp x = { .ops = { .open = lamp_open } };", [("struct lamp", "ops open", "lamp_open")]),
        ("struct lamp x = { .ops.open = lamp_open };", [("struct lamp", "ops open", "lamp_open")]),
        ("void f(struct ops *x) { x->open = lamp_open; }", [("struct ops", "open", "lamp_open")]),
        ("void f(struct lamp *x) { x->ops[1].open = lamp_open; }", [("struct lamp", "ops [] open", "lamp_open")]),
        ("void f(struct ops *x, fn g) { x->open = g; }", [("struct ops", "open", "")]),
        (
            "void f(struct ops *x, int a) { x->open = a ? on : off; }",
            [("struct ops", "open", "on"), ("struct ops", "open", "off")],
        ),
        ("void f(struct ops *x) { WRITE_ONCE(x->open, lamp_open); }", [("struct ops", "open", "lamp_open")]),
        ("void f(void) { get()->open = lamp_open; }", [("", "open", "lamp_open")]),
        ("void f(struct ops *x) { *x = (struct ops){ .open = lamp_open }; }", [("struct ops", "open", "lamp_open")]),
        ("#define OPS { .open = lamp_open }\n", [("", "open", "")]),
    ],
)
def test_what_is_put_where(text: str, slots: list[tuple[str, str, str]]) -> None:
    assert [(slot.type, " ".join(slot.path), slot.value) for slot in read(text).slots] == slots


@pytest.mark.parametrize(
    ("text", "structs"),
    [
        ("struct ops;", []),
        (
            "struct ops { int (*open)(int); const struct lamp *lamp; int n[2]; };",
            [("struct ops", "open:int lamp:struct lamp n:int[]", True)],
        ),
        ("typedef struct { int a; } lamp_t;", [("lamp_t", "a:int", True)]),
        ("struct lamp { union { int a; long b; }; int c; };", [("struct lamp", "a:int b:long c:int", False)]),
        (
            "struct lamp { struct { int a; } in; };",
            [("struct lamp", "in:struct lamp.in", True), ("struct lamp.in", "a:int", True)],
        ),
    ],
)
def test_structs(text: str, structs: list[tuple[str, str, bool]]) -> None:
    found = [(s.type, " ".join(f"{f.name}:{f.type}" for f in s.fields), s.ordered) for s in read(text).structs]
    assert found == structs


def test_only_variables_at_file_scope_are_kept() -> None:
    text = "struct ops *now; static struct ops all[3]; int f(struct lamp *l) { int a; return 0; } int g(int z);"
    assert [(v.name, v.type) for v in read(text).variables] == [("now", "struct ops"), ("all", "struct ops[]")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", None),
        ("a + b", None),
        ("fn", ("fn", (), False)),
        ("(*fn)", ("fn", (), False)),
        ("ps->action", ("ps", ("action",), False)),
        ("(*ps->action)", ("ps", ("action",), False)),
        ("a . b -> c", ("a", ("b", "c"), False)),
        ("all[pol->mode].create", ("all", ("[]", "create"), False)),
        ("mapping(a(b), c)->ops->read", ("mapping", ("ops", "read"), True)),
        ("a->b(c)", None),
    ],
)
def test_chains(text: str, place: tuple[str, tuple[str, ...], bool] | None) -> None:
    assert chain(text) == place


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("const struct ops *", "struct ops"),
        ("union u", "union u"),
        ("lamp_t *", "lamp_t"),
        ("unsigned long", ""),
        ("typeof(a)", ""),
    ],
)
def test_base_types(written: str, base: str) -> None:
    assert base_type(written) == base
