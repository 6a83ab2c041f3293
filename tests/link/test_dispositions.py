"""What a caller does with a value: each shape with its kind, and the line where it is decided (marked ``here``)."""

from __future__ import annotations

import pytest
from pytest import TempPathFactory

from tests.toy import Toy

GRAB = """\
int grab(int a) { if (a < 0) return -EIO; if (a > 9) return -EBUSY; return a ? 1 : 0; }
int undo(int a);
struct s { int err; };
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory: TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("toy"))


SHAPES: dict[str, tuple[str, str]] = {
    "own-branch": ("distinguished", "int r = grab(a);\nif (r == -EIO) /* here */\n\treturn undo(a);\nreturn r;"),
    "own-case": (
        "distinguished",
        "switch (grab(a)) {\ncase -EIO: /* here */\n\treturn undo(a);\ndefault:\n\treturn 0;\n}",
    ),
    "excluded-by-name": ("distinguished", "int r = grab(a);\nif (r != -EIO) /* here */\n\treturn 0;\nreturn undo(a);"),
    "inside-a-catch-all": (
        "distinguished",
        "int r = grab(a);\nif (r < 0) {\n\tif (r == -EIO) /* here */\n\t\tundo(a);\n\treturn -1;\n}\nreturn 0;",
    ),
    "behind-a-goto": (
        "distinguished",
        "int r = grab(a);\nif (r)\n\tgoto out;\nreturn 0;\n"
        "out:\nif (r == -EIO) /* here */\n\treturn undo(a);\nreturn undo(1);",
    ),
    "in-a-copy": (
        "distinguished",
        "int r = grab(a);\nint e = r;\nif (e == -EIO) /* here */\n\treturn undo(a);\nreturn 0;",
    ),
    "unlikely": (
        "distinguished",
        "int r = grab(a);\nif (unlikely(r == -EIO)) /* here */\n\treturn undo(a);\nreturn 0;",
    ),
    "below-zero": ("folded", "int r = grab(a);\nif (r < 0) /* here */\n\treturn undo(a);\nreturn 0;"),
    "not-zero": ("folded", "int r = grab(a);\nif (r) /* here */\n\treturn undo(a);\nreturn 0;"),
    "call-in-a-condition": ("folded", "if (grab(a) < 0) /* here */\n\treturn undo(a);\nreturn 0;"),
    "negated-call": ("folded", "if (!grab(a)) /* here */\n\treturn 0;\nreturn undo(a);"),
    "default": (
        "folded",
        "switch (grab(a)) {\ncase 0:\ncase 1:\n\treturn 0;\ndefault: /* here */\n\treturn undo(a);\n}",
    ),
    "no-default": ("folded", "switch (grab(a)) { /* here */\ncase 0:\ncase 1:\n\treturn 0;\n}\nreturn undo(a);"),
    "conditional": ("folded", "int r = grab(a);\nreturn r < 0 ? undo(a) : 0; /* here */"),
    "another-name": (
        "folded",
        "int r = grab(a);\nif (r == -EBUSY)\n\treturn 0;\nif (r < 0) /* here */\n\treturn undo(a);\nreturn 0;",
    ),
    "returned": ("propagated", "return grab(a); /* here */"),
    "handed-on-with-its-sign-turned": ("propagated", "int r = grab(a);\nundo(-r); /* here */\nreturn 0;"),
    "handed-on-and-replaced": ("dropped", "int r = grab(a); /* here */\nundo(r);\nr = 0;\nreturn r;"),
    "only-printed": ("dropped", 'int r = grab(a); /* here */\npr_debug("%d", r);\nreturn 0;'),
    "only-traced": ("dropped", "int r = grab(a); /* here */\ntrace_grab(r);\nreturn 0;"),
    "another-variable-handed-on": ("dropped", "int r = grab(a), e = 0; /* here */\nundo(e);\nreturn 0;"),
    "returned-from-a-variable": ("propagated", "int r = grab(a);\nundo(a);\nreturn r; /* here */"),
    "returned-if-bad": ("propagated", "int r = grab(a);\nif (r < 0)\n\treturn r; /* here */\nreturn 0;"),
    "returned-at-a-label": (
        "propagated",
        "int r;\nr = grab(a);\nif (r < 0)\n\tgoto out;\nr = 0;\nout:\nreturn r; /* here */",
    ),
    "returned-by-default": (
        "propagated",
        "int r = grab(a);\nswitch (r) {\ncase 0:\n\treturn 1;\ndefault:\n\treturn r; /* here */\n}",
    ),
    "stored": ("propagated", "struct s *s = get(a);\ns->err = grab(a); /* here */\nreturn 0;"),
    "stored-through-a-pointer": ("propagated", "int r = grab(a);\n*out = r; /* here */\nreturn 0;"),
    "other-errno": ("remapped", "int r = grab(a);\nif (r < 0)\n\treturn -ENODEV; /* here */\nreturn 0;"),
    "other-errno-in-the-variable": ("remapped", "int r = grab(a);\nif (r < 0)\n\tr = -ENODEV; /* here */\nreturn r;"),
    "ignored": ("dropped", "grab(a); /* here */\nreturn 0;"),
    "ignored-on-purpose": ("dropped", "(void)grab(a); /* here */\nreturn 0;"),
    "overwritten": ("dropped", "int r = grab(a); /* here */\nr = undo(a);\nreturn r;"),
    "never-looked-at": ("dropped", "int r = grab(a); /* here */\nundo(a);\nreturn 0;"),
    "in-a-loop": ("distinguished", "int r;\ndo {\n\tr = grab(a);\n} while (r == -EIO); /* here */\nreturn r;"),
    "in-a-loop-condition": ("distinguished", "int r;\nwhile ((r = grab(a)) == -EIO) /* here */\n\tundo(a);\nreturn r;"),
    "handed-to-a-function": ("propagated", "int r = grab(a);\nreturn undo(r); /* here */"),
}
PINNED: dict[str, str] = {
    "other-errno": "the test is named, not the return that replaces the errno",
}
"""Shapes that are not told as they should be, and why."""


def shapes() -> list[object]:
    return [
        pytest.param(
            *SHAPES[name],
            id=name,
            marks=[pytest.mark.xfail(strict=True, reason=PINNED[name])] if name in PINNED else [],
        )
        for name in SHAPES
    ]


@pytest.mark.parametrize(("kind", "body"), shapes())
def test_what_becomes_of_an_errno(toy: Toy, kind: str, body: str) -> None:
    text = "\n".join("\t" + line for line in body.split("\n"))
    toy.c(GRAB + f"struct s *get(int a);\nint f(int a, int *out)\n{{\n{text}\n}}\n")
    found = toy.callers("grab")["f"].dispositions["-EIO"]
    assert (found.kind, "here" in toy.line(found.span.start)) == (kind, True), toy.line(found.span.start)


def test_values_have_dispositions_of_their_own(toy: Toy) -> None:
    toy.c(
        GRAB
        + "int f(int a)\n{\n\tint r = grab(a);\n\n\tif (r == -EIO)\n\t\treturn 2;\n\tif (r < 0)\n\t\treturn r;\n"
        + "\tif (!r)\n\t\treturn 3;\n\treturn undo(r);\n}\n"
    )
    found = toy.callers("grab")["f"]
    assert set(found.receives) == {"0", "1", "-EIO", "-EBUSY"}
    assert found.dispositions["-EIO"].kind == "distinguished"
    assert found.dispositions["-EIO"].becomes == ("2",)
    assert found.dispositions["-EBUSY"].kind == "propagated"
    assert found.dispositions["0"].kind == "distinguished"


def test_constant_arguments_decide_what_arrives(toy: Toy) -> None:
    toy.c(
        GRAB
        + "int low(void) { return grab(-1); }\nint none(void) { return grab(0); }\nint any(int a) { return grab(a); }\n"
        + "int some(int a) { if (a < 0) return 0; return grab(a); }\n"
    )
    received = {name: set(caller.receives) for name, caller in toy.callers("grab").items()}
    assert received == {
        "low": {"-EIO"},
        "none": {"0"},
        "any": {"0", "1", "-EIO", "-EBUSY"},
        "some": {"0", "1", "-EBUSY"},
    }


def test_two_calls_in_one_function_are_two_rows(toy: Toy) -> None:
    from kscan import api

    toy.c(GRAB + "int f(int a)\n{\n\tint r = grab(a);\n\n\tif (r < 0)\n\t\treturn r;\n\tgrab(1);\n\treturn 0;\n}\n")
    rows = api.callers(str(toy.root), "grab", cache=False).callers
    kinds = [{value: one.kind for value, one in row.dispositions.items()} for row in rows]
    assert [row.function for row in rows] == ["f", "f"]
    assert kinds[0]["-EIO"] == "propagated"
    assert kinds[1] == {"1": "dropped"}


def test_error_pointers_have_dispositions(toy: Toy) -> None:
    toy.c(
        "void *find(int a) { return a ? ERR_PTR(-EIO) : NULL; }\n"
        + "int f(int a)\n{\n\tvoid *p = find(a);\n\n\tif (IS_ERR(p))\n\t\treturn PTR_ERR(p);\n\treturn 0;\n}\n"
        + "int g(int a)\n{\n\tvoid *p = find(a);\n\n\tif (PTR_ERR(p) == -EIO)\n\t\treturn 1;\n\treturn 0;\n}\n"
        + "int h(int a)\n{\n\tvoid *p = find(a);\n\n\tif (IS_ERR(p))\n\t\treturn 1;\n\treturn 0;\n}\n"
    )
    kinds = {name: caller.dispositions["ERR_PTR(-EIO)"].kind for name, caller in toy.callers("find").items()}
    assert kinds == {"f": "propagated", "g": "distinguished", "h": "folded"}


def test_a_static_callee_is_looked_for_in_its_own_file(toy: Toy) -> None:
    toy.write({"g.c": "static int grab(int a) { return a; }\nint elsewhere(int a) { return grab(a); }\n"})
    toy.c("static int grab(int a) { return a ? -EIO : 0; }\nint here(int a) { return grab(a); }\n")
    try:
        assert set(toy.callers("f.c:grab")) == {"here"}
        assert set(toy.callers("g.c:grab")) == {"elsewhere"}
    finally:
        (toy.root / "g.c").unlink()


def _cut(with_option: str, without: str) -> str:
    """A caller that looks at the result in one way with CONFIG_X and in another without."""
    return (
        f"int f(int a)\n{{\n\tint r = grab(a);\n\n#ifdef CONFIG_X\n\tif ({with_option}) {{\n"
        f"#else\n\tif ({without}) {{\n#endif\n\t\treturn undo(a);\n\t}}\n\treturn 0;\n}}\n"
    )


@pytest.mark.parametrize(
    ("with_option", "without", "kind"),
    [
        ("r == -EIO", "r == -EIO || a", "distinguished"),
        ("r == -EIO", "r < 0", "folded"),
        ("r < 0", "r == -EIO", "folded"),
        ("r == -EIO", "a", "dropped"),
        ("a", "r < 0", "dropped"),
    ],
)
def test_a_caller_in_variants_is_as_good_as_its_worst(toy: Toy, with_option: str, without: str, kind: str) -> None:
    toy.c(GRAB + _cut(with_option, without))
    assert toy.callers("grab")["f"].dispositions["-EIO"].kind == kind


@pytest.mark.parametrize("branch", ["#ifdef CONFIG_X", "#ifndef CONFIG_X"])
def test_only_variants_with_the_call_count(toy: Toy, branch: str) -> None:
    toy.c(
        GRAB
        + f"int f(int a)\n{{\n{branch}\n\tif (grab(a) == -EIO) {{\n"
        + "#else\n\tif (a) {\n#endif\n\t\treturn undo(a);\n\t}\n\treturn 0;\n}\n"
    )
    found = toy.callers("grab")["f"]
    assert set(found.receives) == {"0", "1", "-EIO", "-EBUSY"}
    assert found.dispositions["-EIO"].kind == "distinguished"


def test_a_value_counts_in_the_variants_where_it_arrives(toy: Toy) -> None:
    toy.c(
        GRAB
        + "int f(int a)\n{\n\tint r;\n\n#ifdef CONFIG_X\n\tif (a >= 0)\n\t\treturn 0;\n\telse\n"
        + "#endif\n\t\tr = grab(a);\n#ifdef CONFIG_X\n\tif (r < 0)\n\t\treturn undo(r);\n"
        + "#else\n\tif (r == -EBUSY)\n\t\treturn undo(r);\n#endif\n\treturn 0;\n}\n"
    )
    kinds = {value: one.kind for value, one in toy.callers("grab")["f"].dispositions.items()}
    assert kinds["-EBUSY"] == "distinguished"
    assert kinds["-EIO"] in {"folded", "dropped"}
