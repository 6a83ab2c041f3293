"""Byte offsets to lines and columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.report.lines import LineIndex, Places

TEXT = b"a\n\n\xc3\xa9bc\r\nlast"


@pytest.mark.parametrize(
    ("offset", "position"),
    [
        (0, (1, 1)),
        (1, (1, 2)),
        (2, (2, 1)),
        (3, (3, 1)),
        (5, (3, 3)),  # bytes, not characters
        (8, (3, 6)),
        (9, (4, 1)),
        (13, (4, 5)),
        (99, (4, 5)),
        (-1, (1, 1)),
    ],
)
def test_positions(offset: int, position: tuple[int, int]) -> None:
    assert LineIndex(TEXT).position(offset) == position


def test_an_empty_file_has_one_position() -> None:
    assert LineIndex(b"").position(0) == (1, 1)


@given(st.binary(max_size=200), st.data())
def test_a_position_leads_back_to_its_offset(data: bytes, draw: st.DataObject) -> None:
    offset = draw.draw(st.integers(0, len(data)))
    line, column = LineIndex(data).position(offset)
    assert sum(len(one) + 1 for one in data.split(b"\n")[: line - 1]) + column - 1 == offset


def test_many_positions_are_what_a_few_are() -> None:
    text = b"\xef\xbb\xbfone\n\n" + "zwölf\r\n😀!\n".encode() * 20 + b"end"
    many = LineIndex(text)
    for offset in range(-1, len(text) + 2):
        assert many.position(offset) == LineIndex(text).position(offset)
        assert many.wide(offset) == LineIndex(text).wide(offset)


def test_a_file_is_read_once() -> None:
    read: list[str] = []
    places = Places(lambda path: (read.append(path), TEXT)[1])
    assert [places.line("x.c", offset) for offset in (0, 2, 9)] == [1, 2, 4]
    assert read == ["x.c"]


@given(st.binary(max_size=60).map(lambda data: data.replace(b"a", b"\n")), st.lists(st.integers(-2, 62), max_size=30))
def test_what_was_asked_before_changes_no_answer(data: bytes, offsets: list[int]) -> None:
    lines = LineIndex(data)
    assert [lines.position(offset) for offset in offsets] == [LineIndex(data).position(offset) for offset in offsets]


def test_versions_with_the_same_text_share_its_lines() -> None:
    shared: dict[bytes, LineIndex] = {}
    one, two = Places({"x.c": b"a\nb"}.__getitem__, shared), Places({"x.c": b"a\nb", "y.c": b""}.__getitem__, shared)
    assert one.at("x.c", 2) == two.at("x.c", 2) == (2, 1)
    assert two.at("y.c", 0) == (1, 1)
    assert shared.keys() == {b"a\nb", b""}
