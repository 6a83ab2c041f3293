"""What is asked of an index again and again. Who mentions a name is told by pieces that are made of all rows, and by
the few rows that are others since: to read and check every row takes longer than most answers."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

import msgspec

from kscan.facts.fingerprint import fingerprint
from kscan.facts.indexed import Indexed, hashed
from kscan.facts.overlaid import Index
from kscan.facts.store import Store
from kscan.facts.whole import KIND, of_tree
from kscan.index.pieces import Checks, Made, Paths, Piece, made_of

_FEW: Final = 16
"""Names that are looked for one by one."""
_AT_HAND: Final = 1024
"""Headers, and words for what tables hold, of which the answer is kept."""
_MOST_SINCE: Final = 500
"""Files that may be others than when the pieces were made."""
_WHOLE: Final = "mentions"


class _Now(msgspec.Struct, frozen=True, array_like=True):
    """Which pieces there are, by their ``mark`` and the ``bits`` of their numbers; the files of which they tell what is
    no more, and the ``rows`` that these have instead."""

    mark: int
    bits: int
    gone: frozenset[str]
    rows: tuple[tuple[str, bytes], ...]


_ENCODER: Final = msgspec.msgpack.Encoder()
_NOW: Final = msgspec.msgpack.Decoder(_Now)
_CHECKS: Final = msgspec.msgpack.Decoder(Checks)
_PATHS: Final = msgspec.msgpack.Decoder(Paths)
_PIECE: Final = msgspec.msgpack.Decoder(Piece)


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
        self._own: dict[str, bytes] = {}
        self._now: _Now | None = None
        self._paths: Paths | None = None
        self._pieces: dict[int, Piece | None] = {}
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
            sound = all([self._knows(one) for one in hashes]) or self._knows_anew(hashes)
        except _Lost:
            return ()
        if not sound:
            return super().mentioning(names)
        return tuple(sorted({path for one in hashes for path in self._found[one]}))

    def _knows(self, one: int) -> bool:
        """Looks for the files that mention a hash; False where the pieces that are kept are not of one making."""
        if one in self._found:
            return True
        now = self._now = self._now or _NOW.decode(self._told())
        number = one >> 32 - now.bits
        if number not in self._pieces:
            self._pieces[number] = self._kept(f"{_WHOLE} {number}", _PIECE)
        paths = self._paths = self._paths or self._kept(f"{_WHOLE} in", _PATHS)
        piece = self._pieces[number]
        if piece is None or paths is None or not piece.mark == paths.mark == now.mark:
            return False
        found = {paths.at(file) for file in piece.having(one)} - now.gone
        found.update([path for path, names in now.rows if one in array("I", names)])
        self._found[one] = tuple(found)
        return True

    def _knows_anew(self, hashes: Iterable[int]) -> bool:
        """The same after the pieces were made again: one is damaged, or another run has made others meanwhile."""
        self._forget()
        self._now = self._made(self._rows_now())
        return all([self._knows(one) for one in hashes])

    def gather(self) -> None:
        """See to it that what is asked first need not be gathered then."""
        with suppress(_Lost):
            self._told()

    def _told(self) -> bytes:
        """What holds of the rows as they are, encoded. Raises _Lost."""
        return of_tree(self._store, self._names, _WHOLE, lambda: _ENCODER.encode(self._compared()))

    def _compared(self) -> _Now:
        """What became of the rows since the pieces were made; they are made anew where that is too much."""
        rows = self._rows_now()
        known = self._kept(f"{_WHOLE} by", _CHECKS)
        paths = self._kept(f"{_WHOLE} in", _PATHS)
        if known is None or paths is None or known.by != fingerprint() or known.mark != paths.mark:
            return self._made(rows)
        before = dict(zip(paths.all(), memoryview(known.checks).cast("I"), strict=True))
        new = [(path, names) for path, names in rows if before.get(path) != zlib.crc32(names)]
        gone = (before.keys() - {path for path, _ in rows}) | (before.keys() & {path for path, _ in new})
        if len(new) + len(gone) > _MOST_SINCE:
            return self._made(rows)
        return _Now(known.mark, known.bits, frozenset(gone), tuple(new))

    def _rows_now(self) -> list[tuple[str, bytes]]:
        """What each file mentions. Raises _Lost."""
        rows = [(path, names) for path, names in self._read_mentions() if names]
        if self.lost:
            raise _Lost
        return rows

    def _made(self, rows: list[tuple[str, bytes]]) -> _Now:
        """Makes the pieces anew, and keeps them."""
        made = made_of(rows, fingerprint())
        self._own = dict(_values(made))
        if self._names.signature:
            for name, value in self._own.items():
                self._store.put(KIND, name, value)
        return _Now(made.checks.mark, made.checks.bits, frozenset(), ())

    def _kept(self, name: str, decoder: msgspec.msgpack.Decoder[Any]) -> Any:
        """A value that was made with the pieces; None where it is not there, or damaged."""
        kept = self._own.get(name) or self._store.get(KIND, name)
        try:
            return None if kept is None else decoder.decode(kept)
        except msgspec.DecodeError:  # of another version
            return None


def _values(made: Made) -> Iterable[tuple[str, bytes]]:
    """What is kept of all pieces, by name."""
    yield f"{_WHOLE} by", _ENCODER.encode(made.checks)
    yield f"{_WHOLE} in", _ENCODER.encode(made.paths)
    for number, piece in enumerate(made.pieces):
        yield f"{_WHOLE} {number}", _ENCODER.encode(piece)
