"""The parser comes to an end on whatever it is given."""

from __future__ import annotations

import pytest

from kscan.dialect.mask import mask
from kscan.parse.parser import parse
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
        captures(tree.root_node, "facts/functions", "facts/calls", "facts/errors")


def test_gives_up_where_the_text_takes_too_many_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kscan.parse.parser._PATIENCE", 0)
    monkeypatch.setattr("kscan.parse.parser._BYTES_A_CALL", 1_000_000)
    assert parse(b"int a;\n" * 10_000) is None
    assert parse(b"int a;\n") is not None


@pytest.mark.parametrize("name", ["calls", "constants", "enumerators", "errors", "functions", "includes", "macros"])
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
