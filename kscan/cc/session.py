"""A tree under one configuration, opened once for many files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from kscan.contracts.reader import in_force
from kscan.facts.configured import ConfiguredReady
from kscan.facts.indexed import Indexed
from kscan.facts.names import NameIndex
from kscan.facts.shared import shared_of
from kscan.facts.store import open_store
from kscan.index.changes import changed_names, closure
from kscan.index.state import state_of
from kscan.link.catalog import Catalog
from kscan.link.lore import ANNOTATION_FILES
from kscan.link.named import in_files
from kscan.link.program import LinkedProgram
from kscan.model.progress import SILENT
from kscan.model.result import CheckResult
from kscan.model.source import Source
from kscan.predicates.definitions import Definitions
from kscan.rules.rule import Rule
from kscan.rules.run import over
from kscan.source.tree import FileStat, Tree, WorkingTree

_FEW_HEADERS: Final = 100


class Session:
    """Checks single files of ``tree`` under the configuration ``symbols`` (None: all variants of the code count).

    The index of the tree is used as it is: making it anew is no business of a build. What it says of a file that
    changed since, or of one that depends on such a header, is left aside, and the file itself read."""

    def __init__(self, tree: WorkingTree, symbols: Mapping[str, str] | None) -> None:
        self.tree = tree
        self._store = open_store(tree.root)
        names = NameIndex(self._store)
        names.refresh(tree)
        self._stats = {stat.path: stat for stat in names.files}
        self._others: dict[str, tuple[int, int] | None] = {}
        self._catalog = Catalog(tree, self._store, names, symbols)
        self._ready = self._use_index(names, symbols)
        self._program = LinkedProgram(
            self._catalog
        )  # as a check does: what calls through tables give is known to flow alone
        self._contracts = in_force([])
        self._headers: set[str] = set()

    @property
    def indexed(self) -> bool:
        """Whether there is an index of the tree."""
        return self._ready is not None

    def check(self, path: str, rules: Sequence[Rule]) -> CheckResult:
        """The findings of ``rules`` in the file at ``path``, and of the contracts that it is part of."""
        functions, files = in_files(self._catalog, [path], False, SILENT)
        concerned = [one for one in self._contracts if one.file == path]
        result = over(
            self._program, functions, files, rules, concerned, SILENT, named=True, definitions=lambda: self._definitions
        )
        self._store.commit()
        return result

    @cached_property
    def _definitions(self) -> Definitions:
        """The page predicates of the tree; the headers with them count as read."""
        made = Definitions(self._catalog)
        self._headers.update(made.scanned)
        return made

    def holds(self, path: str, *, all_of_it: bool) -> bool:
        """Whether the file at ``path`` is as it was, and with ``all_of_it`` every file that an answer was made of."""
        asked = self._ready.asked if self._ready is not None else frozenset[str]()
        read = (*asked, *ANNOTATION_FILES, *self._headers, *self._catalog.read_files()) if all_of_it else ()
        return all(self._same(one) for one in {path, *read})

    def text(self, path: str) -> bytes:
        """The bytes of a file, as they were when it was checked; none where it cannot be read."""
        found = self._catalog.source(path)
        return b"" if found is None else found.data

    def close(self) -> None:
        """Lets go of the store."""
        self._store.close()

    def _same(self, path: str) -> bool:
        now = self._look(path)
        known = self._stats.get(path)
        # What is no file of the kernel proper, and what was looked for in vain, is as it was when first looked at.
        return now == (self._others.setdefault(path, now) if known is None else known[1:])

    def _look(self, path: str) -> tuple[int, int] | None:
        """Size and time of a file; None where there is none."""
        try:
            now = os.stat(os.path.join(self.tree.root, path))  # noqa: PTH116, PTH118 - for hundreds of files a call
        except OSError:
            return None
        return now.st_size, now.st_mtime_ns

    def _use_index(self, names: NameIndex, symbols: Mapping[str, str] | None) -> ConfiguredReady | None:
        state = state_of(self._store)
        if state is None:
            return None
        indexed = Indexed(self._store)
        stale = frozenset[str]() if state.signature == names.signature else _stale(indexed, self._catalog, self._stats)
        ready = ConfiguredReady(indexed, symbols, stale, self.text)
        self._catalog.indexed = ready
        return ready


def _stale(indexed: Indexed, catalog: Catalog, stats: Mapping[str, FileStat]) -> frozenset[str]:
    """The files of which the index says what is out of date: they changed since, or mention what a header that did
    defines."""
    known = indexed.known()
    changed = {path for path, stat in stats.items() if path not in known or known[path].stat != stat}
    headers = [path for path in sorted(changed) if path.endswith(".h")]
    names: set[str] = set()
    if len(headers) <= _FEW_HEADERS:
        old = indexed.headers()
        for path in headers:
            before = indexed.shared(path)
            names |= changed_names(path, before, shared_of(catalog.facts(path), stats[path].size))
        if any(name not in old for name in names):
            names = closure(names, [shared for path in old if (shared := indexed.shared(path)) is not None])
        changed.update(indexed.mentioning(names) if names else ())
    else:
        changed.update(stats)
    return frozenset(changed)


def path_in(tree: Tree, source: Path) -> str | None:
    """``source`` relative to ``tree``; None for a file that is not in it."""
    real = Path(os.path.realpath(source))
    if not real.is_relative_to(tree.root):
        return None
    path = real.relative_to(tree.root).as_posix()
    return path if isinstance(tree.read(path), Source) else None
