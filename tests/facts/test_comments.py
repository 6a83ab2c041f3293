"""The comment above a function, as sentences."""

from __future__ import annotations

import pytest

from kscan.facts.comments import Comment, comment_above
from kscan.facts.extract import extract
from kscan.model.source import Source

FUNCTION = "static int f(void)\n{\n\treturn 0;\n}\n"


def _comment(text: str) -> Comment | None:
    source = Source("f.c", (text + FUNCTION).encode("latin-1"))
    found = comment_above(source.data, extract(source).functions[-1])
    if found is not None:
        assert source.data[found.start : found.start + 2] + source.data[found.end - 2 : found.end] == b"/**/"
        for one in found.sentences:
            shown = " ".join(source.data[one.start : one.end].decode("latin-1").replace("\n *", "\n").split())
            assert shown == one.text
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/* One. Two g(). */\n", ["One.", "Two g()."]),
        ("/*\n * One is\n * long. Two.\n *\n * Three\n */\n", ["One is long.", "Two.", "Three"]),
        ("/* net style\n * goes on. And on\n */\n", ["net style goes on.", "And on"]),
        ("/* See e.g. g() and i.e. h(). Done. */\n", ["See e.g. g() and i.e. h().", "Done."]),
        ("/* v1.2 of x->y is it! Is it? Yes */\n", ["v1.2 of x->y is it!", "Is it?", "Yes"]),
        ("/* Caf\xe9 is open. Come. */\n", ["Caf\xe9 is open.", "Come."]),
        ("/**/\n", []),
    ],
)
def test_sentences(text: str, wanted: list[str]) -> None:
    comment = _comment(text)
    assert comment is not None
    assert [one.text for one in comment.sentences] == wanted


@pytest.mark.parametrize(
    "text",
    ["", "/* far */\n\n", "int a; /* of a */\n", "/* of g */\nint g(void);\n", "// line\n", "#define A /* of A */\n"],
)
def test_no_comment_of_the_function(text: str) -> None:
    assert _comment(text) is None


def test_sections_and_lists_are_asides() -> None:
    comment = _comment("/**\n * f() - try\n * @x: the x\n *\n * Text.\n * * item\n *\n * Return: 0.\n */\n")
    assert comment is not None and comment.documents
    assert [(one.text, one.aside) for one in comment.sentences] == [
        ("f() - try", False),
        ("@x: the x", True),
        ("Text.", False),
        ("* item", True),
        ("Return: 0.", True),
    ]


def test_lines_with_text_are_counted() -> None:
    comment = _comment("/*\n * One.\n *\n * Two.\n */\n")
    assert comment is not None and comment.lines == 2
