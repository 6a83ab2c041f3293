"""What counts as new text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.model.span import Span
from kscan.rules.added import Added, added_ranges


def new(before: str, after: str) -> list[str]:
    return [after[start:end] for start, end in added_ranges(before.encode(), after.encode())]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\nb\n", "a\nb\n", []),
        ("a\nb\n", "a\n", []),
        ("", "a\nb\n", ["a\n", "b\n"]),
        ("a\nc\n", "a\nb\nc\n", ["b\n"]),
        ("int f(int a)\n", "int f(int a, int b)\n", [", int b"]),
        ("one();\ntwo();\nthree();\n", "three();\none();\ntwo();\n", []),
        ("\tgo();\nx\n", "x\n\t\tgo();\n", []),
        ("return a;\n", "return b;\n", ["b"]),
    ],
)
def test_new_text(before: str, after: str, expected: list[str]) -> None:
    assert new(before, after) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("fooBar", True), ("oldName", False), ("count", False), ("f", False), ("fooBar = oldName", True)],
)
def test_a_word_that_was_there_is_not_new(word: str, expected: bool) -> None:
    before, after = b"int oldName, count;\nint f(void);\n", b"int f(void);\n\nint fooBar = oldName + count;\n"
    added = Added(lambda _: before, lambda _: after, frozenset({"x.c"}))
    at = after.index(word.encode())
    assert added(Span("x.c", at, at + len(word))) is expected
    assert added(Span("other.c", at, at + len(word))) is False


@given(st.lists(st.sampled_from(["a", "b", "c", "{", "}"]), max_size=12))
def test_a_new_file_is_new_from_end_to_end(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    assert "".join(new("", text)) == text


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_ranges_are_in_order_and_inside(before: list[str], after: list[str]) -> None:
    old, text = "\n".join(before).encode(), "\n".join(after).encode()
    ranges = list(added_ranges(old, text))
    flat = [at for one in ranges for at in one]
    assert flat == sorted(flat) and all(0 <= start < end <= len(text) for start, end in ranges)
