"""What is asked of an index again and again. Who mentions a name is told by a few values that are made of all rows and
kept as long as these are the same: to read and check every row takes longer than most answers."""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
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
    """Files, sorted; ``mark`` tells them from any others."""

    mark: int
    paths: list[str]


class _Sort(msgspec.Struct, frozen=True, array_like=True):
    """The hashes of one sort that the files with this ``mark`` mention, in one piece; ``ends`` (native integers of four
    bytes) say how many those of each file and of all before it are."""

    mark: int
    ends: bytes
    hashes: bytes


_ENCODER: Final = msgspec.msgpack.Encoder()
_PATHS: Final = msgspec.msgpack.Decoder(_Paths)
_SORT: Final = msgspec.msgpack.Decoder(_Sort)
_SORTS: Final = 4
"""Sorts of hashes, by their first bits: whoever looks for a name reads and searches those of its sort."""
_AT_HAND: Final = 1024
"""Headers, and words for what tables hold, of which the answer is kept."""
_WIDTH: Final = (1 << 32) // _SORTS


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
        self._paths = _Paths(-1, [])
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
            self._found[one] = tuple([paths.paths[at] for at in _having(sort, one)])
        return sort.mark == paths.mark

    def _part(self, name: str) -> bytes:
        """One of the values that all rows are kept as. Raises _Lost."""
        return of_tree(self._store, self._names, name, lambda: self._gathered(name))

    def _gathered(self, name: str) -> bytes:
        if not self._made:
            rows = [(path, memoryview(names).cast("I")) for path, names in self._read_mentions() if names]
            if self.lost:
                raise _Lost
            self._made = dict(_parts(rows))
            for part in self._made:
                self._part(part)  # all of them are kept at once
        return self._made[name]


_WHOLE: Final = "mentions"


def _parts(rows: Sequence[tuple[str, memoryview]]) -> Iterator[tuple[str, bytes]]:
    """The paths, and the hashes sort by sort, encoded, each with its name."""
    paths = [path for path, _ in rows]
    mark = zlib.crc32("\0".join(paths).encode(errors="surrogateescape"), sum(len(names) for _, names in rows))
    yield _WHOLE, _ENCODER.encode(_Paths(mark, paths))
    starts = [0] * len(rows)
    for number in range(_SORTS):
        high = (number + 1) * _WIDTH
        ends = [bisect_left(names, high, start) for (_, names), start in zip(rows, starts, strict=True)]
        some = [names[start:end] for (_, names), start, end in zip(rows, starts, ends, strict=True)]
        counts = array("I", accumulate([end - start for start, end in zip(starts, ends, strict=True)]))
        yield f"{_WHOLE} {number}", _ENCODER.encode(_Sort(mark, counts.tobytes(), b"".join(some)))
        starts = ends


def _having(sort: _Sort, wanted: int) -> Iterator[int]:
    """The numbers of the files that mention the hash ``wanted``."""
    ends = memoryview(sort.ends).cast("I")
    word = wanted.to_bytes(4, sys.byteorder)
    at = sort.hashes.find(word)
    while at >= 0:
        if at % 4 == 0:
            yield bisect_right(ends, at // 4)
        at = sort.hashes.find(word, at - at % 4 + 4)
