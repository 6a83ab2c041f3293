"""Calls through tables that many files fill, and through pointers that callers hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kscan.facts.extract import extract, tree_of
from kscan.facts.tables import tables_of
from kscan.link.fillings import Gathered
from kscan.link.program import LinkedProgram
from kscan.link.tables import MAX_TARGETS
from kscan.model.source import Source
from tests.toy import Toy

NONE: Mapping[str, Sequence[str]] = {}
ERR = "#include <linux/err.h>\n"
HEAD = ERR + "#include <linux/lamp.h>\n"
LAMP_H = """
struct lamp;
struct lamp_ops {
	const char *name;
	int (*on)(struct lamp *l);
	int (*off)(struct lamp *l);
};
struct lamp {
	const struct lamp_ops *ops;
	struct lamp_ops own;
};
"""
CALL = "int f(struct lamp *l) { return l->ops->on(l); }\n"
ON_A = "static int on_a(struct lamp *l) { return -EIO; }\n"
ON_B = "static int on_b(struct lamp *l) { return -EBUSY; }\n"


def gathered(root: Path, assembled: Mapping[str, Sequence[str]] = NONE) -> Gathered:
    """The tables of every C file below ``root``."""
    found = {}
    for path in sorted([*root.rglob("*.c"), *root.rglob("*.h")]):
        source = Source(path.relative_to(root).as_posix(), path.read_bytes())
        found[source.path] = tables_of(source, tree_of(source), extract(source).functions)
    return Gathered(found, assembled)


def values(toy: Toy, assembled: Mapping[str, Sequence[str]] = NONE) -> set[str]:
    """What f() returns, with "open" where its set is not closed."""
    fillings = gathered(toy.root, assembled)
    with toy.program() as program:
        linked = LinkedProgram(program.catalog, fillings)
        (function,) = linked.catalog.anywhere("f")
        found = linked.returns(function)
    return {*found.values, *(() if found.closed else ("open",))} - {"unknown"}


def in_tree(tmp_path: Path, files: dict[str, str]) -> Toy:
    toy = Toy(tmp_path)
    toy.write({"include/linux/lamp.h": LAMP_H, **files})
    return toy


TABLE_A = {"drivers/a.c": HEAD + ON_A + "static const struct lamp_ops a = { .on = on_a };\n"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param({}, {"open"}, id="nothing is put there"),
        pytest.param(TABLE_A, {"-EIO"}, id="one table"),
        pytest.param(
            {**TABLE_A, "drivers/b.c": HEAD + ON_B + "void b(struct lamp *l) { l->own.on = on_b; }\n"},
            {"-EIO", "-EBUSY"},
            id="a table and a nested store",
        ),
        pytest.param(
            {**TABLE_A, "arch/arm64/tool/b.c": "#include <stdlib.h>\nvoid b(void) { get()->on = map(); }\n"},
            {"-EIO"},
            id="a program of the build",
        ),
        pytest.param(
            {**TABLE_A, "arch/arm64/boot/b.c": HEAD + ON_B + "struct lamp_ops b = { .on = on_b };\n"},
            {"-EIO"},
            id="another image",
        ),
        pytest.param(
            {**TABLE_A, "drivers/b.c": HEAD + ON_B + 'struct lamp_ops b = { "b", on_b };\n'},
            {"-EIO", "-EBUSY"},
            id="a table without names",
        ),
        pytest.param(
            {**TABLE_A, "drivers/b.c": HEAD + "void set(struct lamp_ops *o, int (*g)(struct lamp *)) { o->on = g; }\n"},
            {"-EIO", "open"},
            id="a setter",
        ),
        pytest.param(
            {
                **TABLE_A,
                "drivers/b.c": HEAD + "void copy(struct lamp_ops *o, struct lamp_ops *p) { o->on = p->off; }\n",
            },
            {"-EIO", "open"},
            id="a copy of another field",
        ),
        pytest.param(
            {
                **TABLE_A,
                "drivers/b.c": ERR
                + "struct lamp_ops { int (*on)(int); };\n"
                + ON_B
                + "struct lamp_ops mine = { .on = on_b };\n",
            },
            {"-EIO"},
            id="a struct of the same name in another file",
        ),
        pytest.param(
            {**TABLE_A, "drivers/b.c": HEAD + ON_B + "struct other { int (*on)(int); } o = { .on = on_b };\n"},
            {"-EIO"},
            id="another struct with such a field",
        ),
        pytest.param(
            {**TABLE_A, "drivers/b.c": HEAD + "#define LAMP(n) { .name = n, .on = n##_on }\n"},
            {"-EIO", "open"},
            id="a macro that could be of this type",
        ),
        pytest.param(
            {**TABLE_A, "drivers/b.c": HEAD + "#define KNOB(n) { .show = n##_show, .on = n##_on }\n"},
            {"-EIO"},
            id="a macro with a field that the struct does not have",
        ),
        pytest.param(
            {**TABLE_A, "arch/arm64/b.c": HEAD + ON_B + "struct lamp_ops b = { .on = on_b };\n"},
            {"-EIO", "-EBUSY"},
            id="code of any architecture",
        ),
    ],
)
def test_what_other_files_put_there(tmp_path: Path, files: dict[str, str], told: set[str]) -> None:
    assert values(in_tree(tmp_path, {"f.c": HEAD + CALL, **files})) == told


def test_code_of_one_architecture_calls_none_of_another(tmp_path: Path) -> None:
    other = HEAD + ON_B + "struct lamp_ops b = { .on = on_b };\n"
    files = {"arch/x86/f.c": HEAD + ON_A + "struct lamp_ops a = { .on = on_a };\n" + CALL, "arch/arm64/b.c": other}
    assert values(in_tree(tmp_path, files)) == {"-EIO"}


def test_without_an_index_the_call_stays_open(tmp_path: Path) -> None:
    toy = in_tree(tmp_path, {"f.c": HEAD + CALL, **TABLE_A})
    assert "open" in toy.values()


def test_so_many_targets_are_not_followed(tmp_path: Path) -> None:
    many = "".join(
        f"static int on_{i}(struct lamp *l) {{ return -EIO; }}\nstruct lamp_ops t{i} = {{ .on = on_{i} }};\n"
        for i in range(MAX_TARGETS + 1)
    )
    toy = in_tree(tmp_path, {"f.c": HEAD + CALL, "drivers/many.c": HEAD + many})
    assert values(toy) == {"open"}


WALK_H = """
struct walk_ops {
	int (*entry)(int a);
	int (*hole)(int a);
};
"""
WALK = (
    ERR
    + """
static int pass(const struct walk_ops *ops, int a) { return ops->entry ? ops->entry(a) : 0; }
static int walk(const struct walk_ops *ops, int a) { return pass(ops, a); }
static int io(int a) { return -EIO; }
static int busy(int a) { return -EBUSY; }
static const struct walk_ops mine = { .entry = io };
static const struct walk_ops other = { .entry = busy, .hole = io };
static const struct walk_ops empty = { .hole = io };
static int apply(int (*fn)(int), int a) { return fn(a); }
static int twice(int (*fn)(int), int a) { return apply(fn, a) ?: fn(a); }
"""
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("int f(int a) { return walk(&mine, a); }", {"0", "-EIO"}, id="the object that is handed over"),
        pytest.param("int f(int a) { return walk(&empty, a); }", {"0"}, id="an object without this field"),
        pytest.param(
            "int f(int a, const struct walk_ops *o) { return walk(o, a); }", {"0", "-EIO", "-EBUSY"}, id="any object"
        ),
        pytest.param("int f(int a) { return apply(io, a); }", {"-EIO"}, id="a function by name"),
        pytest.param("int f(int a) { return twice(busy, a); }", {"-EBUSY"}, id="a function handed on"),
        pytest.param("int f(int a) { return apply(a ? io : busy, a); }", {"-EIO", "-EBUSY"}, id="one of two functions"),
        pytest.param("int f(int a, int (*g)(int)) { return apply(g, a); }", {"open"}, id="a function not known"),
        pytest.param("int f(int a) { int (*g)(int) = io; return apply(g, a); }", {"-EIO"}, id="a variable"),
        pytest.param(
            "int f(int a) { static int (*g)(int) = io; return apply(g, a); }", {"open"}, id="a static variable"
        ),
        pytest.param("int f(int a) { int (*g)(int) = mine.entry; return g(a); }", {"-EIO", "-EBUSY"}, id="out of one"),
    ],
)
def test_pointers_handed_to_a_callee(tmp_path: Path, text: str, told: set[str]) -> None:
    toy = Toy(tmp_path)
    toy.write({"f.c": WALK.replace("\n", "\n" + WALK_H, 1) + text})
    assert values(toy) == told


def test_an_object_that_is_not_const_may_have_changed(tmp_path: Path) -> None:
    text = WALK.replace("\n", "\n" + WALK_H, 1).replace(
        "static const struct walk_ops mine", "static struct walk_ops mine"
    )
    toy = Toy(tmp_path)
    toy.write({"f.c": text + "int f(int a) { return walk(&mine, a); }"})
    assert values(toy) == {"0", "-EIO", "-EBUSY"}


DECLARED = "int quick(int a);\nint f(int a) { return quick(a); }"
WRITTEN = "int quick(int a) { return -EIO; }\nint f(int a) { return quick(a); }"


@pytest.mark.parametrize(
    ("text", "files", "told"),
    [
        (DECLARED, ["arch/x86/lib/quick.S"], "quick() is written in assembly"),
        (WRITTEN, ["arch/x86/lib/quick.S"], "quick() is also written in assembly"),
        (WRITTEN, ["lib/quick.S"], "quick() is also written in assembly"),
        (WRITTEN, ["arch/x86/boot/compressed/quick.S"], ""),
    ],
)
def test_functions_in_assembly(tmp_path: Path, text: str, files: list[str], told: str) -> None:
    toy = Toy(tmp_path).c(text)
    with toy.program() as program:
        linked = LinkedProgram(program.catalog, gathered(toy.root, {"quick": files}))
        (function,) = linked.catalog.anywhere("f")
        assert [why.reason for why in linked.returns(function).open_because] == ([told] if told else [])
