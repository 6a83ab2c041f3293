"""The rows that the index keeps of each file, and what is asked of them."""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any

import msgspec

from kscan.facts import deflate, guarded
from kscan.facts.glance import FactsGlance, Head, TablesGlance
from kscan.facts.shared import Shared
from kscan.facts.store import Reset, Store, sealed, sound
from kscan.source.tree import FileStat

_FEW = 16
"""Names that are looked for one by one."""
_KEPT_FLOWS = 512
"""Files whose summaries stay at hand."""
_KEPT_TABLES = 4096
"""Files whose tables stay at hand."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one file: encoded Head, the two ``parts_of`` its FileFacts, encoded summaries by key, and the
    names it mentions, as hashes. What is encoded is ``packed`` too, but for the ``head``.

    ``facts`` is None where they are too large to keep; they are made again when someone asks. ``tables`` are encoded
    FileTables, and ``keys`` what is looked for in them, as hashes; both are empty where there are none."""

    stat: tuple[str, int, int]
    content: bytes
    functions: int
    head: bytes
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


LOST = b""
"""In place of the digest of a file that was not read to its end because a worker died over it."""


class _Names(msgspec.Struct):
    """A ``Shared`` of which only the names of constants count."""

    constants: dict[str, msgspec.Raw]


_HEAD = msgspec.msgpack.Decoder(Head)
_NAMES = msgspec.msgpack.Decoder(_Names)
_SHARED = msgspec.msgpack.Decoder(Shared)
_FLOW = msgspec.msgpack.Decoder(dict[str, memoryview])


def hashed(names: Iterable[str]) -> bytes:
    """``names`` as four bytes each, in native order, no hash twice."""
    return array("I", sorted({zlib.crc32(name.encode(errors="surrogateescape")) for name in set(names)})).tobytes()


def key_of(name: str, body_start: int) -> str:
    """Under what the summary of a function is found among those of its file."""
    return f"{name}:{body_start}"


def packed(*parts: bytes) -> bytes:
    """What is encoded in ``parts``, as rows hold it: a quarter of its size."""
    return b"".join([deflate.compress(part, deflate.FASTEST) for part in parts])


def _first_of(data: bytes) -> tuple[bytes, bytes]:
    """The first of the parts that were ``packed``, and the others as they are."""
    unpacking = deflate.decompressobj()
    first = unpacking.decompress(data)
    return first, unpacking.unused_data


def decode_shared(data: bytes) -> Shared:
    """The opposite of encoding and packing a ``Shared``. Raises what the reader of zlib's format or msgspec raises for
    anything else."""
    return _SHARED.decode(deflate.decompress(data))


def constant_names(data: bytes) -> Iterable[str]:
    """The names of the constants of a ``Shared``, encoded and packed."""
    return _NAMES.decode(deflate.decompress(data)).constants


class _Mentions:
    """The hashes that each of some files mentions, in one piece, for that is searched fastest."""

    def __init__(self, files: Sequence[tuple[str, bytes]]) -> None:
        kept = [(path, names) for path, names in files if names]
        self._paths = [path for path, _ in kept]
        self._all = b"".join([names for _, names in kept])
        self._ends = list(accumulate(len(names) for _, names in kept))

    def having(self, wanted: Iterable[bytes]) -> tuple[str, ...]:
        """The files that mention one of the hashes ``wanted``, sorted."""
        found: set[str] = set()
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
        self._losses = store.losses
        self._mentioned: _Mentions | None = None
        self._flow = lru_cache(maxsize=_KEPT_FLOWS)(self._read_flow)
        self._tables = lru_cache(maxsize=_KEPT_TABLES)(self._read_tables)

    @property
    def lost(self) -> bool:
        """Whether the store was emptied since."""
        return self._store.losses != self._losses

    def facts(self, path: str) -> FactsGlance | None:
        """The facts of the file at ``path``."""
        found = self._value("SELECT facts FROM indexed WHERE path = ?", path)
        if found is None:
            return None
        near, rest = _first_of(found)
        return FactsGlance(near, lambda: deflate.decompress(rest))

    def summary(self, path: str, key: str) -> bytes | None:
        """The encoded summary that the file at ``path`` has under ``key_of`` a function."""
        found = self._flow(path).get(key)
        return None if found is None else bytes(found)

    def shared(self, path: str) -> Shared | None:
        """What the header at ``path`` shares."""
        found = self.header(path)
        return None if found is None else decode_shared(found)

    def head(self, path: str) -> Head | None:
        """The head of the facts of the file at ``path``."""
        found = self._value("SELECT head FROM indexed WHERE path = ?", path)
        return None if found is None else _HEAD.decode(found)

    def mentioning(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The files that mention one of the names ``wanted``, sorted; a file too many is possible, too few are not."""
        hashes = hashed(wanted)
        if len(hashes) <= _FEW * 4:
            return self._mentions().having([hashes[at : at + 4] for at in range(0, len(hashes), 4)])
        many = frozenset(array("I", hashes))
        return tuple([path for path, names in self._read_mentions() if not many.isdisjoint(array("I", names))])

    def _mentions(self) -> _Mentions:
        """All that files mention, as it was when someone asked first: to read and check it takes a while."""
        if self._mentioned is None or self.lost:
            self._mentioned = _Mentions(self._read_mentions())
        return self._mentioned

    def _read_mentions(self) -> list[tuple[str, bytes]]:
        """The names that each file mentions; none at all, and a store made anew, where some are damaged or missing."""
        sql = "SELECT '', NULL, count(*) FROM indexed UNION ALL SELECT path, names, 0 FROM mention"
        rows = self._rows(sql)
        found = [(path, names) for path, kept, _ in rows if (names := sound(kept, path)) is not None]
        if len(found) != sum([count for *_, count in rows]):
            with suppress(Reset):
                self._store.give_up()
            return []
        return sorted(found)

    def tables(self, path: str) -> TablesGlance | None:
        """The tables of the file at ``path``, if it has any."""
        return self._tables(path)

    def filling(self, key: str) -> tuple[str, ...]:
        """The files whose tables have something under ``key``, sorted; a file too many is possible."""
        try:
            return guarded.files(self._store, "filling", key)
        except Reset:
            return ()

    def known(self) -> dict[str, Known]:
        """All files that have a row."""
        rows = self._rows("SELECT path, size, mtime_ns, content FROM indexed")
        return {row[0]: Known(FileStat(row[0], row[1], row[2]), row[3]) for row in rows}

    def headers(self) -> dict[str, Header]:
        """All headers with a sound row."""
        rows = self._rows("SELECT path, content, shared FROM header")
        return {row[0]: Header(row[0], row[1], value) for row in rows if (value := sound(row[2], row[0])) is not None}

    def counts(self) -> tuple[int, int, int]:
        """How many files have a row, how many functions they define, and how many of the files are LOST."""
        rows = self._rows("SELECT count(*), coalesce(sum(functions), 0), coalesce(sum(content = x''), 0) FROM indexed")
        return rows[0] if rows else (0, 0, 0)

    def depends(self) -> bool:
        """Whether any row depends on what other files share."""
        return bool(self._rows("SELECT 1 FROM mention WHERE length(names) > 4 LIMIT 1"))

    def header_paths(self) -> frozenset[str]:
        """The headers that have a row."""
        return frozenset(row[0] for row in self._rows("SELECT path FROM header"))

    def header(self, path: str) -> bytes | None:
        """What the header at ``path`` shares, encoded and packed."""
        return self._value("SELECT shared FROM header WHERE path = ?", path)

    def _read_flow(self, path: str) -> dict[str, memoryview]:
        found = self._unpacked("SELECT flow FROM indexed WHERE path = ?", path)
        return {} if found is None else _FLOW.decode(found)

    def _unpacked(self, sql: str, path: str) -> bytes | None:
        found = self._value(sql, path)
        return None if found is None else deflate.decompress(found)

    def _read_tables(self, path: str) -> TablesGlance | None:
        found = self._unpacked("SELECT tables FROM filled WHERE path = ?", path)
        return None if found is None else TablesGlance(found)

    def _value(self, sql: str, path: str) -> bytes | None:
        rows = self._rows(sql, (path,))
        return sound(rows[0][0], path) if rows else None

    def _rows(self, sql: str, values: Iterable[str | int] = ()) -> list[Any]:
        try:
            return self._store.rows(sql, values)
        except Reset:
            return []


# -- writing: each of these is part of a transaction


def put_rows(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Keep ``rows`` in place of what was known of these files."""
    rows = list(rows)
    db.executemany(
        "INSERT OR REPLACE INTO indexed VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        ((*row.stat, row.content, row.functions, *_sealed(row)) for row in rows),
    )
    db.executemany(
        "INSERT OR REPLACE INTO mention VALUES(?, ?)", ((row.stat[0], sealed(row.names, row.stat[0])) for row in rows)
    )
    _drop_filled(db, [row.stat[0] for row in rows])
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM filled").fetchone()[0]
    filled = list(enumerate((row for row in rows if row.tables), first))
    db.executemany(
        "INSERT INTO filled VALUES(?, ?, ?, ?, ?)",
        (
            (number, row.stat[0], row.keys, sealed(row.tables, row.stat[0]), guarded.mark(number, row.stat[0]))
            for number, row in filled
        ),
    )
    guarded.put(db, "filling", chain.from_iterable(guarded.places(number, row.keys) for number, row in filled))


def _drop_filled(db: sqlite3.Connection, paths: Iterable[str]) -> None:
    gone: list[tuple[int, bytes]] = []
    for path in paths:
        gone += db.execute("SELECT id, keys FROM filled WHERE path = ?", (path,)).fetchall()
    guarded.take(db, "filling", chain.from_iterable(guarded.places(number, keys) for number, keys in gone))
    db.executemany("DELETE FROM filled WHERE id = ?", ((number,) for number, _ in gone))


def _sealed(row: Row) -> tuple[bytes, bytes | None, bytes]:
    path = row.stat[0]
    facts = None if row.facts is None else sealed(row.facts, path)
    return sealed(row.head, path), facts, sealed(row.flow, path)


def put_headers(db: sqlite3.Connection, headers: Iterable[Header]) -> None:
    """Keep ``headers`` in place of what was known of these."""
    rows = ((one.path, one.content, sealed(one.shared, one.path)) for one in headers)
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
    for table in ("indexed", "mention", "header", "filled"):
        db.execute(f"DELETE FROM {table}")
    guarded.clear(db, "filling")


def drop_headers(db: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget what these headers shared."""
    db.executemany("DELETE FROM header WHERE path = ?", [(path,) for path in paths])
