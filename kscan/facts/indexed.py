"""The rows that the index keeps of each file, and what is asked of them."""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

import msgspec

from kscan.facts.shared import Shared
from kscan.facts.store import Reset, Store, sealed, sound
from kscan.source.tree import FileStat

_FEW = 16
"""Names that are looked for one by one."""
_KEPT_FLOWS = 512
"""Files whose summaries stay at hand."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one file: encoded FileFacts, encoded summaries by key, and the names it mentions, as hashes.
    What is encoded is ``packed`` too.

    ``facts`` is None where they are too large to keep; they are made again when someone asks. ``tables`` are encoded
    FileTables, and ``keys`` what is looked for in them, as hashes; both are empty where there are none."""

    stat: tuple[str, int, int]
    content: bytes
    functions: int
    facts: bytes | None
    flow: bytes
    names: bytes
    keys: bytes = b""
    tables: bytes = b""


class Known(msgspec.Struct, frozen=True):
    """When a file was read: its stat then (``mtime_ns`` -1 where that alone tells nothing), a digest of its bytes."""

    stat: FileStat
    content: bytes


class Header(msgspec.Struct, frozen=True, array_like=True):
    """What a header shares, encoded and packed, and a digest of the bytes it was read from."""

    path: str
    content: bytes
    shared: bytes


_SHARED = msgspec.msgpack.Decoder(Shared)
_ID_BITS = 24
_LEVEL = 3
"""Of zlib's levels the one behind which time grows and size hardly shrinks."""
_RAWS = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


def hashed(names: Iterable[str]) -> bytes:
    """``names`` as four bytes each, in native order, no hash twice."""
    return array("I", sorted({zlib.crc32(name.encode(errors="surrogateescape")) for name in names})).tobytes()


def key_of(name: str, body_start: int) -> str:
    """Under what the summary of a function is found among those of its file."""
    return f"{name}:{body_start}"


def packed(encoded: bytes) -> bytes:
    """``encoded`` as rows hold it: a quarter of its size."""
    return zlib.compress(encoded, _LEVEL)


def decode_shared(data: bytes) -> Shared:
    """The opposite of encoding and packing a ``Shared``. Raises zlib.error or msgspec.DecodeError for anything else."""
    return _SHARED.decode(zlib.decompress(data))


class _Mentions:
    """The hashes that each of some files mentions, in one piece, for that is searched fastest. A file whose hashes are
    damaged (None) may mention anything."""

    def __init__(self, files: Sequence[tuple[str, bytes | None]]) -> None:
        self._damaged = [path for path, names in files if names is None]
        kept = [(path, names) for path, names in files if names]
        self._paths = [path for path, _ in kept]
        self._all = b"".join([names for _, names in kept])
        self._ends = list(accumulate(len(names) for _, names in kept))

    def having(self, wanted: Iterable[bytes]) -> tuple[str, ...]:
        """The files that mention one of the hashes ``wanted``, sorted."""
        found = set(self._damaged)
        for one in wanted:
            at = self._all.find(one)
            while at >= 0:
                number = bisect_right(self._ends, at)
                found.add(self._paths[number])
                at = self._all.find(one, self._ends[number])
        return tuple(sorted(found))


class Indexed:
    """The rows of one store, read. A row that is damaged counts as absent; ``lost`` tells that all of them were, and
    that the store is empty."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lost = False
        self._mentioned: _Mentions | None = None
        self._flow = lru_cache(maxsize=_KEPT_FLOWS)(self._read_flow)

    def facts(self, path: str) -> bytes | None:
        """The encoded facts of the file at ``path``."""
        return self._unpacked("SELECT facts FROM indexed WHERE path = ?", path)

    def summary(self, path: str, key: str) -> bytes | None:
        """The encoded summary that the file at ``path`` has under ``key_of`` a function."""
        found = self._flow(path).get(key)
        return None if found is None else bytes(found)

    def shared(self, path: str) -> Shared | None:
        """What the header at ``path`` shares."""
        found = self.header(path)
        return None if found is None else decode_shared(found)

    def mentioning(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The files that mention one of the names ``wanted``, sorted; a file too many is possible, too few are not."""
        hashes = hashed(wanted)
        if len(hashes) <= _FEW * 4:
            return self._mentions().having([hashes[at : at + 4] for at in range(0, len(hashes), 4)])
        many = frozenset(array("I", hashes))
        rows = self._rows("SELECT path, names FROM mention ORDER BY path")
        known = ((path, sound(kept)) for path, kept in rows)
        return tuple([path for path, names in known if names is None or not many.isdisjoint(array("I", names))])

    def _mentions(self) -> _Mentions:
        """All that files mention, as it was when someone asked first: to read and check it takes a while."""
        if self._mentioned is None or self.lost:
            rows = self._rows("SELECT path, names FROM mention ORDER BY path")
            self._mentioned = _Mentions([(path, sound(kept)) for path, kept in rows])
        return self._mentioned

    def tables(self, path: str) -> bytes | None:
        """The encoded tables of the file at ``path``, if it has any."""
        return self._unpacked("SELECT tables FROM filled WHERE path = ?", path)

    def filling(self, key: str) -> tuple[str, ...]:
        """The files whose tables have something under ``key``, sorted; a file too many is possible."""
        low = zlib.crc32(key.encode(errors="surrogateescape")) << _ID_BITS
        sql = "SELECT path FROM filling JOIN filled ON filled.id = at - ? WHERE at BETWEEN ? AND ? ORDER BY path"
        return tuple(row[0] for row in self._rows(sql, (low, low, low + (1 << _ID_BITS) - 1)))

    def known(self) -> dict[str, Known]:
        """All files that have a row."""
        rows = self._rows("SELECT path, size, mtime_ns, content FROM indexed")
        return {row[0]: Known(FileStat(row[0], row[1], row[2]), row[3]) for row in rows}

    def headers(self) -> dict[str, Header]:
        """All headers with a sound row."""
        rows = self._rows("SELECT path, content, shared FROM header")
        return {row[0]: Header(row[0], row[1], value) for row in rows if (value := sound(row[2])) is not None}

    def counts(self) -> tuple[int, int]:
        """How many files have a row, and how many functions they define."""
        rows = self._rows("SELECT count(*), coalesce(sum(functions), 0) FROM indexed")
        return (rows[0][0], rows[0][1]) if rows else (0, 0)

    def depends(self) -> bool:
        """Whether any row depends on what other files share."""
        return bool(self._rows("SELECT 1 FROM mention WHERE length(names) > 4 LIMIT 1"))

    def header_paths(self) -> frozenset[str]:
        """The headers that have a row."""
        return frozenset(row[0] for row in self._rows("SELECT path FROM header"))

    def header(self, path: str) -> bytes | None:
        """What the header at ``path`` shares, encoded and packed."""
        return self._value("SELECT shared FROM header WHERE path = ?", path)

    def _read_flow(self, path: str) -> dict[str, msgspec.Raw]:
        found = self._unpacked("SELECT flow FROM indexed WHERE path = ?", path)
        return {} if found is None else _RAWS.decode(found)

    def _unpacked(self, sql: str, path: str) -> bytes | None:
        found = self._value(sql, path)
        return None if found is None else zlib.decompress(found)

    def _value(self, sql: str, path: str) -> bytes | None:
        rows = self._rows(sql, (path,))
        return sound(rows[0][0]) if rows else None

    def _rows(self, sql: str, values: Iterable[str | int] = ()) -> list[Any]:
        try:
            return self._store.rows(sql, values)
        except Reset:
            self.lost = True
            return []


# -- writing: each of these is part of a transaction


def put_rows(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Keep ``rows`` in place of what was known of these files."""
    rows = list(rows)
    db.executemany(
        "INSERT OR REPLACE INTO indexed VALUES(?, ?, ?, ?, ?, ?, ?)",
        ((*row.stat, row.content, row.functions, _sealed(row.facts), sealed(row.flow)) for row in rows),
    )
    db.executemany("INSERT OR REPLACE INTO mention VALUES(?, ?)", ((row.stat[0], sealed(row.names)) for row in rows))
    _drop_filled(db, [row.stat[0] for row in rows])
    for row in rows:
        if row.tables:
            filled = (row.stat[0], row.keys, sealed(row.tables))
            number = db.execute("INSERT INTO filled(path, keys, tables) VALUES(?, ?, ?)", filled).lastrowid
            db.executemany("INSERT OR IGNORE INTO filling VALUES(?)", _places(number or 0, row.keys))


def _drop_filled(db: sqlite3.Connection, paths: Iterable[str]) -> None:
    for path in paths:
        for number, keys in db.execute("SELECT id, keys FROM filled WHERE path = ?", (path,)).fetchall():
            db.executemany("DELETE FROM filling WHERE at = ?", _places(number, keys))
            db.execute("DELETE FROM filled WHERE id = ?", (number,))


def _places(number: int, keys: bytes) -> list[tuple[int]]:
    return [(hashed << _ID_BITS | number,) for hashed in array("I", keys)]


def _sealed(value: bytes | None) -> bytes | None:
    return None if value is None else sealed(value)


def put_headers(db: sqlite3.Connection, headers: Iterable[Header]) -> None:
    """Keep ``headers`` in place of what was known of these."""
    rows = ((one.path, one.content, sealed(one.shared)) for one in headers)
    db.executemany("INSERT OR REPLACE INTO header VALUES(?, ?, ?)", rows)


def set_stats(db: sqlite3.Connection, stats: Iterable[FileStat]) -> None:
    """Note new stats of files whose bytes are the same."""
    rows = ((stat.size, stat.mtime_ns, stat.path) for stat in stats)
    db.executemany("UPDATE indexed SET size = ?, mtime_ns = ? WHERE path = ?", rows)


def drop(db: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget these files, which are no more, or have to be read again whatever their stat says."""
    paths = list(paths)
    _drop_filled(db, paths)
    gone = [(path,) for path in paths]
    for table in ("indexed", "mention"):
        db.executemany(f"DELETE FROM {table} WHERE path = ?", gone)


def clear(db: sqlite3.Connection) -> None:
    """Forget every file."""
    for table in ("indexed", "mention", "header", "filled", "filling"):
        db.execute(f"DELETE FROM {table}")


def drop_headers(db: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget what these headers shared."""
    db.executemany("DELETE FROM header WHERE path = ?", [(path,) for path in paths])
