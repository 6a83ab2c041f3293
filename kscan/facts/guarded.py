"""Which files have something under a hashed word, with sums beside them: what a damaged page lost, changed or made up
shows as soon as its neighbours are read. SQLite has no checksum for its pages.

The tables: ``WHAT(at)`` has a row for each word of each file, the word's hash above the number of the file;
``WHAT_sum(bucket, sum)`` the sum of those rows that begin with the same bits.
"""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, Literal

from kscan.facts.store import Store

What = Literal["name", "filling"]
_OWNERS: Final[dict[What, str]] = {"name": "file", "filling": "filled"}
"""The tables that say which file a number is."""

_ID_BITS: Final = 24
_LOW: Final = (1 << _ID_BITS) - 1
_BUCKET_BITS: Final = 40
"""Bits of a row below those of its bucket: a bucket of the name index of 7.3 has some fifty rows."""
_ROWS_AT_ONCE: Final = 250
"""Rows in a statement: of two columns each, SQLite takes up to 999 values in one everywhere."""
_MASK: Final = (1 << 62) - 1
"""Sums are kept below this, so that SQLite can add two of them."""


def places(number: int, hashes: bytes) -> list[int]:
    """The rows of file ``number`` for words given as hashes of four bytes each."""
    return [hashed << _ID_BITS | number for hashed in array("I", hashes)]


def mark(number: int, path: str) -> int:
    """What shows that a file's number and its path belong together."""
    return zlib.crc32(f"{number} {path}".encode(errors="surrogateescape"))


def files(store: Store, what: What, word: str) -> tuple[str, ...]:
    """The files with something under ``word``, sorted; a file too many is possible, a file too few is not.

    Raises Reset when the table is damaged; the store is empty then."""
    low = zlib.crc32(word.encode(errors="surrogateescape")) << _ID_BITS
    high = low + _LOW
    bucket = low >> _BUCKET_BITS
    ends = (bucket << _BUCKET_BITS, (bucket + 1 << _BUCKET_BITS) - 1)
    rows: list[Any] = store.rows(_looking(what), (bucket, *ends, *ends, low, low, high))
    _, told, upper, lower = rows[0]
    total = ((upper or 0) << _ID_BITS) + (lower or 0) & _MASK
    found = [(at - low, path, marked) for at, _, path, marked in rows[1:]]
    if total != (told or 0) or any([path is None or mark(number, path) != marked for number, path, marked in found]):
        store.give_up()
    return tuple(sorted([path for _, path, _ in found]))


@cache
def _looking(what: What) -> str:
    """The statement that looks for a word: one alone, for another run may write between two. The rows around it are
    summed up in two halves, so that no sum is too large."""
    around = "WHERE at BETWEEN ? AND ?"
    upper, lower = (f"(SELECT sum(at {part}) FROM {what} {around})" for part in (f">> {_ID_BITS}", f"& {_LOW}"))
    return (
        f"SELECT -1, (SELECT sum FROM {what}_sum WHERE bucket = ?), {upper}, {lower} UNION ALL "
        f"SELECT at, 0, path, mark FROM {what} LEFT JOIN {_OWNERS[what]} ON id = at - ? {around}"
    )


def put(db: sqlite3.Connection, what: What, rows: Iterable[int]) -> None:
    """Add ``rows``, none of which is there; part of a transaction."""
    ordered = sorted(rows)  # in the order of the table, each is an append; in any other, each is a search
    _insert(db, f"INSERT OR IGNORE INTO {what}", 1, ordered)
    _add(db, what, ordered, 1)


def take(db: sqlite3.Connection, what: What, rows: Iterable[int]) -> None:
    """Take ``rows`` away, all of which are there; part of a transaction."""
    gone = list(rows)
    db.executemany(f"DELETE FROM {what} WHERE at = ?", zip(gone, strict=True))
    _add(db, what, gone, -1)


def clear(db: sqlite3.Connection, what: What) -> None:
    """Take all away; part of a transaction."""
    for table in (what, f"{what}_sum"):
        db.execute(f"DELETE FROM {table}")


def _add(db: sqlite3.Connection, what: What, rows: Iterable[int], sign: int) -> None:
    sums: dict[int, int] = defaultdict(int)
    for at in rows:
        sums[at >> _BUCKET_BITS] += at
    adding = f"ON CONFLICT(bucket) DO UPDATE SET sum = (sum + excluded.sum) & {_MASK}"
    values = [value for bucket, total in sums.items() for value in (bucket, sign * total & _MASK)]
    _insert(db, f"INSERT INTO {what}_sum", 2, values, adding)


def _insert(db: sqlite3.Connection, into: str, columns: int, values: list[int], then: str = "") -> None:
    """Add rows of so many ``columns``, their ``values`` in one list: many rows in a statement, for to begin one takes
    longer than a row."""
    row, step = f"({', '.join('?' * columns)})", columns * _ROWS_AT_ONCE
    for at in range(0, len(values), step):
        part = values[at : at + step]
        db.execute(f"{into} VALUES {', '.join([row] * (len(part) // columns))} {then}", part)
