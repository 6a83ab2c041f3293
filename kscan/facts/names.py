"""The demand index: which files may define a name, found without parsing any of them."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import time
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, partial
from itertools import chain, count
from pathlib import Path
from typing import Any

import msgspec

from kscan.facts import guarded
from kscan.facts.shared import is_shared
from kscan.facts.store import Reset, Store, look_of, path_of
from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.source.look import Look, Seen, seen_in
from kscan.source.pool import chunks, map_chunks
from kscan.source.tree import C_SUFFIXES, NOT_KERNEL, RACY_NS, FileStat, WorkingTree

# What may begin a definition, up to the end of the line of its first "(": a line at column 0 (or with the star of its
# type there), alone or as nothing but words above the line with the "("; a "static" after a blank. In it every
# identifier before a "(" counts: an annotation with arguments may come first. All patterns take linear time.
_HEAD = regex(rb"\n([A-Za-z_*](?:[^\n(]*+\([^\n]*+|[\w \t*]*+\n[^\n;{(]*+\([^\n]*+))")
_STATIC_HEAD = regex(rb" (static [^\n(;=]{0,300}+\([^\n]*+)")
_BEFORE_PAREN = regex(rb"\b([A-Za-z_]\w*+)\s*+\(")
_INVOCATION = regex(rb"[A-Z_][A-Z0-9_]*+\(([^\n)]*+)")
_WORD = regex(rb"\b[A-Za-z_]\w*+")
_MACRO = regex(rb"#[ \t]*+define[ \t]++(\w++)\(")
_CONSTANT = regex(rb"#[ \t]*+define[ \t]++(\w++)[ \t]++[^ \t\n]")
_COMMENT = rb"/\*(?:[^*]+|\*(?!/))*(?:\*/)?|//[^\n]*"
# Looks for the letters first: what begins with "\b" is tried at every byte.
_ENUM = regex(rb"enum(?<!\wenum)\b[^;{()]{0,100}\{((?:[^}/]+|" + _COMMENT + rb"|/)*)")
_NOT_ENUMERATOR = regex(_COMMENT + rb"|^[ \t]*#(?:[^\n\\]+|\\(?s:.))*", re.M)
_ENUMERATOR = regex(rb"(?:\A|,)\s*([A-Za-z_]\w*)")

_ASSEMBLY = ".S"
_SUFFIXES = (*C_SUFFIXES, _ASSEMBLY)

Progress = Callable[[int, int], None]


class Names(msgspec.Struct, frozen=True):
    """The names that a file may define. A name that it does not define is harmless; a name left out is not."""

    functions: frozenset[bytes]
    macros: frozenset[bytes]
    constants: frozenset[bytes]


class RefreshStats(msgspec.Struct, frozen=True):
    """What a refresh met: files in the index (-1: it was up to date, and nobody counted), files read, files gone; what
    could not be read; the tree's signature."""

    files: int
    scanned: int
    removed: int
    gaps: tuple[Gap, ...]
    signature: str


class _Scanned(msgspec.Struct, frozen=True):
    """
    The names of one file as hashes (four bytes each, native order, ascending, none twice), or the gap that says why
    there are none; ``content`` is a digest where the time stamp alone does not tell this content from the next.
    """

    stat: FileStat
    hashes: bytes = b""
    content: bytes | None = None
    gap: Gap | None = None


class _Known(msgspec.Struct, frozen=True):
    """A row of the index."""

    id: int
    stat: FileStat
    content: bytes | None


def scan(data: bytes, header: bool) -> Names:
    """The names ``data`` may define; ``header``: it is a shared header, whose constants and enumerators count too."""
    end = data.rfind(b"(") + 1  # register headers have no "(" below their licence, and cost nothing
    return Names(
        functions=frozenset(_functions(data, end)),
        macros=frozenset(_MACRO.findall(data, 0, end)),
        constants=frozenset(_constants(data)) if header else frozenset(),
    )


def _functions(data: bytes, end: int) -> set[bytes]:
    heads = [head for head in _heads(data, end) if head[-1] != 59 or b"{" in head]  # ";" at the end: a declaration
    found = set(_BEFORE_PAREN.findall(b"\0".join(heads)))
    for invoked in filter(None, map(_INVOCATION.match, heads)):
        found.update(_WORD.findall(invoked[1]))
    return found


def _heads(data: bytes, end: int) -> Iterator[bytes]:
    stop = data.find(b"\n", end) if end else 0
    if stop < 0:
        stop = len(data)
    yield from _HEAD.findall(data, 0, stop)
    first_static = data.find(b" static ", 0, stop)  # in few files; the pattern takes longer to find none
    if first_static >= 0:
        yield from _STATIC_HEAD.findall(data, first_static, stop)
    first = _HEAD.match(b"\n" + data[:1000])  # the one line that no newline precedes
    if first:
        yield first[1]


def _constants(data: bytes) -> set[bytes]:
    found = set(_CONSTANT.findall(data))
    for body in _ENUM.findall(data):
        found.update(_ENUMERATOR.findall(_NOT_ENUMERATOR.sub(b"", body)))
    return found


def looking(tree: WorkingTree) -> Look:
    """A look at the files that concern an index, for ``NameIndex.refresh``."""
    return Look(tree, _SUFFIXES, NOT_KERNEL, look_of(path_of(tree.root)))


class NameIndex:
    """Which files of a tree may define a name; kept in the store, and refreshed from the tree's file stats."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._losses = store.losses
        self._refreshed: tuple[WorkingTree, int] | None = None
        self._found: list[FileStat] | None = None
        self.signature = ""

    @cached_property
    def files(self) -> tuple[FileStat, ...]:
        """The files in C of the tree that the index was brought up to, sorted; none before that."""
        return tuple(stat for stat in self._listed() if not stat.path.endswith(_ASSEMBLY))

    @cached_property
    def assembly(self) -> tuple[FileStat, ...]:
        """Its files in assembly."""
        return tuple(stat for stat in self._listed() if stat.path.endswith(_ASSEMBLY))

    def assumed(self) -> str:
        """The signature of the tree as it was when the index was last brought up to it; "" when that cannot be
        told from file stats."""
        try:
            about = self._about()
        except Reset:
            return ""
        return str(about["signature"]) if about.get("stats") else ""

    def refresh(
        self,
        tree: WorkingTree,
        jobs: int = 2,
        progress: Progress | None = None,
        beside: Look | None = None,
    ) -> RefreshStats:
        """
        Bring the index up to the tree as it is on disk: new and changed files are read again (by ``jobs``
        processes if they are many), vanished ones leave. ``progress(done, all)`` counts files. A look ``beside`` is
        waited for, and spares a listing where nothing has changed.
        """
        self._refreshed = (tree, jobs)
        if beside is not None:
            seen = beside.seen()
            if self._losses == self._store.losses and self.is_of(seen):
                return RefreshStats(-1, 0, 0, seen.gaps, self.signature)
        while True:  # ends: another round means that another run has written, or that the store moved into memory
            self._losses = self._store.losses
            try:
                stats = self._round(tree, jobs, progress)
            except Reset:
                continue
            if stats is not None:
                self.signature = stats.signature
                return stats

    def is_of(self, seen: Seen) -> bool:
        """Whether the index is up to the files that were ``seen``."""
        try:
            about = self._about()
        except Reset:
            return False
        if about.get("stats") != seen.stamp:
            return False
        self.signature = str(about["signature"])
        self._forget_listing(None)
        return True

    def _forget_listing(self, found: list[FileStat] | None) -> None:
        self._found = found
        for name in ("files", "assembly"):
            self.__dict__.pop(name, None)

    def _listed(self) -> list[FileStat]:
        if self._found is None:
            tree = None if self._refreshed is None else self._refreshed[0]
            self._found = [] if tree is None else list(tree.files(suffixes=_SUFFIXES, skip=NOT_KERNEL))
        return self._found

    def files_defining(self, name: str) -> tuple[str, ...]:
        """The files that may define ``name``, sorted; a file too many is possible, a file too few is not."""
        try:
            return self._kept(name)
        except Reset:
            if self._refreshed is None:
                raise
            self.refresh(*self._refreshed)
            return self.files_defining(name)

    def _kept(self, name: str) -> tuple[str, ...]:
        """Raises Reset when the store has lost the index, be it found out now or by who read something else of it."""
        if self._losses != self._store.losses:
            raise Reset
        return guarded.files(self._store, "name", name)

    def _round(self, tree: WorkingTree, jobs: int, progress: Progress | None) -> RefreshStats | None:
        """One attempt; None if what it began from is no longer what the store holds."""
        started = time.time_ns()
        gaps: list[Gap] = []
        found = list(tree.files(suffixes=_SUFFIXES, skip=NOT_KERNEL, gaps=gaps))
        self._forget_listing(found)
        now = self.files
        about = self._about()
        stats = seen_in(found, gaps).stamp
        if about.get("stats") == stats:
            return RefreshStats(len(now), 0, 0, tuple(gaps), str(about["signature"]))
        known = self._known()
        before = int(about.get("started") or 0)
        todo, replaced = _difference(now, known, before - RACY_NS)
        scanned = _scan_all(tree, todo, (before or started) - RACY_NS, jobs, progress)
        unread = tuple(one.gap for one in scanned if one.gap is not None)
        settled = not unread and all(stat.mtime_ns < started - RACY_NS for stat in now)
        signature = _signature(stats, known, replaced, scanned)
        told: dict[str, int | str] = {"started": started, "signature": signature, "stats": stats if settled else ""}
        if not self._replace(about, told, replaced, scanned):
            return None
        removed = len(replaced) - sum(one.stat.path in known for one in scanned)
        return RefreshStats(len(now), len(todo), removed, (*gaps, *unread), signature)

    def _about(self) -> dict[str, int | str]:
        """What the last refresh told of itself; nothing if another version of this module made the index."""
        rows = self._store.rows("SELECT key, value FROM about")
        about = {str(key): value for key, value in rows if isinstance(value, int | str)}
        return about if about.get("by") == _scanner() else {}

    def _known(self) -> dict[str, _Known]:
        rows: Iterable[Any] = self._store.rows("SELECT id, path, size, mtime_ns, content FROM file")
        return {row[1]: _Known(row[0], FileStat(row[1], row[2], row[3]), row[4]) for row in rows}

    def _replace(
        self, about: dict[str, int | str], told: dict[str, int | str], old: list[_Known], new: list[_Scanned]
    ) -> bool:
        """Put the ``new`` rows where the ``old`` ones were, in one transaction, if the store still says ``about``."""
        place = {one.stat.path: one.id for one in old}
        free = self._free_ids(set(place.values()))
        rows = [(place.get(one.stat.path) or next(free), one) for one in new if one.gap is None]

        def work(db: sqlite3.Connection) -> None:
            if self._about() != about:
                raise _Stale
            _delete(db, [(one.id,) for one in old])
            _insert(db, rows)
            db.executemany("INSERT OR REPLACE INTO about VALUES(?, ?)", [*told.items(), ("by", _scanner())])

        try:
            return self._store.write(work)
        except _Stale:
            return False

    def _free_ids(self, freed: set[int]) -> Iterator[int]:
        used = {row[0] for row in self._store.rows("SELECT id FROM file")} - freed
        yield from (number for number in count(1) if number not in used and number not in freed)


class _Stale(Exception):
    """Another run has written to the index since this one read it."""


def _difference(now: Sequence[FileStat], known: dict[str, _Known], racy: int) -> tuple[list[FileStat], list[_Known]]:
    """The files to read, and the rows to drop: of these files, and of files that are no more."""
    todo = [stat for stat in now if stat.path not in known or known[stat.path].stat != stat or stat.mtime_ns >= racy]
    kept = {stat.path for stat in now} - {stat.path for stat in todo}
    return todo, [one for path, one in known.items() if path not in kept]


def _scan_all(
    tree: WorkingTree, files: list[FileStat], racy: int, jobs: int, progress: Progress | None
) -> list[_Scanned]:
    found: list[_Scanned] = []
    for part in map_chunks(partial(_scan_files, tree.root, racy), chunks(files), jobs):
        found += part
        if progress is not None:
            progress(len(found), len(files))
    return found


def _scan_files(root: Path, racy: int, files: list[FileStat]) -> list[_Scanned]:
    """The worker: a plain function of paths."""
    tree = WorkingTree(root, "")
    return [_scan_file(tree, stat, stat.mtime_ns >= racy) for stat in files]


def _scan_file(tree: WorkingTree, stat: FileStat, racy: bool) -> _Scanned:
    got = tree.read(stat.path)
    if isinstance(got, Gap):
        return _Scanned(stat, gap=got)
    names = scan(got.data, header=is_shared(stat.path))
    hashes = sorted(set(map(zlib.crc32, names.functions.union(names.macros, names.constants))))
    content = hashlib.blake2b(got.data, digest_size=10).digest() if racy else None
    return _Scanned(stat, array("I", hashes).tobytes(), content)


def _delete(db: sqlite3.Connection, ids: list[tuple[int]]) -> None:
    for one in ids:
        blob = db.execute("SELECT names FROM file WHERE id = ?", one).fetchone()[0]
        guarded.take(db, "name", guarded.places(one[0], blob))
    db.executemany("DELETE FROM file WHERE id = ?", ids)


def _insert(db: sqlite3.Connection, rows: list[tuple[int, _Scanned]]) -> None:
    db.executemany(
        "INSERT INTO file VALUES(?, ?, ?, ?, ?, ?, ?)",
        ((number, *one.stat, one.content, one.hashes, guarded.mark(number, one.stat.path)) for number, one in rows),
    )
    guarded.put(db, "name", chain.from_iterable(guarded.places(number, one.hashes) for number, one in rows))


def _signature(stats: str, known: dict[str, _Known], replaced: list[_Known], scanned: list[_Scanned]) -> str:
    """A digest of the stats, and of what they do not tell: the content of racy files, and which cannot be read."""
    contents = {path: one.content for path, one in known.items()}
    for gone in replaced:
        del contents[gone.stat.path]
    contents |= {one.stat.path: one.content if one.gap is None else one.gap.reason.encode() for one in scanned}
    told = sorted((path, content) for path, content in contents.items() if content is not None)
    return hashlib.blake2b(msgspec.msgpack.encode((stats, told)), digest_size=16).hexdigest()


@cache
def _scanner() -> str:
    """What made the index: this file."""
    return hashlib.blake2b(Path(__file__).read_bytes(), digest_size=10).hexdigest()
