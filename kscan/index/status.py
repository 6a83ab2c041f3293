"""What is kept of trees, how much of it, and what has to go when it is too much."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from kscan.facts.fingerprint import READING, fingerprint
from kscan.facts.overlaid import Kept
from kscan.facts.store import Store, files_of, remove_file
from kscan.index.state import State
from kscan.model.error import InputError
from kscan.model.result import IndexResult

LIMIT_VARIABLE: Final = "KSCAN_CACHE_MAX_MB"
_LIMIT_MB: Final = 8192


def result_of(
    store: Store, tree: str, state: State | None, notes: tuple[str, ...], evicted: tuple[str, ...] = ()
) -> IndexResult:
    """What the index in ``store`` says of itself, for people."""
    path = store.path
    there = (str(path), size_of(path)) if path is not None else ("", 0)
    if state is None or not state.finished_ns:
        return IndexResult(tree, *there, made=False, notes=notes)
    return IndexResult(
        tree,
        *there,
        made=True,
        files=state.files,
        functions=state.functions,
        read=state.read,
        seconds=state.seconds,
        finished_ns=state.finished_ns,
        evicted=evicted,
        notes=(*notes, *_lost(state.lost, tree)),
    )


def outdated(store: Kept, tree: str) -> tuple[str, ...]:
    """What to say where the index in ``store`` was made by another version of kscan: it is left alone."""
    kept = store.get("index", "state")
    if kept is None or msgspec.msgpack.decode(kept).get("by") == fingerprint(READING):
        return ()
    why = "the index was made by another version of kscan and is not used"
    return (f"{why}; 'kscan index {tree}' makes it anew, and answers are quick again",)


def _lost(files: int, tree: str) -> list[str]:
    return [f"a worker died over {files} files, which are gaps; 'kscan index {tree}' tries them again"] if files else []


def size_of(path: Path) -> int:
    """The bytes that a store takes on disk, with its log."""
    return sum(about.st_size for about in _found(files_of(path)))


def _found(paths: Iterable[Path]) -> Iterator[os.stat_result]:
    """The stats of those ``paths`` that are there: another run may remove one at any moment, as it may its log."""
    for path in paths:
        with suppress(FileNotFoundError):
            yield path.stat()


def evict(kept: Path | None) -> tuple[str, ...]:
    """Remove the stores beside ``kept`` that were used least recently, until all take no more than the limit; those
    that another run uses stay. Gives the paths of those removed.

    The limit is 8192 MB, or KSCAN_CACHE_MAX_MB. Raises InputError when that is no number.
    """
    if kept is None:
        return ()
    stores = sorted(kept.parent.glob("*.db"), key=_last_used)
    room = _limit() - sum(map(size_of, stores))
    removed = []
    for path in stores:
        if room >= 0:
            break
        size = size_of(path)
        if path != kept and remove_file(path):
            room += size
            removed.append(str(path))
    return tuple(removed)


def bound(store: Store) -> None:
    """Keep all stores below the limit of ``evict``: others are removed first, then what this one need not hold."""
    evict(store.path)
    if store.path is not None and store.used() > _limit():
        store.trim()


def _limit() -> int:
    given = os.environ.get(LIMIT_VARIABLE)
    if given is None:
        return _LIMIT_MB << 20
    if not given.isdecimal():
        raise InputError(f"{LIMIT_VARIABLE}={given}: not a number of megabytes; give one, such as {_LIMIT_MB}")
    return int(given) << 20


def _last_used(path: Path) -> float:
    """Opening a store touches its lock."""
    return max((about.st_mtime for about in _found((path, path.with_suffix(".lock")))), default=0.0)
