"""Facts of one file: functions with their spans, calls, conditions and documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts.definers import defining_macros
from kscan.facts.extract import expansions, extract, function_node, sharing_facts, tree_of
from kscan.model.facts import Function, Param
from kscan.model.source import Source

TEXT = b"""#include <linux/mm.h>
#include "local.h"

#define DEPTH 3	/* levels */
#define TWICE(x, y...) \\
	((x) /* again */ \\
	* 2)
#define MAKE(Name) static int Made##Name(struct page *p) { return made(p); }

enum kind { FIRST, SECOND = 4, THIRD };

/**
 * grab - take a reference
 * @p: the page
 *
 * Return: 0 on success, -EBUSY when it is taken.
 */
static int __must_check __init grab(struct page *p, const char __user *name,
		int (*fn)(int), int flags[2], ...)
	__must_hold(&p->lock)
{
	struct item *it;

	list_for_each_entry(it, &p->items, node)
		if (busy(container_of(it, struct thing, node)))
			return -EBUSY;
	return p->ops->go(wrap(p)(1));
}

#ifdef CONFIG_THING
struct page *find(void)
{
	return NULL;
}
#else
static inline struct page *find(void) { return NULL; }
#endif

MAKE(One) MAKE(Two)

SYSCALL_DEFINE2(nap, unsigned int, seconds, const char __user *, why)
{
	return rest(seconds);
}
"""


def facts(text: bytes, path: str = "mm/thing.c", **options: object) -> dict[str, Function]:
    return {one.name: one for one in extract(Source(path, text), **options).functions}  # type: ignore[arg-type]


FOUND = facts(TEXT)


def test_functions_in_the_order_of_the_text() -> None:
    assert [one.name for one in extract(Source("a.c", TEXT)).functions] == [
        "grab",
        "find",
        "find",
        "MadeOne",
        "MadeTwo",
        "sys_nap",
    ]


def test_header() -> None:
    grab = FOUND["grab"]
    assert grab.return_type == "int"
    assert grab.linkage == "static"
    assert grab.errors == 0
    assert grab.params == (
        Param("p", "struct page *"),
        Param("name", "const char *"),
        Param("fn", "int (* )(int)"),
        Param("flags", "int [2]"),
        Param("", "..."),
    )


def test_offsets_point_at_the_text() -> None:
    grab = FOUND["grab"]
    assert TEXT[grab.start : grab.end].startswith(b"static int __must_check")
    assert TEXT[grab.start : grab.end].endswith(b"go(wrap(p)(1));\n}")
    assert TEXT[grab.name_start :].startswith(b"grab(struct page")
    assert TEXT[grab.body_start :].startswith(b"{\n\tstruct item *it;")


def test_direct_calls_only() -> None:
    calls = FOUND["grab"].calls
    assert [call.callee for call in calls] == ["busy", "container_of", "wrap"]
    assert [TEXT[call.start : call.end] for call in calls] == [
        b"busy(container_of(it, struct thing, node))",
        b"container_of(it, struct thing, node)",
        b"wrap(p)",
    ]


def test_documentation() -> None:
    doc = FOUND["grab"].doc
    assert doc is not None
    assert doc.name == "grab"
    assert "-EBUSY" in (doc.returns or "")
    assert FOUND["find"].doc is None


def test_variants_keep_their_conditions() -> None:
    found = [one for one in extract(Source("a.c", TEXT)).functions if one.name == "find"]
    assert [(one.config, one.linkage) for one in found] == [
        (("defined(CONFIG_THING)",), "global"),
        (("!defined(CONFIG_THING)",), "static"),
    ]
    assert found[0].return_type == "struct page *"


def test_a_configuration_leaves_one_variant() -> None:
    assert [one.name for one in extract(Source("a.c", TEXT), kconfig={}).functions].count("find") == 1


def test_static_in_a_header_is_inline() -> None:
    assert facts(TEXT, "include/thing.h")["grab"].linkage == "inline"


def test_functions_that_a_macro_writes() -> None:
    made = FOUND["MadeTwo"]
    assert made.via == "MAKE(Two)"
    assert TEXT[made.start : made.end] == b"MAKE(Two)"
    assert made.params == (Param("p", "struct page *"),)
    assert [(call.callee, call.start) for call in made.calls] == [("made", made.start)]
    assert function_node(tree_of(Source("a.c", TEXT)).tree, made) is None  # type: ignore[arg-type]


def test_what_begins_as_a_declaration_may_be_a_function() -> None:
    text = b"#define GET(n) extern inline long n(void) { return 1; }\nGET(depth)\nGET(width)\n"
    assert list(facts(text, "include/depth.h")) == ["depth", "width"]


def test_macros_of_the_tree_expand_too() -> None:
    header = b"#define SHOW(n) static int n##_show(void) { return 0; }\n"
    seen = defining_macros([("include/linux/show.h", header)]).seen_from("mm/thing.c")
    text = b"static int x;\nSHOW(depth);\n"
    assert list(facts(text, macros=seen)) == ["depth_show"]
    (one,) = expansions(Source("a.c", text), {}, foreign=seen)
    assert (one.invocation, one.text) == ("SHOW(depth)", "static int depth_show(void) { return 0; }")


def doubling(depth: int, first: str) -> str:
    """Macros of which each invokes the one before twice, with another name each."""
    more = "".join(f"#define D{n + 1}(x) D{n}(x##a) D{n}(x##b)\n" for n in range(depth))
    return f"#define D0(x) {first}\n{more}"


def test_an_invocation_that_writes_too_many_functions_is_a_gap() -> None:
    text = doubling(9, "int do_##x(void) { return 0; }") + "D9(q)\nint last(void) { return 0; }\n"
    facts = extract(Source("a.c", text.encode()))
    assert [one.name for one in facts.functions] == ["last"]
    assert [gap.reason for gap in facts.gaps] == ["D9(q): it writes more than 200 functions"]


def test_the_macros_of_one_file_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kscan.facts.expansions.MAX_STEPS", 300)
    text = doubling(5, "int do_##x(void) { return 0; }") + "D5(p)\nD5(q)\nD0(r)\n"
    facts = extract(Source("a.c", text.encode()))
    assert {one.name[:4] for one in facts.functions} == {"do_p"}
    assert [gap.reason for gap in facts.gaps] == [
        f"{one}: the macros of the file write more than 300 tokens" for one in ("D5(q)", "D0(r)")
    ]


def test_a_macro_heads_a_function() -> None:
    nap = FOUND["sys_nap"]
    assert nap.params == (Param("seconds", "unsigned int"), Param("why", "const char __user *"))
    assert nap.via == ""
    assert TEXT[nap.start :].startswith(b"SYSCALL_DEFINE2(nap")
    assert [call.callee for call in nap.calls] == ["rest"]


def test_constants_macros_includes() -> None:
    found = extract(Source("a.c", TEXT))
    assert [(one.name, one.value, one.kind, one.after) for one in found.constants] == [
        ("DEPTH", "3", "macro", ""),
        ("FIRST", "", "enum", ""),
        ("SECOND", "4", "enum", "FIRST"),
        ("THIRD", "", "enum", "SECOND"),
    ]
    assert [(one.name, one.params, one.body) for one in found.macros][:1] == [("TWICE", ("x", "y..."), "((x) * 2)")]
    assert found.includes == ("linux/mm.h", "local.h")
    assert found.gaps == ()


def test_function_node() -> None:
    source = Source("a.c", TEXT)
    tree = tree_of(source).tree
    assert tree is not None
    for function in extract(source).functions:
        node = function_node(tree, function)
        assert (node is None) == bool(function.via)
        assert node is None or node.end_byte == function.end


CUT = b"""int f(int a)
{
#ifdef CONFIG_A
	if (a) {
#else
	if (!a) {
#endif
		return 1;
	}
	return 0;
}

int g(void)
{
	return 2;
}
"""


def test_a_cut_statement_leaves_no_gap_where_every_variant_parses() -> None:
    found = extract(Source("a.c", CUT))
    assert [(one.name, one.errors) for one in found.functions] == [("f", 0), ("g", 0)]
    assert not found.gaps


def test_a_cut_statement_keeps_the_first_branch_and_a_gap() -> None:
    found = extract(Source("a.c", CUT.replace(b"!a) {", b"!a) {{")))
    assert [(one.name, one.errors) for one in found.functions] == [("f", 0), ("g", 0)]
    (gap,) = found.gaps
    assert (gap.function, gap.stage) == ("f", "parse")
    assert "CONFIG_A" in gap.reason
    assert CUT[gap.start :].startswith(b"#ifdef CONFIG_A")


def test_two_headers_of_one_body() -> None:
    text = b"#ifdef A\nint f(int a)\n#else\nstatic int f(int a)\n#endif\n"
    text += b"{\n\treturn a;\n}\nint g(void)\n{\n\treturn 1;\n}\n"
    found = extract(Source("a.c", text))
    assert [one.name for one in found.functions] == ["f", "g"]
    assert len(found.gaps) == 1


def test_a_macro_for_statements_is_a_gap_and_does_not_spread() -> None:
    text = b"int f(int a)\n{\n\ta++;\n\tCHECK_AND_LEAVE\n\treturn 0;\n}\n\nint g(void)\n{\n\treturn 1;\n}\n"
    found = extract(Source("a.c", text))
    assert [(one.name, bool(one.errors)) for one in found.functions] == [("f", True), ("g", False)]
    assert {gap.function for gap in found.gaps} == {"f"}


def test_a_broken_body_keeps_its_function() -> None:
    found = extract(Source("a.c", b"int f(void)\n{\n\tint 3x = ] 1;\n\treturn 0;\n}\n"))
    assert [(one.name, bool(one.errors)) for one in found.functions] == [("f", True)]
    assert [gap.function for gap in found.gaps] == ["f"]


@pytest.mark.parametrize("data", [b"", b"\n", b"\0\0", b"\xff\xfe", b"}" * 100, b"#if\n" * 100, b"MAKE("])
def test_odd_files(data: bytes) -> None:
    assert extract(Source("a.c", data)).functions == ()


def test_binary_is_a_gap() -> None:
    (gap,) = extract(Source("a.c", b"\x7fELF\0\0")).gaps
    assert (gap.start, gap.reason) == (-1, "binary content")


def test_deep_and_long_files_end() -> None:
    deep = b"int f(void)" + b"{" * 10_000 + b"}" * 10_000 + b"\nint g(void)\n{\n\treturn 0;\n}\n"
    assert "g" in facts(deep)
    extract(Source("a.c", b"int a; " * 50_000))


@pytest.mark.linux
@pytest.mark.parametrize("tree", ["linux_612", "linux_73"])
def test_real_bodies_parse(tree: str, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(tree)
    paths = sorted((root / "mm").glob("*.c"))
    rows = [one for path in paths for one in extract(Source(path.name, path.read_bytes())).functions if not one.via]
    assert len(rows) > 5_000
    assert sum(one.errors == 0 for one in rows) / len(rows) > 0.998


@pytest.mark.linux
def test_hwpoison_functions(linux_73: Path) -> None:
    path = linux_73 / "mm/memory-failure.c"
    found = extract(Source("mm/memory-failure.c", path.read_bytes()))
    names = {one.name: one for one in found.functions}
    assert {"get_hwpoison_page", "get_any_page", "memory_failure", "soft_offline_page", "unpoison_memory"} <= set(names)
    assert all(one.errors == 0 for one in found.functions)
    assert found.gaps == ()


def test_what_a_file_with_functions_shares_is_told_without_them() -> None:
    source = Source("include/thing.h", TEXT)
    parsed = tree_of(source)
    found, whole = sharing_facts(source, parsed), extract(source)
    assert found is not None
    assert (found.constants, found.macros, found.includes) == (whole.constants, whole.macros, whole.includes)
    plain = Source("include/plain.h", b"#define DEPTH 3\nint grab(int kind);\n")
    assert sharing_facts(plain, tree_of(plain)) is None
