"""The one embedded store: what was worked out for a tree, in one SQLite file that may be lost at any time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self, TypeVar

from kscan.provenance import cache_folder

T = TypeVar("T")
Row = tuple[int | str | bytes | None, ...]

_TABLES = """
CREATE TABLE kept(kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE(kind, key));
CREATE TABLE about(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
                  content BLOB, names BLOB NOT NULL, mark INTEGER NOT NULL);
CREATE TABLE name(at INTEGER PRIMARY KEY);
CREATE TABLE name_sum(bucket INTEGER PRIMARY KEY, sum INTEGER NOT NULL);
CREATE TABLE header(path TEXT PRIMARY KEY, content BLOB NOT NULL, shared BLOB NOT NULL);
CREATE TABLE indexed(path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, content BLOB NOT NULL,
                     functions INTEGER NOT NULL, head BLOB NOT NULL, facts BLOB, flow BLOB);
CREATE TABLE mention(path TEXT PRIMARY KEY, names BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE filled(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, keys BLOB NOT NULL, tables BLOB NOT NULL,
                    mark INTEGER NOT NULL);
CREATE TABLE filling(at INTEGER PRIMARY KEY);
CREATE TABLE filling_sum(bucket INTEGER PRIMARY KEY, sum INTEGER NOT NULL);
"""
# Derived, so that a store with other tables is never taken for one of ours.
_SHAPE = zlib.crc32(_TABLES.encode()) & 0x7FFFFFFF

# Of SQLite's result codes (https://www.sqlite.org/rescode.html), by the word after "SQLITE_": what is wrong with the
# file, and what is wrong with the disk. Any other failure is a fault of ours.
_DAMAGED = frozenset({"CORRUPT", "NOTADB", "FORMAT"})
_DISK = frozenset({"FULL", "READONLY", "IOERR", "CANTOPEN", "BUSY", "LOCKED", "PERM", "AUTH", "NOLFS", "PROTOCOL"})
_WAIT_S = 30.0


_LASTING = frozenset({"index", "tree"})
"""Kinds of values of which there is one for a whole tree; of others one for each content that a file has had."""


class Reset(Exception):
    """The store lost its content while it was read: it is empty now, and whoever filled it may do so again."""


class Store:
    """Values by (kind, key), and the tables of the name index, of one tree. Not for use by two threads."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._notes: list[str] = []
        self._waiting: dict[tuple[str, str], bytes] = {}
        self._lock: int | None = None
        self.losses = 0
        """How often all that it held was lost since it was opened."""
        self._db = self._open()

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know: one line for each time the cache was rebuilt or had to be left alone."""
        return tuple(self._notes)

    def get(self, kind: str, key: str) -> bytes | None:
        """The value last put under (kind, key), committed or not; None if there is none."""
        if (kind, key) in self._waiting:
            return self._waiting[kind, key]
        try:
            rows = self.rows("SELECT value FROM kept WHERE kind = ? AND key = ?", (kind, key))
        except Reset:
            return None
        return sound(rows[0][0], f"{kind} {key}") if rows else None

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep ``value``; it is on disk after the next commit()."""
        self._waiting[kind, key] = value

    def commit(self) -> None:
        """Write what was put since the last commit, in one short transaction; failing costs only the cache."""
        if not self._waiting:
            return
        rows = [(kind, key, sealed(value, f"{kind} {key}")) for (kind, key), value in self._waiting.items()]

        def insert(db: sqlite3.Connection) -> None:
            db.executemany("INSERT OR REPLACE INTO kept VALUES(?, ?, ?)", rows)

        if not self.write(insert):
            self.write(insert)  # once more: the store is empty or in memory now
        self._waiting.clear()

    def forget(self, kind: str) -> None:
        """Drop every value of ``kind``."""
        self._waiting = {place: value for place, value in self._waiting.items() if place[0] != kind}
        self.write(lambda db: db.execute("DELETE FROM kept WHERE kind = ?", (kind,)))

    def used(self) -> int:
        """The bytes of its pages that hold something; 0 where that cannot be told."""
        try:
            free, pages, size = (
                self.rows(f"PRAGMA {one}")[0][0] for one in ("freelist_count", "page_count", "page_size")
            )
        except Reset:
            return 0
        assert isinstance(free, int) and isinstance(pages, int) and isinstance(size, int)
        return (pages - free) * size

    def trim(self) -> None:
        """Drop the values that can be worked out again of a file or two, and give their room back where no other run
        needs the file."""
        self._waiting = {place: value for place, value in self._waiting.items() if place[0] in _LASTING}
        kinds = ", ".join(f"'{kind}'" for kind in sorted(_LASTING))
        if self.write(lambda db: db.execute(f"DELETE FROM kept WHERE kind NOT IN ({kinds})")):
            with suppress(sqlite3.DatabaseError):
                self._db.execute("VACUUM")

    def rows(self, sql: str, values: Iterable[int | str | bytes] = ()) -> list[Row]:
        """The rows that a SELECT gives. Raises Reset if the file turned out to be damaged."""
        try:
            return self._db.execute(sql, tuple(values)).fetchall()
        except sqlite3.DatabaseError as why:
            self._recover(why)
            raise Reset from why

    def write(self, work: Callable[[sqlite3.Connection], object]) -> bool:
        """
        Run ``work`` as one transaction. False if the disk did not take it: nothing of it is kept, and the store
        is empty from now on (rebuilt where the file was damaged, else in memory).
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                work(self._db)
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as why:
            self._recover(why)
            return False
        return True

    def give_up(self) -> NoReturn:
        """Start anew: the content turned out to be damaged where the database itself does not notice. Raises Reset."""
        self.losses += 1
        self._db.close()
        self._db = _connect(None) if self.path is None else self._rebuilt("was damaged")
        raise Reset

    def close(self) -> None:
        """Commit and let go of the file."""
        self.commit()
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        self._release()

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return _connect(None)
        try:
            self._lock, alone = _lock(self.path)
            db = self._connect_sound(self.path, alone)
            if self._lock is not None:
                fcntl.flock(self._lock, fcntl.LOCK_SH)
        except (OSError, sqlite3.DatabaseError) as why:
            if isinstance(why, sqlite3.DatabaseError) and _code(why) not in _DISK:
                raise
            return self._in_memory(why)
        return db

    def _connect_sound(self, path: Path, alone: bool) -> sqlite3.Connection:
        if alone and _truncated(path):
            return self._rebuilt("was damaged")
        try:
            return _connect(path)
        except _OtherShape:
            return self._rebuilt(None)
        except sqlite3.DatabaseError as why:
            if _code(why) not in _DAMAGED:
                raise
            return self._rebuilt("was damaged")

    def _recover(self, why: sqlite3.DatabaseError) -> None:
        """Go on after the database failed: on a new file where it was damaged, in memory where the disk is at fault."""
        code = _code(why)
        if self.path is None or code not in _DAMAGED | _DISK:
            raise why
        self._db.close()
        self.losses += 1
        self._db = self._rebuilt("was damaged") if code in _DAMAGED else self._in_memory(why)

    def _rebuilt(self, reason: str | None) -> sqlite3.Connection:
        """A new empty file in place of the old one, unless another run still uses that."""
        assert self.path is not None and self._lock is not None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(self.path)
            db = _connect(self.path)
            fcntl.flock(self._lock, fcntl.LOCK_SH)
        except (OSError, sqlite3.DatabaseError) as why:
            return self._in_memory(why)
        if reason is not None:
            self._notes.append(f"the cache at {self.path} {reason} and was rebuilt")
        return db

    def _in_memory(self, why: Exception) -> sqlite3.Connection:
        self._notes.append(f"the cache at {self.path} cannot be used ({_said(why)}); this run goes without it")
        self._unlock()
        self.path = None
        return _connect(None)

    def _release(self) -> None:
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class _OtherShape(Exception):
    """The file has the tables of another version of kscan."""


def open_store(root: Path, folder: Path | None = None, enabled: bool = True) -> Store:
    """
    The store of the tree at ``root``: one file, named after the tree's real path, in ``folder`` (the user's cache
    folder or KSCAN_CACHE_DIR if None). Never fails: a store that cannot be had is in memory, and its notes say why.
    """
    return Store(path_of(root, folder) if enabled else None)


def remove_file(path: Path) -> bool:
    """Remove the store at ``path``; False when another run uses it, or it cannot be had."""
    try:
        handle, alone = _lock(path, wait=False)
    except OSError:
        return False
    try:
        if alone:
            _remove(path)
            path.with_suffix(".lock").unlink(missing_ok=True)
    finally:
        os.close(handle)
    return alone


def path_of(root: Path, folder: Path | None = None) -> Path:
    """Where the store of the tree at ``root`` is."""
    name = hashlib.blake2b(os.fsencode(root.resolve()), digest_size=10).hexdigest()
    return (folder or cache_folder()) / f"{name}.db"


def _connect(path: Path | None) -> sqlite3.Connection:
    """A connection to a store with its tables. Raises _OtherShape, or what sqlite3 raises; then it is closed."""
    db = sqlite3.connect(":memory:" if path is None else path, timeout=_WAIT_S, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cell_size_check = ON")  # notices damaged pages sooner
        db.execute("PRAGMA cache_size = -16000")
        _lay_out(db)
    except BaseException:
        db.close()
        raise
    return db


def _lay_out(db: sqlite3.Connection) -> None:
    if _shape(db) == _SHAPE:
        return
    db.execute("BEGIN IMMEDIATE")
    if _shape(db) == _SHAPE:  # another run was faster
        db.execute("ROLLBACK")
        return
    if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise _OtherShape
    for statement in _TABLES.split(";")[:-1]:
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {_SHAPE}")
    db.execute("COMMIT")


def _shape(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _lock(path: Path, wait: bool = True) -> tuple[int, bool]:
    """
    A lock beside the file, held until the store is closed: whoever would make or delete the file needs it alone.
    True if this run is alone with the file; else it waited until the file was made, and shares the lock (without
    ``wait`` it has none).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if wait:
            fcntl.flock(handle, fcntl.LOCK_SH)
        return handle, False
    os.utime(handle)
    return handle, True


def _truncated(path: Path) -> bool:
    """
    True if the file is shorter than its header says, and no log holds the rest. SQLite notices only when it reads
    a missing page. (https://www.sqlite.org/fileformat2.html: page size at byte 16, page count at byte 28.)
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(100)
    except OSError:
        return False
    log = _beside(path, "-wal")
    if len(head) < 100 or (log.exists() and log.stat().st_size):
        return 0 < len(head) < 100
    page = int.from_bytes(head[16:18], "big")
    return size < (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")


def _remove(path: Path) -> None:
    for one in files_of(path):
        one.unlink(missing_ok=True)


def files_of(path: Path) -> tuple[Path, ...]:
    """The files that the store at ``path`` may consist of."""
    return path, _beside(path, "-wal"), _beside(path, "-shm"), look_of(path)


def look_of(path: Path) -> Path:
    """Where looks at the tree of the store at ``path`` keep what they saw."""
    return _beside(path, "-look")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def sealed(value: bytes, of: str) -> bytes:
    """``value`` with four bytes behind it that show whether its pages were damaged, and that it is the value ``of``
    this key: SQLite has no checksum for its pages."""
    return value + _check(value, of)


def sound(kept: object, of: str) -> bytes | None:
    """The value that was ``sealed`` as that ``of`` this key; None where it is damaged or absent."""
    if not isinstance(kept, bytes):
        return None
    value = kept[:-4]
    return value if _check(value, of) == kept[-4:] else None


def _check(value: bytes, of: str) -> bytes:
    return zlib.crc32(value, zlib.crc32(of.encode(errors="surrogateescape"))).to_bytes(4, "little")


def _code(why: sqlite3.DatabaseError) -> str:
    """The word after "SQLITE_" in the result code; "" if sqlite3 itself complains of its use."""
    name = getattr(why, "sqlite_errorname", None)
    if name is None:  # sqlite3 has no code of its own for a text that is no UTF-8; all of ours are
        return "CORRUPT" if isinstance(why, sqlite3.OperationalError) else ""
    return str(name).split("_")[1]


def _said(why: Exception) -> str:
    if isinstance(why, BlockingIOError):
        return "it is damaged, and another run has it open"
    return (why.strerror or str(why)) if isinstance(why, OSError) else str(why)
