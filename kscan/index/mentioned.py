"""What is asked of an index again and again. Who mentions a name is told by a few values that are made of all rows and
kept as long as these are the same: to read and check every row takes longer than most answers."""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from typing import Final

import msgspec

from kscan.facts.indexed import Indexed, hashed
from kscan.facts.overlaid import Index
from kscan.facts.store import Store
from kscan.facts.whole import of_tree

_FEW: Final = 16
"""Names that are looked for one by one."""


class _Paths(msgspec.Struct, frozen=True, array_like=True):
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


class _Sort(msgspec.Struct, frozen=True, array_like=True):
    """The hashes of one sort that the files with this ``mark`` mention, in one piece; ``ends`` (native integers of four
    bytes) say how many those of each file and of all before it are."""

    mark: int
    ends: bytes
    hashes: bytes


_ENCODER: Final = msgspec.msgpack.Encoder()
_PATHS: Final = msgspec.msgpack.Decoder(_Paths)
_SORT: Final = msgspec.msgpack.Decoder(_Sort)
_SORTS: Final = 16
"""Sorts of hashes, by their first bits: whoever looks for a name reads and searches those of its sort. 256 at most."""
_AT_HAND: Final = 1024
"""Headers, and words for what tables hold, of which the answer is kept."""
_WIDTH: Final = (1 << 32) // _SORTS
_FIRST: Final = 256 // _SORTS
"""So many values of a hash's first byte are of one sort."""


class _Lost(Exception):
    """The rows are gone."""


class Mentioned(Indexed):
    """The rows in ``store``, of which ``names`` has the signature of the tree."""

    def __init__(self, store: Store, names: Index) -> None:
        super().__init__(store)
        self._names = names
        self._forget()
        self._header = lru_cache(maxsize=_AT_HAND)(super().header)
        self._filling = lru_cache(maxsize=_AT_HAND)(super().filling)

    def header(self, path: str) -> bytes | None:
        """What the header at ``path`` shares, encoded and packed: it is asked for its includes, and for the rest."""
        return self._header(path)

    def filling(self, key: str) -> tuple[str, ...]:
        """The files whose tables have something under ``key``, sorted; a file too many is possible."""
        return self._filling(key)

    def _forget(self) -> None:
        self._made: dict[str, bytes] = {}
        self._paths = _Paths(-1, b"", b"")
        self._sorts: dict[int, _Sort] = {}
        self._found: dict[int, tuple[str, ...]] = {}

    def mentioning(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The files that mention one of the names ``wanted``, sorted; a file too many is possible, too few are not."""
        names = tuple(wanted)
        hashes = array("I", hashed(names))
        if len(hashes) > _FEW:
            return super().mentioning(names)
        if self.lost:
            self._forget()
        try:
            sound = all([self._knows(one) for one in hashes])
        except _Lost:
            return ()
        if not sound:
            return super().mentioning(names)
        return tuple(sorted({path for one in hashes for path in self._found[one]}))

    def _knows(self, one: int) -> bool:
        """Looks for the files that mention a hash; False where the parts that are kept are not of one making."""
        if one in self._found:
            return True
        if self._paths.mark < 0:
            self._paths = _PATHS.decode(self._part(_WHOLE))
        number = one // _WIDTH
        if number not in self._sorts:
            self._sorts[number] = _SORT.decode(self._part(f"{_WHOLE} {number}"))
        sort, paths = self._sorts[number], self._paths
        if sort.mark == paths.mark:
            self._found[one] = tuple([paths.at(number) for number in _having(sort, one)])
        return sort.mark == paths.mark

    def gather(self) -> None:
        """See to it that what is asked first need not be gathered then."""
        with suppress(_Lost):
            self._part(_WHOLE)

    def _part(self, name: str) -> bytes:
        """One of the values that all rows are kept as. Raises _Lost."""
        return of_tree(self._store, self._names, name, lambda: self._gathered(name))

    def _gathered(self, name: str) -> bytes:
        if not self._made:
            rows = [(path, names) for path, names in self._read_mentions() if names]
            if self.lost:
                raise _Lost
            self._made = dict(_parts(rows))
            for part in self._made:
                self._part(part)  # all of them are kept at once
        return self._made[name]


_WHOLE: Final = "mentions"
_HASH: Final = 4
"""Bytes of a hash."""
_FIRST_BYTE: Final = _HASH - 1 if sys.byteorder == "little" else 0
"""Where in them the one with the highest bits is."""


def _parts(rows: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The paths, and the hashes sort by sort, encoded, each with its name."""
    paths = [path.encode(errors="surrogateescape") for path, _ in rows]
    mark = zlib.crc32(b"\0".join(paths), sum(len(names) for _, names in rows) // _HASH)
    yield _WHOLE, _ENCODER.encode(_Paths(mark, _ends(map(len, paths)), b"".join(paths)))
    firsts = [names[_FIRST_BYTE::_HASH] for _, names in rows]  # of each hash, in ascending order as the hashes are
    starts = [0] * len(rows)
    for number in range(_SORTS):
        high = (number + 1) * _FIRST
        ends = [bisect_left(first, high, start) for first, start in zip(firsts, starts, strict=True)]
        some = [names[start * _HASH : end * _HASH] for (_, names), start, end in zip(rows, starts, ends, strict=True)]
        counts = _ends([end - start for start, end in zip(starts, ends, strict=True)])
        yield f"{_WHOLE} {number}", _ENCODER.encode(_Sort(mark, counts, b"".join(some)))
        starts = ends


def _ends(lengths: Iterable[int]) -> bytes:
    return array("I", accumulate(lengths)).tobytes()


def _having(sort: _Sort, wanted: int) -> Iterator[int]:
    """The numbers of the files that mention the hash ``wanted``."""
    ends = memoryview(sort.ends).cast("I")
    word = wanted.to_bytes(4, sys.byteorder)
    at = sort.hashes.find(word)
    while at >= 0:
        if at % 4 == 0:
            yield bisect_right(ends, at // 4)
        at = sort.hashes.find(word, at - at % 4 + 4)
