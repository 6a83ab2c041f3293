"""Which files may hold a function in a table, with an index of the tree or without one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kscan.facts.tables import value_key
from kscan.link.catalog import Catalog


def holding(catalog: Catalog, name: str) -> Sequence[str]:
    """The files that may have a table with the shared function ``name`` in it: those that the index tells of, else
    those that have the name where a value stands."""
    if catalog.indexed is not None:
        return catalog.indexed.filling(value_key(name))
    value = re.compile(rb"[=,({:&]\s*%b\s*[,;)}]" % re.escape(name.encode(errors="surrogateescape")))
    sources = (catalog.source(path) for path in catalog.mentioning(name))
    return [source.path for source in sources if source is not None and value.search(source.data)]
