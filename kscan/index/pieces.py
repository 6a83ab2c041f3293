"""What all files mention, in pieces so small that a question reads next to nothing; each of them is one value."""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

import msgspec

_HASH_BITS: Final = 32
_MOST_BITS: Final = 10
_ABOUT: Final = 2048
"""Entries in a piece, about: of a kernel tree a thousand pieces are made."""
_GROUP_BITS: Final = 4
"""Bits of a hash by which entries are put in order group by group: all at once take much memory."""
_NARROW: Final = 1 << 16
_HIGH: Final = 1 if sys.byteorder == "little" else 0
"""Which half of an integer of eight bytes counts most."""


class Paths(msgspec.Struct, frozen=True, array_like=True):
    """Files, sorted, in one piece; ``ends`` (native integers of four bytes) say where each ends there. ``mark`` tells
    them from any others."""

    mark: int
    ends: bytes
    paths: bytes

    def at(self, number: int) -> str:
        """The file with this number."""
        ends = memoryview(self.ends).cast("I")
        start = ends[number - 1] if number else 0
        return self.paths[start : ends[number]].decode(errors="surrogateescape")

    def all(self) -> list[str]:
        """All files."""
        return [self.at(number) for number in range(len(self.ends) // 4)]


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """Hashes that begin with the same bits, ascending, and beside each the number of a file with this ``mark`` that
    mentions it: native integers of four bytes, and of two or four."""

    mark: int
    hashes: bytes
    files: bytes

    def having(self, wanted: int) -> Iterator[int]:
        """The numbers of the files that mention the hash ``wanted``."""
        hashes = memoryview(self.hashes).cast("I")
        files = memoryview(self.files).cast("H" if len(self.files) < len(self.hashes) else "I")
        at = bisect_left(hashes, wanted)
        while at < len(hashes) and hashes[at] == wanted:
            yield files[at]
            at += 1


class Checks(msgspec.Struct, frozen=True, array_like=True):
    """By which code all was made, of how many leading ``bits`` the number of a piece is, and a check (four bytes) of
    what each file mentions."""

    by: str
    mark: int
    bits: int
    checks: bytes


class Made(msgspec.Struct, frozen=True):
    """Everything that was made of the rows at one time."""

    checks: Checks
    paths: Paths
    pieces: Sequence[Piece]


def made_of(rows: Sequence[tuple[str, bytes]], by: str) -> Made:
    """The pieces of ``rows``: files in order, and the hashes that each mentions, ascending."""
    paths = [path.encode(errors="surrogateescape") for path, _ in rows]
    checks = array("I", [zlib.crc32(names) for _, names in rows]).tobytes()
    mark = zlib.crc32(b"\0".join(paths), zlib.crc32(checks))
    hashes, files = _ordered([names for _, names in rows])
    bits = min(_MOST_BITS, (len(hashes) // _ABOUT).bit_length())
    code = "H" if len(rows) <= _NARROW else "I"
    borders = [bisect_left(hashes, piece << _HASH_BITS - bits) for piece in range((1 << bits) + 1)]
    pieces = [
        Piece(mark, hashes[start:end].tobytes(), array(code, files[start:end]).tobytes())
        for start, end in pairwise(borders)
    ]
    ends = array("I", accumulate(map(len, paths))).tobytes()
    return Made(Checks(by, mark, bits, checks), Paths(mark, ends, b"".join(paths)), pieces)


def _ordered(mentioned: Sequence[bytes]) -> tuple[array[int], array[int]]:
    """All hashes that files mention, ascending, and the number of the file beside each."""
    hashes, files = array("I"), array("I")
    each = [memoryview(names).cast("I") for names in mentioned]
    numbers = [number.to_bytes(4, sys.byteorder) for number in range(len(mentioned))]
    starts = [0] * len(mentioned)
    for group in range(1 << _GROUP_BITS):
        high = group + 1 << _HASH_BITS - _GROUP_BITS
        ends = [bisect_left(some, high, start) for some, start in zip(each, starts, strict=True)]
        some_hashes = [names[4 * at : 4 * end] for names, at, end in zip(mentioned, starts, ends, strict=True)]
        some_files = [number * (end - at) for number, at, end in zip(numbers, starts, ends, strict=True)]
        found = _together(b"".join(some_hashes), b"".join(some_files))
        hashes.extend(found[0])
        files.extend(found[1])
        starts = ends
    return hashes, files


def _together(hashes: bytes, files: bytes) -> tuple[array[int], array[int]]:
    """``hashes`` in order, and of the ``files`` beside them the one that stood there."""
    both = array("I", bytes(2 * len(hashes)))  # one integer of eight bytes for each: that is put in order fastest
    both[_HIGH::2], both[1 - _HIGH :: 2] = array("I", hashes), array("I", files)
    ordered = array("I", array("Q", sorted(array("Q", both.tobytes()))).tobytes())
    return ordered[_HIGH::2], ordered[1 - _HIGH :: 2]
