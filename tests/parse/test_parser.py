"""The parser comes to an end on whatever it is given."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Parser, Tree

from kscan.dialect.mask import mask
from kscan.parse.errors import errors_below
from kscan.parse.parser import _CHUNK, LANGUAGE, function_at, parse, reparse
from kscan.parse.queries import captures, load, text

HOSTILE = {
    "empty": b"",
    "deep braces": b"int f(void)" + b"{" * 10_000 + b"}" * 10_000,
    "open braces": b"{" * 10_000,
    "open parentheses": b"f(" * 10_000,
    "long line": b"a+" * 100_000,
    "one word": b"x" * 1_000_000,
    "all bytes": bytes(range(256)) * 100,
    "latin-1": "int f(void) { return 0; } /* Müller */".encode("latin-1"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_ends(data: bytes) -> None:
    masked = mask(data)
    assert len(masked) == len(data)
    tree = parse(masked)
    if tree is not None:
        captures(tree.root_node, "facts/functions", "facts/calls")
        errors_below(tree.root_node)


def test_gives_up_where_the_text_takes_too_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kscan.parse.parser._PATIENCE", 0)
    monkeypatch.setattr("kscan.parse.parser._BYTES_A_CALL", 1_000_000)
    assert parse(b"int a;\n" * 10_000) is None
    assert parse(b"int a;\n") is not None


@pytest.mark.parametrize("broken", [b"{" * 30_000, b"int f(void)\n{\n" + b")" * 30_000 + b"\n}\n"])
def test_what_is_no_c_for_long_has_no_tree(broken: bytes) -> None:
    assert parse(broken) is None
    tree = parse(b"int a;\n" * 30_000 + broken[:1_000])
    assert tree is not None
    captures(tree.root_node, "facts/calls", "facts/tables")


@pytest.mark.parametrize("name", ["calls", "enumerators", "functions", "tables"])
def test_every_query_compiles_and_says_what_it_is_for(name: str) -> None:
    assert load(f"facts/{name}").capture_count > 0
    assert text(f"facts/{name}").startswith("; ")


def test_unknown_query() -> None:
    with pytest.raises(FileNotFoundError, match="no query named facts/nothing"):
        load("facts/nothing")


def test_a_span_keeps_its_offsets() -> None:
    text = b"int broken( {\nint f(void) { return 1; }\n} } }\n"
    start = text.index(b"int f")
    end = text.index(b"}\n") + 1
    tree = parse(text, (start, end))
    assert tree is not None
    (function,) = tree.root_node.children
    assert (function.type, function.start_byte, function.end_byte) == ("function_definition", start, end)
    assert not tree.root_node.has_error


STATEMENTS = [
    "a = b;",
    "if (a) {",
    "}",
    "f(a,",
    "b);",
    "#if X",
    "#else",
    "#endif",
    "return a;",
    "int (*p)(int)",
    "{ 1, 2 }",
]


def shape(tree: Tree | None) -> list[tuple[str, int, int, bool]]:
    assert tree is not None
    nodes, left = [], [tree.root_node]
    while left:
        node = left.pop()
        nodes.append((node.type, node.start_byte, node.end_byte, node.is_missing))
        left += node.children
    return nodes


@given(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=12), st.data())
def test_a_tree_that_is_parsed_again_in_places_is_the_tree_of_the_new_text(
    lines: list[str], data: st.DataObject
) -> None:
    text = ("int f(void)\n{\n" + "\n".join(lines) + "\n}\nint g(void)\n{\n\treturn 1;\n}\n").encode()
    before = parse(text)
    assert before is not None
    old = shape(before)
    at = data.draw(st.integers(min_value=0, max_value=len(lines) - 1))
    start = text.index("\n".join(lines).encode()) + len("\n".join([*lines[:at], ""]).encode())
    end = start + len(lines[at])
    edited = text[:start] + b" " * (end - start) + text[end:]
    again = reparse(edited, before, [(start, end)])
    fresh = parse(edited)
    assert fresh is not None
    if not fresh.root_node.has_error:
        assert shape(again) == shape(fresh)
    assert shape(before) == old


def test_errors_come_in_the_order_of_the_text() -> None:
    tree = parse(b"int f(void) { return 1 }\nint g(void) { a b c; }\nint h(void) { return 2; }\n")
    assert tree is not None
    found = [(node.start_byte, node.is_missing) for node in errors_below(tree.root_node)]
    assert len(found) >= 2 and found == sorted(found)
    assert found[0] == (22, True)


@pytest.mark.parametrize(
    ("text", "offset", "start"),
    [
        (b"int a;\nint f(void) { return 1; }\n", 22, 7),
        (b"int a;\nint f(void) { return 1; }\n", 2, None),
        (b"int a;\nint f(void) { return 1; }\n", 33, None),
        (b"#ifdef X\nint f(void)\n{\n\n}\n#endif\n", 23, 9),
        (b"", 0, None),
    ],
)
def test_the_function_at_an_offset(text: bytes, offset: int, start: int | None) -> None:
    tree = parse(text)
    assert tree is not None
    node = function_at(tree, offset)
    assert (node.start_byte if node is not None else None) == start


def test_nothing_is_left_of_a_text_that_was_parsed() -> None:
    text = b"int f(void)\n{\n\treturn 1;\n}\n" * 10_000
    parse(text)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(10):
        parse(text)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < len(text)


@pytest.mark.parametrize("size", [1, _CHUNK - 1, _CHUNK, _CHUNK + 1, 2 * _CHUNK, 3 * _CHUNK - 5])
def test_a_text_of_any_length_is_read_to_its_end(size: int) -> None:
    function = b"int f(int a)\n{\n\treturn g(a + 1);\n}\n"
    data = (function * (size // len(function) + 1))[:size]
    tree = parse(data)
    assert tree is not None
    assert tree.root_node.end_byte == size
    assert str(tree.root_node) == str(Parser(LANGUAGE).parse(data).root_node)


def test_a_node_has_its_text_when_others_were_parsed_since() -> None:
    first = parse(b"int f;\n" * 20_000)
    parse(b"int g;\n" * 20_000)
    assert first is not None
    assert {node.text for node in first.root_node.children} == {b"int f;"}
