"""Who mentions a name, from one value that is made of all rows of the index and kept as long as these are the same: to
read and check every row takes longer than most answers."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

import msgspec

from kscan.facts.indexed import Indexed, hashed
from kscan.facts.overlaid import Index
from kscan.facts.store import Store
from kscan.facts.whole import of_tree

_FEW: Final = 16
"""Names that are looked for one by one."""


class _Mentions(msgspec.Struct, frozen=True, array_like=True):
    """The hashes that each of ``paths`` mentions, in one piece; ``ends`` (native integers of eight bytes) say where in
    it those of each file end."""

    paths: list[str]
    ends: bytes
    hashes: bytes


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Mentions)


class _Lost(Exception):
    """The rows are gone."""


class Mentioned(Indexed):
    """The rows in ``store``, of which ``names`` has the signature of the tree."""

    def __init__(self, store: Store, names: Index) -> None:
        super().__init__(store)
        self._names = names
        self._kept: _Mentions | None = None

    def mentioning(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The files that mention one of the names ``wanted``, sorted; a file too many is possible, too few are not."""
        names = tuple(wanted)
        hashes = array("I", hashed(names))
        if len(hashes) > _FEW:
            return super().mentioning(names)
        if self._kept is None or self.lost:
            try:
                self._kept = _DECODER.decode(of_tree(self._store, self._names, "mentions", self._gathered))
            except _Lost:
                return ()
        return _having(self._kept, hashes)

    def _gathered(self) -> bytes:
        rows = [(path, names) for path, names in self._read_mentions() if names]
        if self.lost:
            raise _Lost
        ends = array("q", accumulate(len(names) for _, names in rows))
        hashes = b"".join([names for _, names in rows])
        return _ENCODER.encode(_Mentions([path for path, _ in rows], ends.tobytes(), hashes))


def _having(known: _Mentions, wanted: Iterable[int]) -> tuple[str, ...]:
    """The files that mention one of the hashes ``wanted``, sorted."""
    found: set[str] = set()
    ends = array("q", known.ends)
    for one in wanted:
        word = one.to_bytes(4, sys.byteorder)
        at = known.hashes.find(word)
        while at >= 0:
            number = bisect_right(ends, at)
            found.add(known.paths[number])
            at = known.hashes.find(word, ends[number])
    return tuple(sorted(found))
