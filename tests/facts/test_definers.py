"""Macros of headers that write functions: which ones they are, who sees them, and what they write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.facts.definers import Definers, defining_macros
from kscan.facts.extract import extract
from kscan.model.facts import Param
from kscan.model.source import Source

SHOW = b"""#ifndef SHOW_H
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define DEFINE_SHOW(name) \\
	static int name##_open(struct inode *inode, struct file *file) \\
	{ return single_open(file, name##_show, inode->i_private); } \\
	static const struct file_ops name##_fops = { .open = name##_open, }
#define DEFINE_PAIR(name) DEFINE_SHOW(name); DEFINE_SHOW(JOIN(name, _all))
#define ATTR(n) { .show = n##_show }
#define DEVICE_ATTR(n) struct attribute attr_##n = ATTR(n)
#define STUB(fn) static int JOIN(__stub_, JOIN(__COUNTER__, fn))(void) { return fn(); }
#define FIXED(fn) static int always_the_same(void) { return fn(); }
#define min_of(a, b) ({ a < b ? a : b; })
#define CHECK(x) do { if (x) return -EIO; } while (0)
#define CHECK_ALL(x, y) do { CHECK(x); CHECK(y); } while (0)
#define HANDLER(n) static void __##n(struct regs *regs); \\
	void n(struct regs *regs) { enter(); __##n(regs); } \\
	static void __##n(struct regs *regs)
#endif
"""
HEADERS = [
    ("include/linux/show.h", SHOW),
    ("arch/odd/include/asm/show.h", b"#define DEFINE_SHOW(n) int odd_##n(void) { return 0; }\n"),
    ("arch/odd/include/asm/own.h", b"#define DEFINE_ODD(n) int odd_##n(void) { return 0; }\n"),
    ("fs/frob/frob.h", b"#define DEFINE_FROB(n) int frob_##n(void) { return 0; }\n"),
]
TABLE = defining_macros(HEADERS)


def written(text: bytes, path: str = "mm/thing.c") -> list[str]:
    return [one.name for one in extract(Source(path, text), macros=TABLE.seen_from(path, text)).functions]


@pytest.mark.parametrize(
    ("text", "path", "names"),
    [
        (b"DEFINE_SHOW(depth);\n", "mm/thing.c", ["depth_open"]),
        (b"static DEFINE_SHOW(depth);\n", "mm/thing.c", ["depth_open"]),
        (b"DEFINE_SHOW(one); DEFINE_SHOW(two)\nDEFINE_SHOW(three);\n", "a.c", ["one_open", "two_open", "three_open"]),
        (b"DEFINE_PAIR(depth);\n", "mm/thing.c", ["depth_open", "depth_all_open"]),
        (b"DEFINE_SHOW(depth);\n", "arch/odd/mm/thing.c", ["depth_open"]),
        (b"DEFINE_ODD(depth);\n", "arch/odd/mm/thing.c", ["odd_depth"]),
        (b"DEFINE_ODD(depth);\n", "arch/even/mm/thing.c", []),
        (b"DEFINE_FROB(depth);\n", "fs/frob/inode.c", ["frob_depth"]),
        (b"DEFINE_FROB(depth);\n", "fs/other/inode.c", []),
        (b'#include "../frob/frob.h"\nDEFINE_FROB(depth);\n', "fs/other/inode.c", ["frob_depth"]),
        (b"#define DEFINE_SHOW(n) int own_##n(void) { return 0; }\nDEFINE_SHOW(depth);\n", "a.c", ["own_depth"]),
        (b"#if 0\nDEFINE_SHOW(depth);\n#endif\n", "mm/thing.c", []),
        (b"/* DEFINE_SHOW(depth); */\n", "mm/thing.c", []),
        (b"STUB(depth);\nFIXED(depth);\nDEVICE_ATTR(depth);\nUNKNOWN(depth);\n", "mm/thing.c", []),
        (b"int f(void)\n{\n\tDEFINE_SHOW(depth);\n\treturn 0;\n}\n", "mm/thing.c", ["f"]),
    ],
)
def test_functions_that_macros_write(text: bytes, path: str, names: list[str]) -> None:
    assert written(text, path) == names


def test_offsets_are_those_of_the_invocation() -> None:
    text = b"int x;\n\nDEFINE_SHOW(depth);\n"
    (found,) = extract(Source("a.c", text), macros=TABLE.seen_from("a.c", text)).functions
    assert text[found.start : found.end] == b"DEFINE_SHOW(depth)"
    assert {found.name_start, found.body_start, *(call.start for call in found.calls)} == {found.start}
    assert found.via == "DEFINE_SHOW(depth)"
    assert [call.callee for call in found.calls] == ["single_open"]
    assert found.params == (Param("inode", "struct inode *"), Param("file", "struct file *"))


def test_a_header_that_a_macro_gives_to_a_body() -> None:
    text = b"HANDLER(fault)\n{\n\treport(regs);\n}\n"
    body, entry = sorted(
        extract(Source("a.c", text), macros=TABLE.seen_from("a.c", text)).functions, key=lambda one: one.via
    )
    assert (body.name, body.return_type, body.linkage) == ("__fault", "void", "static")
    assert body.params == (Param("regs", "struct regs *"),)
    assert text[body.body_start : body.end].startswith(b"{\n\treport")
    assert (entry.name, entry.via, [call.callee for call in entry.calls]) == (
        "fault",
        "HANDLER(fault)",
        ["enter", "__fault"],
    )


def test_a_short_macro_name_before_a_body() -> None:
    text = b"#define CMD(n) static int n##_cmd(struct item *p, int why)\nCMD(put)\n{\n\treturn drop(p);\n}\n"
    (found,) = extract(Source("a.c", text)).functions
    assert (found.name, found.errors, len(found.params)) == ("put_cmd", 0, 2)


def test_what_a_file_asks_of_headers() -> None:
    text = b"#define OWN(n) int n;\nDEFINE_SHOW(JOIN(a, b));\nOWN(x)\nUNKNOWN(y);\nint f(void) { return g(); }\n"
    assert extract(Source("a.c", text)).asked == ("DEFINE_SHOW", "JOIN", "UNKNOWN")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("DEFINE_SHOW", (True, True, False)),
        ("DEFINE_PAIR", (True, True, False)),
        ("DEVICE_ATTR", (False, True, False)),
        ("STUB", None),
        ("FIXED", None),
        ("min_of", None),
        ("CHECK", (False, False, True)),
        ("CHECK_ALL", (False, False, True)),
        ("HANDLER", (True, False, False)),
        ("JOIN", (False, False, False)),
    ],
)
def test_what_is_in_the_table(name: str, told: tuple[bool, bool, bool] | None) -> None:
    found = TABLE.by_name.get(name)
    assert (found and (found[0].functions, found[0].objects, found[0].leaves)) == told


@given(st.permutations(HEADERS))
def test_the_order_of_headers_does_not_matter(headers: list[tuple[str, bytes]]) -> None:
    assert defining_macros(headers) == TABLE


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (b"", b"", set()),
        (b"a##b", b"b##a", {"JOIN_", "JOIN", "DEFINE_PAIR"}),
        (b"single_open(", b"single_open_size(", {"DEFINE_SHOW", "DEFINE_PAIR"}),
        (b"n##_show }", b"show_##n }", {"ATTR", "DEVICE_ATTR"}),
    ],
)
def test_what_changes_with_a_header(old: bytes, new: bytes, changed: set[str]) -> None:
    later = defining_macros([("include/linux/show.h", SHOW.replace(old, new, 1)), *HEADERS[1:]])
    assert later.changed_since(TABLE) == changed
    assert TABLE.changed_since(later) == changed


def test_nothing_is_built_in() -> None:
    assert defining_macros([]) == Definers()
