"""What of a file is given to the parser, and what a second try leaves out."""

from __future__ import annotations

import pytest

from kscan.dialect.scan import clean
from kscan.facts.extract import extract
from kscan.facts.repair import code_only
from kscan.model.source import Source

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
