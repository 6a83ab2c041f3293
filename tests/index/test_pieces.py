"""The pieces of what files mention: every hash beside its file, in order, whatever its bits are."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.index import pieces
from kscan.index.pieces import Piece, made_of

EDGES = [0, 1, 0x7FEFFFFF, 0x7FF00000, 0x7FF80001, 0x7FFFFFFF, 0x80000000, 0xFFEFFFFF, 0xFFF00000, 0xFFFFFFFF]
HASHES = st.sets(st.sampled_from(EDGES) | st.integers(0, 0xFFFFFFFF), max_size=12)


def pairs(piece: Piece, code: str) -> list[tuple[int, int]]:
    return list(zip(array("I", piece.hashes), array(code, piece.files), strict=True))


@pytest.mark.parametrize(("about", "narrow", "code"), [(2048, 1 << 16, "H"), (4, 1 << 16, "H"), (1, 0, "I")])
@given(mentioned=st.lists(HASHES, max_size=20))
def test_all_hashes_are_in_order(about: int, narrow: int, code: str, mentioned: list[set[int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_ABOUT", about)
        patch.setattr(pieces, "_NARROW", narrow)
        rows = [(f"f{number:02}.c", array("I", sorted(one)).tobytes()) for number, one in enumerate(mentioned)]
        made = made_of(rows, "here")
    found = [pairs(piece, code) for piece in made.pieces]
    expected = sorted((one, number) for number, names in enumerate(mentioned) for one in names)
    assert [pair for piece in found for pair in piece] == expected
    assert len(found) == 1 << made.checks.bits
    assert all(one >> 32 - made.checks.bits == number for number, piece in enumerate(found) for one, _ in piece)
