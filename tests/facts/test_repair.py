"""What of a file is given to the parser, and what a second try leaves out."""

from __future__ import annotations

import pytest
from tree_sitter import Tree

from kscan.dialect.scan import clean
from kscan.facts import parsed
from kscan.facts.extract import extract
from kscan.facts.repair import code_only
from kscan.model.source import Source
from kscan.parse.parser import parse

LONG = ", ".join(f"0x{n:x}" for n in range(40))
ROWS = ", ".join(f"{{ 0x{n:x}, ({n} << 4), -1 }}" for n in range(20))
MIXED = ", ".join([*(f"{n}" for n in range(40)), "handler"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("u32 t[] = { " + LONG + " };", "u32 t[] = {" + " " * (len(LONG) + 2) + "};"),
        ("u32 t[] = {\n\t" + LONG + ",\n};", "u32 t[] = {\n " + " " * (len(LONG) + 1) + "\n};"),
        ("u32 t[] = { 1, 2, -EIO };", "u32 t[] = { 1, 2, -EIO };"),
        ("ops t[] = { " + MIXED + " };", "ops t[] = { " + MIXED + " };"),
        ("u32 t[][3] = { " + ROWS + " };", "u32 t[][3] = {" + " " * (len(ROWS) + 2) + "};"),
        ("u32 t[][3] = { " + ROWS + ", { A } };", "u32 t[][3] = { " + ROWS + ", { A } };"),
        ("u32 t[][3] = { " + ROWS + ", [3] = { 1 } };", "u32 t[][3] = { " + ROWS + ", [3] = { 1 } };"),
        ("set t[] = { { .row = { " + ROWS + " } } };", "set t[] = { { .row = { " + ROWS + " } } };"),
        ("#define A 1\nint a;\n#ifdef B\nint b;\n#endif", "           \nint a;\n#ifdef B\nint b;\n#endif"),
    ],
)
def test_code_only(text: str, left: str) -> None:
    data = text.encode()
    assert code_only(data, clean(data)) == left.encode()


def test_functions_behind_a_table_of_numbers() -> None:
    text = "static const u32 t[] = {\n" + LONG + "\n};\n\nint f(void)\n{\n\treturn g(t[0]);\n}\n"
    facts = extract(Source("a.c", text.encode()))
    assert [(one.name, one.errors, [call.callee for call in one.calls]) for one in facts.functions] == [("f", 0, ["g"])]


def test_functions_behind_a_table_whose_last_entry_ends_in_numbers() -> None:
    text = "struct set t[] = {\n\t{\n\t\t.rows = { " + ROWS + " }\n\t},\n};\n\nint f(void)\n{\n\treturn g(t);\n}\n"
    facts = extract(Source("a.c", text.encode()))
    assert [(one.name, one.errors) for one in facts.functions] == [("f", 0)]
    assert facts.gaps == ()


def test_errors_are_counted_where_they_stand() -> None:
    text = b"int f(void)\n{\n\treturn 1;\n}\nint g(void)\n{\n\ta b c d;\n}\n"
    facts = extract(Source("a.c", text))
    assert [one.errors > 0 for one in facts.functions] == [False, True]
    assert [gap.function for gap in facts.gaps] == ["g"]


def test_deeply_nested_conditions() -> None:
    depth = 3_000
    opening = "".join(f"#ifdef A{n}\n" for n in range(depth))
    facts = extract(Source("a.c", f"{opening}int f(void)\n{{\n\treturn 1;\n}}\n".encode() + b"#endif\n" * depth))
    assert [len(one.config) for one in facts.functions] == [depth]
    assert facts.functions[0].config[:: depth - 1] == ("defined(A0)", f"defined(A{depth - 1})")


def test_of_a_header_that_numbers_registers_nothing_is_given_to_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []

    def seen(code: bytes) -> Tree | None:
        given.append(code)
        return parse(code)

    monkeypatch.setattr(parsed, "parse", seen)
    text = (
        "/* registers */\n#ifndef R_H\n"
        + "".join(f"#define REG_{n}  0x{n:x} // bits\n" for n in range(99))
        + "#endif\n"
    )
    assert len(extract(Source("r.h", text.encode())).constants) == 99
    assert given == [b""]


@pytest.mark.parametrize(
    "text",
    [
        "bool f(struct a *r, struct b *p)\n#if defined(X)\n{\n\treturn h(r);\n}\n#else\n{\n\treturn 0;\n}\n#endif\n",
        "f(\n    word *left,\n    unsigned int *status)\n{\n    return h(left);\n}\n",
        "f(a, b)\n\nint *a, *b;\nunsigned *c;\n{\n\treturn h(a);\n}\n",
        "#ifdef A\nSOME_DEFINE0(f)\n#else\nOTHER_DEFINE0(f)\n#endif\n{\n\treturn h(1);\n}\n",
        "static int f(int a)\n{\n\tcheck_all(a, EXPECT) again (a)\n\t)\n}\n",
    ],
)
def test_a_function_that_is_not_found_is_a_gap_by_its_name(text: str) -> None:
    facts = extract(Source("a.c", f"int d(void);\n\n{text}\nint g(void)\n{{\n\treturn 1;\n}}\n".encode()))
    assert "f" in {one.name for one in facts.functions if one.errors} | {gap.function for gap in facts.gaps}
    assert "g" in [one.name for one in facts.functions]
    assert not any(gap.function == "g" for gap in facts.gaps)


@pytest.mark.parametrize(
    ("first", "name"), [("int f(int a)", "f"), ("int g(int a)", "g"), ("static int\nf(int a)", "f"), ("WRITE(g)", "g")]
)
def test_of_several_headers_the_one_that_is_left_out_is_a_gap_by_its_name(first: str, name: str) -> None:
    text = f"int d;\n#ifdef A\n{first}\n#else\nint g(void)\n#endif\n{{\n\treturn 1;\n}}\n"
    facts = extract(Source("a.c", text.encode()))
    assert [one.name for one in facts.functions] == ["g"]
    assert [gap.function for gap in facts.gaps] == [name]


def test_a_function_that_a_macro_writes_and_that_does_not_parse_is_a_gap() -> None:
    text = "#define F(n) int n##_f(int a) { return (a b c; }\nF(odd)\nF(even)\n"
    facts = extract(Source("a.c", text.encode()))
    assert [one.name for one in facts.functions if one.errors] == [gap.function for gap in facts.gaps]
    assert [gap.function for gap in facts.gaps] == ["odd_f", "even_f"]
