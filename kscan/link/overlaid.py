"""A tree with some files replaced, as a catalog over that of the tree itself."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

from kscan.facts.headers import told_by
from kscan.facts.overlaid import Aside, Kept, OverlaidIndex, OverlaidReady
from kscan.link.carried import Carrier
from kscan.link.catalog import Catalog, SameAsBelow
from kscan.link.lore import ANNOTATION_FILES
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.source.overlay import Overlay
from kscan.source.tree import C_SUFFIXES, Tree

_DEFINE = regex(rb"^[ \t]*#[ \t]*(?:define|undef)\b(?:[^\n\\]|\\[^\n]|\\\n)*", re.M)
MAX_HEADERS: Final = 100
"""Headers whose constants are compared; where more are replaced, what was worked out with them is out of date."""


def overlaid(catalog: Catalog, tree: Overlay, kept: Kept | None = None, carrier: Carrier | None = None) -> Catalog:
    """The catalog of ``tree``, an overlay of the tree of ``catalog``; what is worked out for it goes to ``kept``, which
    lasts as long as the caller likes, as does ``carrier``, one of ``catalog``."""
    like = catalog if _defines_the_same(catalog.tree, tree) else None
    store = Aside(catalog.store) if kept is None else kept
    index = OverlaidIndex(catalog.index, tree)
    made = Catalog(tree, store, index, catalog.kconfig, like)
    made.below = catalog
    same = False
    if catalog.indexed is not None:
        ready = made.indexed = OverlaidReady(catalog.indexed, tree)
        same = ready.same = _shares_the_same(catalog, made, tree)
    if like is not None:
        replaced = tree.replaced
        made.as_below = SameAsBelow(lambda path: path not in replaced, _Redefined(made, catalog, tree), same)
        made.carrier = Carrier(catalog) if carrier is None else carrier
        index.named_alike = lambda path: path in replaced and made.carried(path) is not None
    return made


class _Redefined:
    """Whether nothing that is defined under a name has another definition in an overlay than below."""

    def __init__(self, made: Catalog, below: Catalog, tree: Overlay) -> None:
        self._catalogs = (made, below)
        self._tree = tree

    def __call__(self, name: str) -> bool:
        return self._names is not None and name not in self._names

    @cached_property
    def _names(self) -> frozenset[str] | None:
        """What the files that differ define; None where more may depend on it: a header decides what others see, and a
        file that came or went which one of several definitions is meant."""
        paths = [path for path in sorted(self._tree.replaced) if path.endswith(C_SUFFIXES)]
        if any(path.endswith(".h") or not all(one.has(path) for one in self._catalogs) for path in paths):
            return None
        facts = [catalog.facts(path) for catalog in self._catalogs for path in paths]
        functions = {function.name for file in facts for function in file.functions}
        return frozenset(functions.union(macro.name for file in facts for macro in file.macros))


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
