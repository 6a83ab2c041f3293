"""The names of mixed case that a file declares."""

from __future__ import annotations

import pytest

from kscan.facts.declared import Declared, declared
from kscan.facts.extract import extract, tree_of
from kscan.model.source import Source


def _declared(text: str) -> tuple[Declared, ...]:
    source = Source("f.c", text.encode())
    found = declared(source, tree_of(source), extract(source))
    for one in found:
        assert source.data[one.start : one.end].decode() == one.name
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("int aB(void)\n{\n\treturn 0;\n}\n", [("aB", "function", "aB")]),
        ("int f(int aB)\n{\n\treturn aB;\n}\n", [("aB", "parameter", "f")]),
        (
            "int f(void)\n{\n\tint aB = 1, c, *dE[3];\n\treturn aB;\n}\n",
            [("aB", "variable", "f"), ("dE", "variable", "f")],
        ),
        ("static int __init aB(void)\n{\n\treturn 0;\n}\n", [("aB", "function", "aB")]),
        ("int aB, c;\n", [("aB", "variable", "")]),
        ("int (*aB)(int cD);\n", [("aB", "variable", "")]),
        (
            "struct s {\n\tint aB;\n\tint (*cD)(void);\n\tunsigned eF:3;\n};\n",
            [("aB", "member", ""), ("cD", "member", ""), ("eF", "member", "")],
        ),
        ("#define aB(x) (x)\n#define CD(x) (x)\n#define eF 3\n", [("aB", "macro", "")]),
        ("extern int aB;\nint cD(int eF);\n", []),
        ("typedef int aB;\nenum { cD };\nstruct eF;\n", []),
        ('int f(void)\n{\n\t/* aB */\n\treturn g(aB) + "aB"[0];\n}\n', []),
        ("struct aB *f(struct aB *x)\n{\n\treturn (struct aB *)x;\n}\n", []),
    ],
)
def test_what_is_declared(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert [(one.name, one.kind, one.function) for one in _declared(text)] == wanted


def test_a_function_has_its_type_and_parameters() -> None:
    (one,) = _declared("static bool aB(struct page *page, int n)\n{\n\treturn !page;\n}\n")
    assert (one.type, [param.type for param in one.params]) == ("bool", ["struct page *", "int"])


@pytest.mark.parametrize(
    "text",
    [
        "struct s {\n\t__le16 aB;\n};\n",
        "struct s {\n\tint aB;\n} __attribute__((packed));\n",
        "struct s {\n\tint aB;\n} __packed;\n",
    ],
)
def test_members_of_formats_are_foreign(text: str) -> None:
    assert [one.foreign for one in _declared(text)] == [True]


def test_members_know_their_siblings() -> None:
    first, second = _declared("struct s {\n\tint aB;\n\tint c;\n\tint dE;\n};\n")
    assert (first.siblings, second.siblings, first.foreign) == (("dE",), ("aB",), False)


def test_a_file_that_does_not_parse_declares_nothing() -> None:
    source = Source("f.c", b"int aB;\0")
    assert declared(source, tree_of(source), extract(source)) == ()
