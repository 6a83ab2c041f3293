"""What the files of a tree may define as page predicates, kept for as long as none of them is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from kscan.facts.whole import of_tree
from kscan.link.catalog import Catalog
from kscan.model.gap import Gap
from kscan.predicates.candidates import UNDER, Candidates, candidates
from kscan.source.overlay import Overlay
from kscan.source.tree import C_SUFFIXES

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[Candidates])


def scanned(catalog: Catalog) -> Mapping[str, Candidates]:
    """The candidates of each file that has any, by path. Of an overlay only what is replaced is read anew."""
    below, tree = catalog.below, catalog.tree
    if below is None or not isinstance(tree, Overlay):
        kept = of_tree(catalog.store, catalog.index, "candidates", lambda: _ENCODER.encode(list(_read(catalog))))
        return {one.path: one for one in _DECODER.decode(kept)}
    found = {path: one for path, one in scanned(below).items() if path not in tree.replaced}
    for path in tree.present:
        one = _of(catalog, path) if path.split("/", 1)[0] in UNDER and path.endswith(C_SUFFIXES) else None
        if one is not None:
            found[path] = one
    return {path: found[path] for path in sorted(found)}


def _read(catalog: Catalog) -> Iterator[Candidates]:
    for stat in catalog.tree.files(UNDER):
        found = _of(catalog, stat.path)
        if found is not None:
            yield found


def _of(catalog: Catalog, path: str) -> Candidates | None:
    source = catalog.tree.read(path)
    if isinstance(source, Gap):
        catalog.gaps.add(source)
        return None
    return candidates(source)
