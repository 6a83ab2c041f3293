"""What the preprocessor lines of a file define and include, read from their text."""

from __future__ import annotations

from pathlib import Path

import pytest
from tree_sitter import Query, QueryCursor

from kscan.dialect.scan import clean
from kscan.facts.constants import defined
from kscan.facts.extract import extract
from kscan.model.source import Source
from kscan.parse.parser import LANGUAGE, parse

CONSTANTS = {
    "plain": ("#define REG_A 0x10\n", "REG_A", "0x10"),
    "columns": ("#define REG_A                \t(1 << 3) \n", "REG_A", "(1 << 3)"),
    "nothing": ("#define REG_A\n#define REG_B 1\n", "REG_A", ""),
    "nothing but a comment": ("#define REG_A /* none */\n#include <linux/x.h>\n", "REG_A", ""),
    "nothing, then an empty line": ("#define REG_A // none\n\n#define REG_B 1\n", "REG_A", ""),
    "comment before": ("#define REG_A /* bits */ 7\n", "REG_A", "7"),
    "comment behind": ("#define REG_A 7 // bits\n", "REG_A", "7"),
    "continued comment": ("#define REG_A 7 // bits \\\n\tmore bits\n", "REG_A", "7"),
    "continued": ("#define REG_A \\\n\t(1 + \\\n\t 2)\n", "REG_A", "(1 + 2)"),
    "string": ('#define NAME "a /* b */ // c"\n', "NAME", '"a /* b */ // c"'),
    "character": ("#define QUOTE '\"' /* \" */\n", "QUOTE", "'\"'"),
    "ends in a slash": ("#define SEP a /\nint x;\n", "SEP", "a /"),
    "indented": ("  #  define REG_A 1\n", "REG_A", "1"),
    "no newline": ("#define REG_A 1", "REG_A", "1"),
    "parenthesis apart": ("#define REG_A (x)\n", "REG_A", "(x)"),
}


@pytest.mark.parametrize(("text", "name", "value"), CONSTANTS.values(), ids=CONSTANTS)
def test_constant(text: str, name: str, value: str) -> None:
    data = text.encode()
    first = defined(data, data, clean(data).directives).constants[0]
    assert (first.name, first.value, first.start) == (name, value, text.index(name))


MACROS = {
    "plain": ("#define add(a, b) ((a) + (b))\n", ("a", "b"), "((a) + (b))"),
    "no parameter": ("#define now() 1\n", (), "1"),
    "variadic": ("#define log(fmt, ...) put(fmt, ##__VA_ARGS__)\n", ("fmt", "..."), "put(fmt, ##__VA_ARGS__)"),
    "named rest": ("#define log(fmt, args...) put(fmt, args)\n", ("fmt", "args..."), "put(fmt, args)"),
    "comment among parameters": ("#define f(a /* (first) */, b) a\n", ("a", "b"), "a"),
    "continued parameters": ("#define f(a, \\\n\tb) a\n", ("a", "b"), "a"),
    "no body": ("#define f(a) /* none */\n#define g(a) a\n", ("a",), ""),
}


@pytest.mark.parametrize(("text", "params", "body"), MACROS.values(), ids=MACROS)
def test_macro(text: str, params: tuple[str, ...], body: str) -> None:
    data = text.encode()
    made = defined(data, data, clean(data).directives).macros[0]
    assert (made.params, made.body, made.start) == (params, body, 0)


def test_includes() -> None:
    data = b'#include <linux/a.h>\n# include "b.h" /* why */\n#include NAME\n#include NAME(c)\n#include_next <d.h>\n'
    found = defined(data, data, clean(data).directives)
    assert found.includes == ("linux/a.h", "b.h", "NAME", "NAME(c)")


@pytest.mark.parametrize(
    "text", ["#define\n", "#define 9x 1\n", "/*\n#define A 1\n*/\n", '"#define A 1"\n', "#if 0\n#define A 1\n#endif\n"]
)
def test_no_constant(text: str) -> None:
    assert extract(Source("a.h", text.encode())).constants == ()


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("A,\n\tB", "A"),
        ("A, /* one */\n#define A A\n\tB", "A"),
        ("A,\n#undef B\n\tB", "A"),
        ("MAPPER(FN)\n\tB", "?"),
        ("A,\n\tMAPPER(FN)\n\tB", "?"),
        ("A,\n#ifdef X\n\tC,\n#endif\n\tB", "?"),
    ],
    ids=["plain", "defined", "undefined", "macro", "macro-between", "conditional"],
)
def test_what_an_enumerator_comes_after(body: str, after: str) -> None:
    constants = extract(Source("a.h", f"enum id {{\n\t{body},\n}};\n".encode())).constants
    (last,) = [one for one in constants if one.kind == "enum" and one.name == "B"]
    assert last.after == after


def test_a_header_of_definitions_has_what_its_lines_say() -> None:
    lines = [f"#define REG_{n}__SHIFT    0x{n:x} /* {{ */" for n in range(500)]
    facts = extract(Source("reg.h", ("#ifndef _REG_H\n#define _REG_H\n" + "\n".join(lines) + "\n#endif\n").encode()))
    assert [(one.name, one.value) for one in facts.constants[1:]] == [
        (f"REG_{n}__SHIFT", f"0x{n:x}") for n in range(500)
    ]
    assert (facts.functions, facts.gaps) == ((), ())


@pytest.mark.linux
def test_register_headers_say_what_the_grammar_reads_in_them(linux_73: Path) -> None:
    query = Query(LANGUAGE, "(preproc_def name: (_) @name value: (preproc_arg) @value)")
    headers = sorted((linux_73 / "drivers/gpu/drm/amd/include").rglob("*_offset.h"))
    for path in [one for one in headers if one.stat().st_size < 400_000][:20]:
        data = path.read_bytes()
        tree = parse(data)
        assert tree is not None
        found = {
            captured["name"][0].start_byte: data[captured["value"][0].start_byte : captured["value"][0].end_byte]
            for _, captured in QueryCursor(query).matches(tree.root_node)
        }
        constants = extract(Source(path.name, data)).constants
        told = {one.start: one.value for one in constants if one.kind == "macro" and one.value}
        assert told == {start: value.decode().split(" //")[0].strip() for start, value in found.items()}
