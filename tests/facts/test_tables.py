"""Tables as facts: what is put where, and of which type the place is."""

from __future__ import annotations

import pytest

from kscan.facts.extract import extract, tree_of
from kscan.facts.places import base_type, chain
from kscan.facts.tables import key_of, tables_of
from kscan.model.facts import FileTables, Slot
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
        ("#define OPS { .open = lamp_open }\n", [("", "open", "lamp_open")]),
        ("#define OPS(f) { .open = f }\n", [("", "open", "")]),
        ("#define OPS(n) struct ops n##_x = { .open = n##_open }\n", [("struct ops", "open", "")]),
        ("void f(struct ops *x, int n) { x->open = n; }", []),
        ("void f(struct ops *x, int (*g)(int)) { x->open = g; }", [("struct ops", "open", "")]),
        ("void f(struct ops *x, struct ops *y) { x->open = y->open; }", [("struct ops", "open", "")]),
        ("struct ops x = { 0x1f, 'c', { 1UL } };", []),
        ("struct ops x = { 0, (lamp_open) };", [("struct ops", "#1", "lamp_open")]),
        ("struct ops x = { .n = 0x1, .open = 0 ? 0 : _open };", [("struct ops", "open", "_open")]),
        ("struct ops x = { LAMP_A, .size = LAMP_B };", [("struct ops", "size", "LAMP_B")]),
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


@pytest.mark.parametrize(
    ("slot", "key"),
    [
        (Slot("struct ops", ("open",), "f", 0), "struct ops.open"),
        (Slot("struct ops[]", ("[]", "open"), "f", 0), "struct ops.open"),
        (Slot("struct ops[]", ("#3", "open"), "f", 0), "struct ops.open"),
        (Slot("struct ops", ("handlers", "[]"), "f", 0), "struct ops.handlers"),
        (Slot("struct ops", ("#0",), "f", 0), "struct ops"),
        (Slot("struct ops[]", ("#1", "#0"), "f", 0), "struct ops"),
        (Slot("struct lamp", ("ops", "open"), "f", 0), ".open"),
        (Slot("lamp_t", ("open",), "f", 0), ".open"),
        (Slot("", ("open",), "f", 0), ".open"),
    ],
)
def test_slots_are_looked_up_by_type_and_field(slot: Slot, key: str) -> None:
    assert key_of(slot) == key


THROUGH = "struct ops { int (*open)(int); };\nint get(int a);\nint on(int a);\n"


@pytest.mark.parametrize(
    ("text", "places", "complete"),
    [
        ("int f(struct ops *x) { return x->open(1); }", ["x:struct ops open @0"], True),
        ("int f(struct ops *x) { x = g(); return x->open(1); }", ["x:struct ops open"], True),
        ("int f(int (*fn)(int)) { return fn(1); }", ["fn:int @0"], True),
        ("int f(int (*fn)(int)) { return (*fn)(1); }", ["fn:int @0"], True),
        ("int f(int (*fn)(int)) { if (!fn) fn = on; return fn(1); }", ["fn:int", "on:int"], True),
        ("int f(void) { int (*p)(int) = on; return p(1); }", ["on:int"], True),
        ("int f(void) { int (*p)(int) = get(1); return p(1); }", [], False),
        ("int f(void) { int (*p)(int) = on; g(&p); return p(1); }", [], False),
        ("int f(struct ops *x) { int (*p)(int) = x->open; return p(1); }", ["x:struct ops open @0"], True),
        ("int f(struct ops *x) { return READ_ONCE(x->open)(1); }", ["x:struct ops open @0"], True),
        ("int f(void *x) { return ((struct ops *)x)->open(1); }", [":struct ops open"], True),
        ("int f(void *x) { return container_of(x, struct ops, b)->open(1); }", [":struct ops open"], True),
        ("int f(void) { return find(1)->ops->open(1); }", ["find(): ops open"], True),
        ("static struct ops all[2]; int f(int i) { return all[i].open(1); }", ["all:struct ops open"], True),
        ("int f(struct ops *x, int a) { return (a ? x->open : on)(1); }", ["x:struct ops open @0", "on:int"], True),
        ("int f(int a) { return on(a); }", [], True),
    ],
)
def test_what_a_call_goes_through(text: str, places: list[str], complete: bool) -> None:
    source = Source("f.c", (THROUGH + text).encode())
    calls = tables_of(source, tree_of(source), extract(source).functions).calls
    told = [
        f"{p.root}{'()' if p.called else ''}:{p.type}{' ' if p.path else ''}{' '.join(p.path)}"
        + (f" @{p.param}" if p.param >= 0 else "")
        for call in calls
        for p in call.places
    ]
    assert told == places
    assert all(call.complete == complete for call in calls)


def test_an_invocation_writes_the_same_wherever_it_stands() -> None:
    text = (
        "#define ROW(f) { .open = f }\n"
        "struct ops a[] = { ROW(on), ROW(on) };\n"
        "void g(fn on) { struct ops b[] = { ROW(on) }; }"
    )
    source = Source("f.c", text.encode())
    facts = extract(source)
    found = tables_of(source, tree_of(source), facts.functions, facts.macros).slots
    told = [(slot.path, slot.value, text[slot.start :][:7]) for slot in found if slot.type]
    assert told == [
        (("#0", "open"), "on", "ROW(on)"),
        (("#1", "open"), "on", "ROW(on)"),
        (("#0", "open"), "", "ROW(on)"),
    ]


@pytest.mark.parametrize("odd", ["", "ODD(f3), ", "PAIR(f3, f4), ", "EMPTY(1), ", "AT(f3), ", "LAST(f3) "])
def test_rows_that_macros_write_are_read_together_as_alone(odd: str) -> None:
    head = (
        '#define ROW(f) { .open = f, .in = { { 1 }, { 2 } }, .name = "}, {" }\n'
        "#define ODD(f) { .open = = f }\n"
        "#define PAIR(f, g) { .open = f }, { .open = g }\n"
        "#define EMPTY(n)\n"
        "#define AT(f) [3] = { .open = f }\n"
        "#define LAST(f) { .open = f },\n"
        "struct ops a[] = { "
    )
    rows = [f"ROW(f{number}), " for number in range(70)]
    rows.insert(40, odd)

    def told(text: str) -> list[tuple[str, str]]:
        source = Source("f.c", text.encode())
        facts = extract(source)
        found = tables_of(source, tree_of(source), facts.functions, facts.macros).slots
        return [(" ".join(slot.path[1:]), slot.value) for slot in found if slot.type]

    alone = [one for row in rows for one in told(head + row + "};")]
    assert told(head + "".join(rows) + "};") == alone
    assert [value for _, value in alone if value] == [f"f{number}" for number in range(70)]


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
