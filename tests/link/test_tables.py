"""Calls through tables: all that is put into a field is a target, and anything untold leaves the call open."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
from kscan.facts.store import open_store
from kscan.link.fillings import Fillings, filled
from kscan.source.tree import open_tree
from tests.toy import Toy

OPS = """
struct lamp;
struct lamp_ops {
	const char *name;
	int (*on)(struct lamp *l);
	int (*off)(struct lamp *l);
};
"""
LAMP = "struct lamp {\n\tconst struct lamp_ops *ops;\n\tstruct lamp_ops own;\n};\n"
TARGETS = "static int on_a(struct lamp *l) { return -EIO; }\nstatic int on_b(struct lamp *l) { return -EBUSY; }\n"
CALL = "int f(struct lamp *l) { return l->ops->on(l); }\n"
TABLE = "static const struct lamp_ops a = { .on = on_a };\n"
LOCAL = OPS + LAMP + TARGETS


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param(CALL, {"open"}, id="nothing is put there"),
        pytest.param("struct lamp_ops a = { .off = on_a };" + CALL, {"open"}, id="only another field"),
        pytest.param("struct lamp_ops a = { .on = NULL };" + TABLE + CALL, {"-EIO"}, id="an empty slot adds nothing"),
        pytest.param(TABLE + CALL, {"-EIO"}, id="designated"),
        pytest.param('struct lamp_ops a = { "a", on_a, on_b };' + CALL, {"-EIO"}, id="positional"),
        pytest.param('struct lamp_ops a[] = { { "a", on_a }, { .on = on_b } };' + CALL, {"-EIO", "-EBUSY"}, id="array"),
        pytest.param("struct lamp a = { .own = { .on = on_b } };" + CALL, {"-EBUSY"}, id="nested"),
        pytest.param(TABLE + "void s(struct lamp *l) { l->own.on = on_b; }" + CALL, {"-EIO", "-EBUSY"}, id="assigned"),
        pytest.param(
            TABLE + "struct other { int (*on)(int); } o = { .on = on_b };" + CALL, {"-EIO"}, id="another struct"
        ),
        pytest.param(
            TABLE + "void s(struct lamp *l, void *p) { l->own.on = p; }" + CALL, {"-EIO", "open"}, id="a variable"
        ),
        pytest.param(TABLE + "void s(void) { get()->on = on_b; }" + CALL, {"-EIO", "open"}, id="of untold type"),
        pytest.param(TABLE + "#define MORE { .on = on_b }\n" + CALL, {"-EIO", "open"}, id="by a macro"),
        pytest.param(TABLE + "int f(struct lamp *l) { return l->own.on(l); }", {"-EIO"}, id="embedded"),
        pytest.param(TABLE + "int f(struct lamp *l) { return (*l->ops->on)(l); }", {"-EIO"}, id="through a star"),
        pytest.param(TABLE + "struct lamp lit; int f(void) { return lit.own.on(0); }", {"-EIO"}, id="a global"),
        pytest.param(TABLE + "int f(int (*on)(void)) { return on(); }", {"open"}, id="a bare pointer"),
        pytest.param(TABLE + "int f(void *l) { return l->ops->on(l); }", {"open"}, id="receiver of no known type"),
    ],
)
def test_one_file(tmp_path: Path, text: str, values: set[str]) -> None:
    found = Toy(tmp_path).c(LOCAL + text).values()
    assert {value for value in found if value not in {"unknown"}} == values


def test_tables_of_other_files_are_found(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c("#include <linux/lamp.h>\n" + CALL)
    head = "#include <linux/err.h>\n#include <linux/lamp.h>\n"
    toy.write(
        {
            "include/linux/lamp.h": OPS + LAMP,
            "drivers/a.c": head + TARGETS + TABLE,
            "drivers/b.c": head + "static int on_c(struct lamp *l) { return -ENODEV; }\n"
            "void b(struct lamp *l) { l->own.on = on_c; }\n",
            "drivers/c.c": "static int on_d(int a) { return -ENOMEM; }\n"
            "struct lamp_ops { int (*on)(int); };\nstruct lamp_ops mine = { .on = on_d };\n",
        }
    )
    assert toy.values() == {"-EIO", "-ENODEV"}


def test_code_of_one_architecture_calls_none_of_another(tmp_path: Path) -> None:
    head = "#include <linux/err.h>\n#include <linux/lamp.h>\n"
    toy = Toy(tmp_path)
    toy.write(
        {
            "include/linux/lamp.h": OPS + LAMP,
            "arch/x86/a.c": head + TARGETS + TABLE + CALL,
            "arch/arm64/b.c": head + "static int on_c(struct lamp *l) { return -ENODEV; }\n"
            "struct lamp_ops b = { .on = on_c };\n",
        }
    )
    assert toy.values() == {"-EIO"}


def test_the_opening_names_the_slot(tmp_path: Path) -> None:
    found = Toy(tmp_path).c(LOCAL + CALL).returns()
    assert [o.reason for o in found.open_because] == [
        "a call through l->ops->on: nothing is put into struct lamp_ops.on"
    ]


@pytest.mark.parametrize(
    ("text", "filled_"),
    [
        ("if (a == b) return x.y == 2;", set()),
        ("x->open = f;", {b".open"}),
        ("rcu_assign_pointer(x->open, f);", {b".open"}),
        ("struct ops x[] = { { f } };", {b"=struct", b"=ops", b"=x"}),
        ("y = (const struct ops){ f };", {b"=ops"}),
    ],
)
def test_what_a_file_fills(text: str, filled_: set[bytes]) -> None:
    assert filled(text.encode()) == filled_


def test_files_that_fill_are_kept_up_to_date(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    toy.write({"a.c": "struct ops a = { f };\n", "b.c": "int b;\n"})
    with open_store(tmp_path, tmp_path / "cache") as store:
        tree = open_tree(str(tmp_path))
        assert Fillings(tree, store, "").files("ops", "open") == ("a.c",)
        toy.write({"a.c": "int a;\n", "b.c": "void b(struct ops *o) { o->open = f; }\n"})
        assert Fillings(tree, store, "").files("ops", "open") == ("b.c",)


@pytest.mark.linux
def test_the_tables_of_memory_failure(linux_73: Path) -> None:
    (found,) = api.flow(str(linux_73), "mm/memory-failure.c:page_action", arguments={}).returns
    assert found.closed
    with_tables = api.flow(str(linux_73), "mm/memory-failure.c:memory_failure_dev_pagemap", arguments={}).returns
    assert all("pgmap->ops" not in opening.reason for one in with_tables for opening in one.open_because)
