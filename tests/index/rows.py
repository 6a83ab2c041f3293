"""A small tree with an index, and all that the index holds."""

from __future__ import annotations

from pathlib import Path

from kscan.facts.names import NameIndex
from kscan.facts.store import Store, open_store, sound
from kscan.index.build import Opened
from kscan.index.engine import Engine, Here
from kscan.index.make import make
from kscan.index.state import State
from kscan.link.catalog import Catalog
from kscan.model.progress import SILENT
from kscan.source.tree import open_tree

Rows = dict[str, list[tuple[object, ...]]]


def index(root: Path, folder: Path, engine: Engine | None = None) -> tuple[State, Rows]:
    """The index of the tree at ``root``, brought up to date in the store in ``folder``, and its rows."""
    working = open_tree(root)
    with open_store(working.root, folder) as store:
        names = NameIndex(store)
        names.refresh(working, 1)
        opened = Opened(working, store, names)
        state = make(Catalog(working, store, names), opened, engine or Here(), SILENT)
        return state, rows_of(store)


def rows_of(store: Store) -> Rows:
    """Every row, without the file stats and with the values unsealed."""
    asked = {
        "indexed": "SELECT path, content, functions, head, facts, flow FROM indexed ORDER BY path",
        "mention": "SELECT path, names FROM mention ORDER BY path",
        "filled": "SELECT path, keys, tables FROM filled ORDER BY path",
        "filling": "SELECT path, at >> 24 FROM filling JOIN filled ON id = at & 16777215 ORDER BY 1, 2",
        "header": "SELECT path, content, shared FROM header ORDER BY path",
    }
    return {table: [_unsealed(row) for row in store.rows(sql)] for table, sql in asked.items()}


def _unsealed(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(value if (whole := sound(value, str(row[0]))) is None else whole for value in row)
