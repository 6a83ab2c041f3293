"""Which files may put something into a field of a struct: one scan of the tree, kept up to date by file stats."""

from __future__ import annotations

import re
import time
import zlib
from array import array
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from kscan.facts.store import Store
from kscan.facts.words import FIELD_STORES
from kscan.model.source import Source
from kscan.source.pool import chunks, map_chunks
from kscan.source.tree import NOT_KERNEL, FileStat, WorkingTree

_ASSIGNED = re.compile(rb"[.>](\w+)\s*=(?!=)")
_STORES = tuple(word.encode() for word in sorted(FIELD_STORES))
_HANDED = re.compile(rb"(?:" + b"|".join(_STORES) + rb")\s*\([^,;]*[.>](\w+)\s*,")
_LITERAL = re.compile(rb"\((?:const\s+)?(?:struct|union)\s+(\w+)[^;(){}]*\)\s*\{")
_BRACES = re.compile(rb"=\s*\{")
_WORD = re.compile(rb"[A-Za-z_]\w*")
_ENDS = re.compile(rb"[;(){}]")
_HEAD = 240
"""Bytes before an initialiser in which its type stands."""
_RACY_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again without its time stamp telling."""

Row = tuple[str, int, int, bytes]
"""A file's path, size and time stamp, and the hashes of what it fills (four bytes each, native order)."""
_ROWS = msgspec.msgpack.Decoder(tuple[Row, ...])


class Fillings:
    """The files that may fill a field, by its name or by the name of its struct."""

    def __init__(self, tree: WorkingTree, store: Store, made_by: str) -> None:
        self._tree = tree
        self._store = store
        self._made_by = made_by
        self._rows: list[tuple[str, array[int]]] | None = None

    def files(self, struct: str, field: str) -> tuple[str, ...]:
        """The files that assign to a member called ``field`` or initialise something of type ``struct``, sorted; a
        file too many is possible."""
        if self._rows is None:
            self._rows = [(path, array("I", hashes)) for path, _, _, hashes in self._refreshed()]
        asked, held = zlib.crc32(b"." + field.encode()), zlib.crc32(b"=" + struct.encode())
        return tuple(path for path, hashes in self._rows if asked in hashes or held in hashes)

    def _refreshed(self) -> tuple[Row, ...]:
        stored = self._store.get("fillings", self._made_by)
        before = () if stored is None else _ROWS.decode(stored)
        known = {row[:3]: row for row in before}
        started = time.time_ns()
        now = list(self._tree.files(skip=NOT_KERNEL))
        todo = [stat for stat in now if (stat.path, stat.size, stat.mtime_ns) not in known]
        if not todo and len(now) == len(before):
            return before
        work = partial(_scan, self._tree.root)
        fresh = {row[:3]: row for part in map_chunks(work, chunks(todo), 2) for row in part}
        rows = [known.get(key) or fresh.get(key) for key in ((s.path, s.size, s.mtime_ns) for s in now)]
        made = tuple(row for row in rows if row is not None)
        kept = tuple(row for row in made if row[2] < started - _RACY_NS)
        self._store.put("fillings", self._made_by, msgspec.msgpack.encode(kept))
        return made


def _scan(root: Path, files: list[FileStat]) -> list[Row]:
    """The worker: a plain function of paths. A file that cannot be read counts as filling nothing; the index has told
    of it."""
    tree = WorkingTree(root, "")
    rows = []
    for stat in files:
        got = tree.read(stat.path)
        hashes = {zlib.crc32(word) for word in filled(got.data)} if isinstance(got, Source) else set()
        rows.append((stat.path, stat.size, stat.mtime_ns, array("I", sorted(hashes)).tobytes()))
    return rows


def filled(data: bytes) -> set[bytes]:
    """What ``data`` fills: ".NAME" for a member assigned to, "=NAME" for a type that may be initialised."""
    fields = set(_ASSIGNED.findall(data, 0, data.rfind(b"=") + 2))
    if any(word in data for word in _STORES):
        fields.update(_HANDED.findall(data))
    types = {*_LITERAL.findall(data), *_initialised(data)}
    return {b"." + name for name in fields} | {b"=" + name for name in types}


def _initialised(data: bytes) -> Iterator[bytes]:
    for match in _BRACES.finditer(data):
        head = data[max(0, match.start() - _HEAD) : match.start()]
        yield from _WORD.findall(_ENDS.split(head)[-1])
