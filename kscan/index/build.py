"""Brings the index of a tree up to its files: reads what changed and what depends on it, and nothing else."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

import msgspec

from kscan.facts.assembly import assembled
from kscan.facts.fingerprint import READING, fingerprint
from kscan.facts.indexed import (
    LOST,
    Header,
    Indexed,
    Row,
    clear,
    decode_shared,
    drop,
    drop_headers,
    put_headers,
    put_rows,
    set_stats,
)
from kscan.facts.names import NameIndex
from kscan.facts.shared import Shared
from kscan.facts.store import Store
from kscan.index.changes import changed_names, closure
from kscan.index.engine import Batch, Engine, Here, Work
from kscan.index.ground import Basis, bare, by_demand, whole
from kscan.index.state import State, definers_of, keep_assembly, keep_definers, keep_state, state_of
from kscan.index.work import Ground, Read, Task, read_files, read_headers, unread
from kscan.model.gap import Gap
from kscan.model.progress import Progress
from kscan.source.tree import RACY_NS, FileStat, WorkingTree

FEW: Final = 16
"""Files that are read in this process: starting others would take longer."""
_BATCH_BYTES: Final = 512 << 10
_COMMIT_S: Final = 2.0
_LOST_SHARE: Final = 0.1
"""Part of the time so far that an interrupt may cost: the words of a file's tables are spread over the whole index, so
that each commit writes most of its pages."""
_UNTOLD: Final = -1
_FILE_COST_BYTES: Final = 1024
_READ: Final = msgspec.msgpack.Decoder(Read)


class StoreLost(Exception):
    """The store did not take what it was given; its notes say why."""


class Opened(NamedTuple):
    """A tree, the store that is kept of it, and the names of its files as they are now."""

    tree: WorkingTree
    store: Store
    names: NameIndex


def bring_up(opened: Opened, basis: Basis, engine: Engine, progress: Progress) -> State:
    """
    Make the index hold for the tree as it was opened. What was done when it is interrupted stays done.

    Raises StoreLost.
    """
    started = time.time_ns()
    by, ground = fingerprint(READING), basis.digest()
    _begin(opened.store, by, ground)
    read = _Update(opened, basis, engine, progress).run()
    files, functions, lost = Indexed(opened.store).counts()
    ended = time.time_ns()
    state = State(by, ground, opened.names.signature, files, functions, read, (ended - started) / 1e9, ended, lost)
    keep_state(opened.store, state)
    return state


def _begin(store: Store, by: str, ground: str) -> None:
    """Say that the index is not up to date; start anew where it was made by other code or on another ground."""
    old = state_of(store)
    if old is None or old.ground != ground:
        _write(store, clear)
    keep_state(store, State(by, ground))


def _write(store: Store, work: Callable[[sqlite3.Connection], object]) -> None:
    if not store.write(work):
        raise StoreLost


class _Update:
    """One run: what there is, and what was made of it but is not written yet."""

    def __init__(self, opened: Opened, basis: Basis, engine: Engine, progress: Progress) -> None:
        self._tree, self._store, self._names = opened
        self._basis = basis
        self._engine = engine
        self._progress = progress
        self._indexed = Indexed(self._store)
        self._known = self._indexed.known()
        self._old = self._indexed.headers()
        self._racy = time.time_ns() - RACY_NS
        self._same: list[FileStat] = []
        self._under_way: dict[str, tuple[FileStat, bytes]] = {}
        self._rows: list[Row] = []
        self._read: set[str] = set()

    def run(self) -> int:
        """How many files were read."""
        stats = {stat.path: stat for stat in self._names.files}
        stale = [stat for stat in self._names.files if self._is_stale(stat)]
        gone = self._known.keys() - stats.keys()
        headers, again = self._headers([stat for stat in stale if stat.path.endswith(".h")])
        dependent = self._share(headers, gone)
        todo = {stat.path for stat in stale if not stat.path.endswith(".h")} | again | dependent
        self._files([stats[path] for path in sorted(todo & stats.keys())], again | dependent)
        if self._indexed.lost:
            raise StoreLost
        return len(self._read)

    def _is_stale(self, stat: FileStat) -> bool:
        known = self._known.get(stat.path)
        return known is None or known.stat != stat or (stat.path.endswith(".h") and stat.path not in self._old)

    def _was_lost(self, path: str) -> bool:
        """Whether the file at ``path`` took a worker down when it was last read, and may do so again."""
        known = self._known.get(path)
        return known is not None and known.content == LOST

    def _assembly(self) -> dict[str, tuple[str, ...]]:
        """The files in assembly by the names they define."""
        found: dict[str, tuple[str, ...]] = {}
        for stat in self._names.assembly:
            got = self._tree.read(stat.path)
            for name in () if isinstance(got, Gap) else sorted(assembled(got.data)):
                found[name] = (*found.get(name, ()), stat.path)
        return found

    def _headers(self, stale: list[FileStat]) -> tuple[list[Header], set[str]]:
        """What the headers among ``stale`` that are other than before share, and which of them want a second look."""
        found: list[Header] = []
        again: set[str] = set()
        for read, stat, content in self._map("headers", read_headers, lambda: bare(self._basis), stale, ()):
            found.append(Header(read.path, content, read.shared))
            if read.again:
                again.add(read.path)
            else:
                self._rows.append(_row(read, stat, content))
        return found, again

    def _share(self, headers: list[Header], gone: Collection[str]) -> set[str]:
        """Note what ``headers`` share now, and that those ``gone`` share nothing; gives the files whose rows hold no
        more, which are dropped in the same transaction. The rows of headers wait until the workers have files to read:
        a header without one is read again."""
        changed = self._changed(headers, gone) if self._indexed.depends() else set()
        dependent = set(self._indexed.mentioning(changed)) if changed else set()

        def work(db: sqlite3.Connection) -> None:
            drop_headers(db, gone)
            drop(db, [*gone, *sorted(dependent)])
            put_headers(db, headers)
            set_stats(db, self._same)

        _write(self._store, work)
        keep_definers(self._store, self._basis.definers)  # not before: what depends on a change must be gone by then
        self._store.commit()
        self._rows = [row for row in self._rows if row.stat[0] not in dependent]
        self._same = []
        return dependent

    def _changed(self, headers: list[Header], gone: Collection[str]) -> set[str]:
        old = self._old
        names: set[str] = set()
        for header in headers:
            names |= changed_names(header.path, _shared(old.get(header.path)), _shared(header))
        for path in gone & old.keys():
            names |= changed_names(path, _shared(old[path]), None)
        if any(name not in old for name in names):
            shared = (decode_shared(one.shared) for one in (*old.values(), *headers))
            names = closure(names, shared)
        return names | self._basis.definers.changed_since(definers_of(self._store))

    def _files(self, stats: list[FileStat], forced: Collection[str]) -> None:
        def ground() -> Ground:
            if len(stats) <= FEW:
                return by_demand(self._basis, self._indexed, self._names)
            return whole(self._basis, self._indexed)

        started = written = time.monotonic()
        results = self._map("files", read_files, ground, stats, forced)
        first = list(islice(results, 1))  # from here on the workers have something to do
        keep_assembly(self._store, self._assembly())
        for read, stat, content in chain(first, results):
            self._rows.append(_row(read, stat, content))
            now = time.monotonic()
            if now - written > max(_COMMIT_S, _LOST_SHARE * (now - started)):
                self._flush()
                written = time.monotonic()
        self._flush()

    def _flush(self) -> None:
        def work(db: sqlite3.Connection) -> None:
            put_rows(db, self._rows)
            set_stats(db, self._same)

        _write(self._store, work)
        self._rows, self._same = [], []

    def _map(
        self,
        stage: str,
        work: Work,
        ground: Callable[[], Ground],
        stats: list[FileStat],
        forced: Collection[str],
    ) -> Iterator[tuple[Read, FileStat, bytes]]:
        """What ``work`` makes of each of the files whose bytes are other than before, or that are ``forced``."""
        if not stats:
            return
        self._progress.stage(stage, len(stats))
        here = len(stats) <= FEW and not any(self._was_lost(stat.path) for stat in stats)
        engine = Here() if here else self._engine
        for batch, results in engine.map(work, ground(), self._batches(stats, forced)):
            if results is None:
                reads = [unread(task.path, "a worker died over it") for task in batch]
            else:
                reads = [_READ.decode(result) for result in results]
            for read in reads:
                self._read.add(read.path)
                told, content = self._under_way.pop(read.path)
                yield (read, told._replace(mtime_ns=_UNTOLD), LOST) if results is None else (read, told, content)
            self._progress.advance(len(batch))

    def _batches(self, stats: list[FileStat], forced: Collection[str]) -> Iterator[Batch]:
        """Tasks in runs of about as many bytes."""
        batch: list[Task] = []
        size = 0
        for stat in stats:
            task = self._task(stat, stat.path in forced)
            if task is None:
                self._progress.advance()
                continue
            batch.append(task)
            size += len(task.data) + _FILE_COST_BYTES
            if size >= _BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _task(self, stat: FileStat, forced: bool) -> Task | None:
        """The file to read; None when it cannot be had, or has the bytes that it had."""
        got = self._tree.read(stat.path)
        if isinstance(got, Gap):
            return None
        told = stat if stat.mtime_ns < self._racy else stat._replace(mtime_ns=_UNTOLD)
        content = hashlib.blake2b(got.data, digest_size=16).digest()
        known = self._known.get(stat.path)
        told_before = not stat.path.endswith(".h") or stat.path in self._old
        if known is not None and known.content == content and told_before and not forced:
            self._same.append(told)
            return None
        self._under_way[stat.path] = (told, content)
        return Task(stat.path, got.data)


def _row(read: Read, stat: FileStat, content: bytes) -> Row:
    return Row(stat, content, read.functions, read.head, read.facts, read.flow, read.names, read.keys, read.tables)


def _shared(header: Header | None) -> Shared | None:
    return None if header is None else decode_shared(header.shared)
