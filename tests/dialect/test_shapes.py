"""What the text of a macro writes at file scope."""

from __future__ import annotations

import pytest

from kscan.dialect.shapes import Shape, definitions, leaves, shape


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"static int n##_show(struct item *p) { return show(p); }", (b"n##_show",)),
        (b"int get_##n(void) { return 0; } void put_##n(void) { }", (b"get_##n", b"put_##n")),
        (b"static __always_inline u64 n(int a)", (b"n",)),
        (b"static struct item *n(void) __must_hold(x) { return 0; }", (b"n",)),
        (b"int n(void); extern int m(void)", ()),
        (b"do { if (x) { y(); } } while (0)", ()),
        (b"({ int r = f(x); r; })", ()),
        (b"if (x) { y(); }", ()),
        (b"f(x)", ()),
        (b"struct item n = { .get = g }", ()),
        (b"typedef int (*n)(void)", ()),
        (b"", ()),
    ],
)
def test_functions(body: bytes, names: tuple[bytes, ...]) -> None:
    assert shape(body).names == names


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"static int n##_cmd(int a)", Shape(names=(b"n##_cmd",), open=True, pastes=True)),
        (b"struct item n = { .get = g }", Shape(objects=True)),
        (b"struct item n = __ITEM(n)", Shape(values=(b"__ITEM",))),
        (b"{ .get = n##_get, .name = #n }", Shape(initialises=True, pastes=True)),
        (b"{ int x; f(x); }", Shape()),
        (b"a##b", Shape(pastes=True, pasted=True)),
        (b"__JOIN(a, b)", Shape(invokes=(b"__JOIN",), passes=b"__JOIN")),
        (b"GET(a) PUT(a)", Shape(invokes=(b"GET", b"PUT"))),
        (b"static GET(a); PUT(a);", Shape(invokes=(b"GET", b"PUT"))),
    ],
)
def test_shapes(body: bytes, told: Shape) -> None:
    assert shape(body) == told


def test_words_inside_functions_only() -> None:
    told = shape(b"int n(TYPE(a) b) { return GET(b) + TYPE(c); }")
    assert b"GET" in told.inner
    assert b"TYPE" not in told.inner


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"do { if (x) return -EIO; } while (0)", True),
        (b"if (f(x)) goto label", True),
        (b"({ again: if (x) goto again; })", False),
        (b'printk("return %d", x)', False),
        (b"f(x) /* return */", False),
        (b"x ? goto_ : returned", False),
    ],
)
def test_leaves(body: bytes, told: bool) -> None:
    assert leaves(body) is told


HEADER = b"""#define MAKE(n, ...) \\
	int n(void) { return 0; }
#define LOCAL(x) int x(void) {}
LOCAL(one)
#undef LOCAL
# define JOIN(a, b)	a##b	/* one */
#define PLAIN 3
/*
 * #define EXAMPLE(x) int x(void) {}
 */
	x = undefine(3);
#define LAST(x) \\
	{ x }"""


def test_definitions() -> None:
    found = [one.macro() for one in definitions(HEADER)]
    assert [(one.name, one.params, one.body) for one in found] == [
        ("MAKE", ("n", "..."), "int n(void) { return 0; }"),
        ("JOIN", ("a", "b"), "a##b"),
        ("LAST", ("x",), "{ x }"),
    ]
    assert definitions(b"#define F(x) (x)\n") == []
