"""A tree with some files replaced, as a catalog over that of the tree itself."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final

from kscan.facts.headers import told_by
from kscan.facts.overlaid import Aside, Kept, OverlaidIndex, OverlaidReady
from kscan.link.catalog import ANNOTATION_FILES, Catalog
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.source.overlay import Overlay
from kscan.source.tree import Tree

_DEFINE = regex(rb"^[ \t]*#[ \t]*(?:define|undef)\b(?:[^\n\\]|\\[^\n]|\\\n)*", re.M)
MAX_HEADERS: Final = 100
"""Headers whose constants are compared; where more are replaced, what was worked out with them is out of date."""


def overlaid(catalog: Catalog, tree: Overlay, kept: Kept | None = None) -> Catalog:
    """The catalog of ``tree``, an overlay of the tree of ``catalog``; what is worked out for it goes to ``kept``, which
    lasts as long as the caller likes."""
    like = catalog if _defines_the_same(catalog.tree, tree) else None
    store = Aside(catalog.store) if kept is None else kept
    made = Catalog(tree, store, OverlaidIndex(catalog.index, tree), catalog.kconfig, like)
    made.below = catalog
    if catalog.indexed is not None:
        ready = made.indexed = OverlaidReady(catalog.indexed, tree)
        ready.same = _shares_the_same(catalog, made, tree)
    return made


def _defines_the_same(base: Tree, tree: Overlay) -> bool:
    headers = [path for path in sorted(tree.replaced) if path.endswith(".h")]
    return len(headers) <= MAX_HEADERS and all(_defined(base, path) == _defined(tree, path) for path in headers)


def _defined(tree: Tree, path: str) -> object:
    """What a header says of the dialect, and where it is one of those that errnos and annotations are read from, all
    macros that it defines; nothing where there is no such file."""
    found = tree.read(path)
    data = found.data if isinstance(found, Source) else b""
    whole = path in ANNOTATION_FILES or PurePosixPath(path).name.startswith("errno")
    return told_by(path, data), _DEFINE.findall(data) if whole else []


def _shares_the_same(one: Catalog, other: Catalog, tree: Overlay) -> bool:
    headers = [path for path in sorted(tree.replaced) if path.endswith(".h")]
    return len(headers) <= MAX_HEADERS and all(_shared(one, path) == _shared(other, path) for path in headers)


def _shared(catalog: Catalog, path: str) -> object:
    """What a header shares, wherever in it that stands; nothing where there is no such file."""
    if not catalog.has(path):
        return ((), {}, frozenset())
    said = catalog.shared(path)
    values = {name: [(c.value, c.kind, c.after) for c in found] for name, found in said.constants.items()}
    return said.includes, values, said.leaving
