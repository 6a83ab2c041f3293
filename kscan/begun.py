"""A tree begun for one command: its store, its names and its catalog, up to date, and closed whatever happens."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.progress import Progress

if TYPE_CHECKING:
    from kscan.facts.names import NameIndex
    from kscan.facts.store import Store
    from kscan.index.engine import Engine
    from kscan.link.catalog import Catalog
    from kscan.source.look import Look
    from kscan.source.tree import WorkingTree

T = TypeVar("T")


class Begun(NamedTuple):
    """A tree, its store, and its names as they were; a look at its files is under way where anything is kept."""

    tree: WorkingTree
    store: Store
    names: NameIndex
    beside: Look | None

    def key(self, catalog: Catalog, function: str, *parts: object) -> str:
        """Under what an answer about ``function`` (NAME or FILE:NAME) is kept; "" when it cannot be."""
        from kscan.link.remember import key_of

        return key_of(catalog, self._files_named(function), *parts)

    def _files_named(self, function: str) -> tuple[str, ...]:
        file, colon, _ = function.rpartition(":")
        return (self.tree.resolve(file),) if colon else ()

    def recalled(self, shape: Any, function: str, *parts: object) -> tuple[Any, tuple[Gap, ...]]:
        """The answer about ``function`` that is kept of the tree as it is, and what cannot be read of the tree; None
        when there is none."""
        from kscan.facts.fingerprint import fingerprint
        from kscan.index.state import state_of
        from kscan.link.remember import key_in, recalled

        if self.beside is None:
            return None, ()
        indexed = state_of(self.store) is not None  # it is brought up to date by whoever finds it
        key = key_in(self.names.assumed(), fingerprint(), indexed, self._files_named(function), *parts)
        known = recalled(self.store, key, shape)
        if known is None or not self.names.is_of(self.beside.seen()):
            return None, ()
        return known, self.beside.seen().gaps


@contextmanager
def begin(tree: str, cache: bool) -> Iterator[Begun]:
    """A tree opened, and its store, which is closed again whatever happens."""
    from kscan.facts.names import NameIndex, looking
    from kscan.facts.store import open_store
    from kscan.index.status import bound
    from kscan.source.tree import open_tree

    working = open_tree(tree)
    with (
        looking(working) if cache else nullcontext() as beside,  # before the store: another process must not hold it
        open_store(working.root, enabled=cache) as store,
    ):
        yield Begun(working, store, NameIndex(store), beside)
        store.commit()
        bound(store)


@contextmanager
def catalog_in(tree: str, kconfig: str | None, jobs: int | None, cache: bool, progress: Progress) -> Iterator[Catalog]:
    """The tree opened, its index brought up to date, and the store closed again whatever happens."""
    with begin(tree, cache) as begun, catalog_of(begun, kconfig, jobs, progress) as catalog:
        yield catalog


@contextmanager
def catalog_of(begun: Begun, kconfig: str | None, jobs: int | None, progress: Progress) -> Iterator[Catalog]:
    """The catalog of what was begun, with its index brought up to date; what is worked out with it is kept."""
    from kscan.index.attach import attach
    from kscan.link.catalog import Catalog

    options = None if kconfig is None else options_in(kconfig)
    unread = refreshed(begun, jobs, progress)
    catalog = Catalog(begun.tree, begun.store, begun.names, options)
    catalog.gaps.update(unread)
    if begun.beside is not None and kconfig is None:
        attach(catalog, begun.tree, begun.store, begun.names, processes(jobs), progress)
    yield catalog
    begun.store.commit()


def answered(begun: Begun, kconfig: str | None, jobs: int | None, progress: Progress, ask: Callable[[Catalog], T]) -> T:
    """What ``ask`` makes of the catalog of what was begun."""
    from kscan.link.remember import RESULT

    with catalog_of(begun, kconfig, jobs, progress) as catalog:
        before = begun.store.losses
        result = ask(catalog)
        if catalog.indexed is None or begun.store.losses == before:
            return result
        begun.store.forget(RESULT)
    with catalog_of(begun, kconfig, jobs, progress) as catalog:  # the index was damaged: none of what it told counts
        return ask(catalog)


def refreshed(begun: Begun, jobs: int | None, progress: Progress) -> tuple[Gap, ...]:
    """The names brought up to the tree's files; gives what could not be read of it."""
    progress.stage("names", None)
    return begun.names.refresh(begun.tree, processes(jobs), beside=begun.beside).gaps


def settled(begun: Begun, catalog: Catalog, jobs: int | None, progress: Progress) -> None:
    """Looks again at a tree of which files were written shortly before it was listed, if that is a while ago by now:
    their stats tell all of them then, and the next command need not read them."""
    from kscan.facts.headers import keep_dialect
    from kscan.source.tree import RACY_NS

    names, before = begun.names, begun.names.signature
    youngest = time.time_ns() - RACY_NS
    if names.assumed() or any(stat.mtime_ns >= youngest for stat in (*names.files, *names.assembly)):
        return
    refreshed(begun, jobs, progress)
    if names.signature == before:
        keep_dialect(begun.tree, begun.store, names, catalog.dialect)


def engine_of(named: str | None, jobs: int | None) -> Engine:
    """Who reads the files. Raises InputError for an engine that there is not."""
    from kscan.index.engine import Pool

    if named is None:
        return Pool(processes(jobs))
    kind, _, address = named.partition("=")
    if kind != "dask" or not address:
        raise InputError(f"--engine {named}: no such engine; 'dask=ADDRESS' names the scheduler of a cluster")
    from kscan.index.cluster import Cluster

    return Cluster(address)


def catalog_before(catalog: Catalog, other: str, progress: Progress) -> Catalog:
    """The catalog of the tree compared with; what is worked out for it is not kept."""
    from kscan.link.overlaid import overlaid
    from kscan.source.revision import other_tree
    from kscan.source.tree import open_tree

    progress.stage("compare", None)
    return overlaid(catalog, other_tree(open_tree(catalog.tree.root), other))


def options_in(path: str) -> Mapping[str, str]:
    from kscan.dialect.kconfig import read_kconfig
    from kscan.source.tree import MAX_BYTES

    try:
        with Path(path).open("rb") as file:  # a pipe will do, as in --kconfig <(zcat config.gz)
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; name a readable .config file") from None
    if len(data) > MAX_BYTES or b"\0" in data:
        raise InputError(f"{path}: binary or too large for a kernel configuration; name a .config file")
    try:
        return read_kconfig(data.decode("utf-8", "replace"))
    except InputError as mistake:
        raise InputError(f"{path}: {mistake}") from None


def processes(jobs: int | None) -> int:
    # More than eight wait for the disk and for the one process that collects.
    return jobs or min(8, os.cpu_count() or 1)
