"""Calls through tables: all that is put into a field is a target, and anything untold leaves the call open."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan import api
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
ROW = "#define ROW(n, fn) { n, fn, NULL }\n"
LOCAL = OPS + LAMP + TARGETS


MAKER = """
struct maker { int (*make)(struct lamp *l); };
void s(struct lamp *l, struct maker *m) { l->own.on = m->make; }
"""


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
        pytest.param(TABLE + MAKER + "struct maker a = { .make = on_b };" + CALL, {"-EIO", "-EBUSY"}, id="copied"),
        pytest.param(TABLE + MAKER + CALL, {"-EIO", "open"}, id="copied from what nothing fills"),
        pytest.param(
            TABLE
            + "void s(struct lamp *l) { l->own.off = l->own.on; }"
            + "void r(struct lamp *l) { l->own.on = l->own.off; l->own.off = on_b; }"
            + CALL,
            {"-EIO", "-EBUSY"},
            id="saved and restored",
        ),
        pytest.param(
            TABLE + "void t(void *on) { __entry->on = on; }" + CALL, {"-EIO"}, id="a record of the trace buffer"
        ),
        pytest.param(TABLE + "#define MORE { .on = on_b }\n" + CALL, {"-EIO", "open"}, id="by a macro"),
        pytest.param(ROW + 'struct lamp_ops a = ROW("a", on_a);' + CALL, {"-EIO"}, id="a macro that writes a table"),
        pytest.param(
            ROW + 'struct lamp_ops a[] = { ROW("a", on_a), ROW("b", on_b) };' + CALL,
            {"-EIO", "-EBUSY"},
            id="a macro that writes a row",
        ),
        pytest.param(
            ROW + 'struct lamp a = { .own = ROW("a", on_b) };' + CALL, {"-EBUSY"}, id="a macro that writes a member"
        ),
        pytest.param(ROW + "struct lamp_ops a = ROWS(on_a);" + CALL, {"open"}, id="a macro that is not there"),
        pytest.param(
            TABLE + "struct lamp_ops b[] = { ROWS(on_b) };" + CALL, {"-EIO", "open"}, id="a row of a macro not there"
        ),
        pytest.param(
            TABLE + "struct lamp_ops b = ROWS(11);" + CALL, {"-EIO"}, id="a macro not there that gets no function"
        ),
        pytest.param(
            "#define WHEN(fn) (fn)\nstruct lamp_ops a = { .on = WHEN(on_a) };" + CALL, {"-EIO"}, id="a macro of a value"
        ),
        pytest.param(
            TABLE + "void s(struct lamp *l) { install(&l->own.on, on_b); }" + CALL, {"-EIO", "open"}, id="handed away"
        ),
        pytest.param(
            TABLE + "void s(struct lamp *l) { change(&l->own.on); }" + CALL, {"-EIO", "open"}, id="given away"
        ),
        pytest.param(
            TABLE + "void s(struct lamp *l) { install(&l->own.off, on_b); }" + CALL, {"-EIO"}, id="another handed away"
        ),
        pytest.param(
            TABLE + "void s(struct lamp *l) { smp_store_release(&l->own.on, on_b); }" + CALL,
            {"-EIO", "-EBUSY"},
            id="released",
        ),
        pytest.param(
            TABLE + "void s(struct lamp *l) { cmpxchg(&l->own.on, NULL, on_b); }" + CALL,
            {"-EIO", "-EBUSY"},
            id="exchanged",
        ),
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


def test_a_struct_of_a_header_is_left_open(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c("#include <linux/lamp.h>\n" + TARGETS + TABLE + CALL)
    toy.write({"include/linux/lamp.h": OPS + LAMP})
    assert "open" in toy.values()


def test_the_opening_names_the_slot(tmp_path: Path) -> None:
    found = Toy(tmp_path).c(LOCAL + CALL).returns()
    assert [o.reason for o in found.open_because] == [
        "a call through l->ops->on: nothing is put into struct lamp_ops.on"
    ]


@pytest.mark.linux
def test_the_tables_of_memory_failure(linux_73: Path) -> None:
    (found,) = api.flow(str(linux_73), "mm/memory-failure.c:page_action", arguments={}).returns
    assert found.closed
