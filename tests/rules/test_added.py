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
        ("a\n}\n}\n", "a\n}\nb\n}\n}\n", ["b\n", "}\n"]),
        ("a\n}", "a\nb\n}", ["b\n"]),
        ("a\nb", "a\nb\n", []),
        ("a\r\nc\r\n", "a\r\nb\r\nc\r\n", ["b\r\n"]),
        ("a\rc\r", "a\rb\rc\r", ["b\r"]),
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


@given(st.lists(st.sampled_from("ab}"), max_size=8), st.lists(st.sampled_from("ab}"), max_size=8), st.booleans())
def test_how_lines_end_changes_nothing(before: list[str], after: list[str], closed: bool) -> None:
    found = []
    for end in ("\n", "\r\n"):  # those that end in one way are compared as a whole, all others line by line
        old, text = (end.join([*lines, ""] if closed else lines) for lines in (before, after))
        found.append([one.replace("\r", "") for one in new(old, text)])
    assert found[0] == found[1]
