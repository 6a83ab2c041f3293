"""What a body does with a struct of its own, or with one behind a parameter: told, or not told at all."""

from __future__ import annotations

import pytest

from kscan.link.uses import declared, is_stored, is_struct, sides, uses_behind, uses_of_struct, values_of


@pytest.mark.parametrize(
    "line",
    [
        "g(&s);",
        "g(a, (void *)&s, b);",
        "x->fn(&s);",
        "s.a = 1; s.b.c += 2; s.d[1] = 3;",
        "if (!s.a && s.b) g(s.a);",
        "y = a & s.a;",
        "z = &s.p->q;",
        "g(*(int *)(s.a)); (s.b) = 1;",
        "memcpy(x, y, sizeof(s));",
        "struct t *p = &s; g(p); p->a = 1;",
        "x->s = 1; y.s = 2;",
    ],
)
def test_uses_that_are_told(line: str) -> None:
    assert uses_of_struct("{ struct t s = { .f = g }; " + line + " }", "s") is not None


@pytest.mark.parametrize(
    "line",
    [
        "x = &s;",
        "y->p = &s;",
        "return &s;",
        "x = s;",
        "s = x;",
        "g(s);",
        "g(&s.a);",
        "g(a && &s.a);",
        "g((&s.a));",
        "g(&((s.a)));",
        "x = (long)&s;",
        "(&s)->a = 1;",
        "g(&s + 1);",
        "struct t *p = &s; p++;",
        "struct t *p = &s; q = p;",
        "struct t *p = &s; p = x;",
        "static struct t *p; p = &s;",
        "{ struct t s; }",
        "struct u x = { .p = &s };",
    ],
)
def test_uses_that_are_not_told(line: str) -> None:
    assert uses_of_struct("{ struct t s = { .f = g }; " + line + " }", "s") is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("g(p); p->a = 1; if (!p || p == q) return; x = p ? 1 : 2; g(p->a.b);", True),
        ("struct t *q = p; q->a = 1; h(q);", True),
        ("struct t *q; q = (struct t *)p; h(q);", True),
        ("memset(p, 0, sizeof(*p));", True),
        ("p = x;", False),
        ("p++;", False),
        ("*p = x;", False),
        ("x = *p;", False),
        ("p[0].a = 1;", False),
        ("x = p ?: q;", False),
        ("x = a ? p : q;", False),
        ("return p;", False),
        ("x = y + (long)p;", False),
        ("g(&p);", False),
        ("g(&p->a);", False),
        ("last = p;", False),
        ("x->last = p;", False),
        ("(*p).a = 1;", False),
    ],
)
def test_uses_of_what_a_parameter_points_to(line: str, told: bool) -> None:
    assert (uses_behind("{ " + line + " }", "p") is not None) == told


def test_what_is_put_into_the_fields() -> None:
    body = "{ struct t s = { .a = f, .b = { .c = (x ? y : z) }, }; s.d = g(1, 2); s.e |= 1; h(s.a, &s); }"
    found = uses_of_struct(body, "s")
    assert found is not None
    stores = {".".join(store.path): store.value for store in found.stores}
    assert stores == {"a": "f", "b.c": "(x ? y : z)", "d": "g(1, 2)", "e": ""}
    assert [(call.callee, call.number, call.args) for call in found.calls] == [("h", 1, ("s.a", "&s"))]
    assert found.fields == ((("a",), "h"),)


@pytest.mark.parametrize("initial", ["x", "{ f }", "{ .a = f, g }", "{ M(f) }"])
def test_initialisers_that_are_not_told(initial: str) -> None:
    assert uses_of_struct("{ struct t s = " + initial + "; h(&s); }", "s") is None


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("struct o *p = &a; if (x) p = b;", ("&a", "b")),
        ("struct o *p; p = x ? &a : &b;", ("x ? &a : &b",)),
        ("int (*p)(int) = f; p(1);", ("f",)),
        ("static struct o *p = &a;", None),
        ("struct o *p = &a; p++;", None),
        ("struct o *p = &a; g(&p);", None),
        ("struct o *p = &a; { struct o *p = &b; }", None),
        ("g(p);", None),
    ],
)
def test_what_is_put_into_a_pointer(body: str, values: tuple[str, ...] | None) -> None:
    found = values_of("{ " + body + " }", "p")
    assert (None if found is None else found.values) == values


def test_who_is_handed_a_pointer() -> None:
    found = values_of("{ struct o *p = &a; each(p, x) g(p->q); }", "p")
    assert found is not None
    assert found.callees == {"each"}


def test_declarations() -> None:
    body = "{ struct t s, *p; int (*fn)(void); h(&other); s.fn = arg; }"
    assert [declared(body, name) for name in ("s", "p", "fn", "other", "arg")] == [True, True, True, False, False]
    assert [is_struct("{ struct t s; struct t *p; int n; }", name) for name in ("s", "p", "n")] == [True, False, False]
    assert is_stored(body, "arg")
    assert not is_stored(body, "other")


@pytest.mark.parametrize(
    ("text", "told"), [("a ? b : c", ("b", "c")), ("a ? x ? y : z : c", ("x ? y : z", "c")), ("(a ? b : c)", None)]
)
def test_sides(text: str, told: tuple[str, str] | None) -> None:
    assert sides(text) == told
