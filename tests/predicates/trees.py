"""Small kernel trees for the tests, and the predicates found in a tree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kscan.facts.names import NameIndex
from kscan.facts.store import Store
from kscan.link.catalog import Catalog
from kscan.model.gap import Gap
from kscan.model.result import Predicate
from kscan.predicates.collect import predicates
from kscan.source.tree import open_tree

MAKEFILE = "VERSION = 1\nPATCHLEVEL = 2\nSUBLEVEL = 0\nEXTRAVERSION =\n"

Rows = dict[str, list[Predicate]]


def write(root: Path, files: Mapping[str, str]) -> Path:
    """A kernel tree of ``files`` at ``root``."""
    (root / "include" / "linux").mkdir(parents=True)
    (root / "Makefile").write_text(MAKEFILE)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def found_in(root: Path, kconfig: Mapping[str, str] | None = None) -> tuple[Rows, tuple[Gap, ...]]:
    """The predicates of the tree at ``root`` by name, and the gaps. Nothing is kept on disk."""
    store = Store(None)
    found, gaps = predicates(Catalog(open_tree(root), store, NameIndex(store), kconfig))
    rows: Rows = {}
    for row in found:
        rows.setdefault(row.name, []).append(row)
    return rows, gaps
