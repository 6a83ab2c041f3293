"""The names of mixed case that a file of the tree declares; files without any are not parsed."""

from __future__ import annotations

from kscan.dialect.scan import clean
from kscan.facts.declared import MIXED, Declared, declared
from kscan.link.catalog import Catalog


def declared_in(catalog: Catalog, path: str) -> tuple[Declared, ...]:
    """The names of mixed case that the file at ``path`` declares, in the order of the text."""
    source = catalog.source(path)
    if source is None or MIXED.search(source.data) is None:
        return ()
    skeleton = clean(source.data)
    lines = b"\n".join(source.data[line.start : line.end] for line in skeleton.directives)
    if MIXED.search(skeleton.text) is None and MIXED.search(lines) is None:
        return ()
    return declared(source, catalog.parsed(source), catalog.facts(path))
