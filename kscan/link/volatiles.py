"""Variables and members that are declared volatile: a second look at one may see another value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kscan.dialect.scan import clean
from kscan.link.catalog import Catalog
from kscan.model.regex import regex

_WORD: Final = regex(r"[A-Za-z_]\w*")


def is_volatile(catalog: Catalog, path: str, text: str) -> bool:
    """Whether a name in the expression ``text`` is declared volatile in the file at ``path``, in the headers beside it
    or in those that it includes by name."""
    words = [re.escape(word.encode()) for word in dict.fromkeys(_WORD.findall(text))]
    if not words:
        return False
    declared = re.compile(rb"\bvolatile\b[^;{}()=]*\b(?:%b)\b\s*[;,=:\[]" % b"|".join(words))
    return any(declared.search(code) for code in _codes(catalog, path))


def _codes(catalog: Catalog, path: str) -> Iterator[bytes]:
    for one in dict.fromkeys((path, *catalog.numbers.private_headers(path), *_public(catalog, path))):
        source = catalog.source(one)
        if source is not None and b"volatile" in source.data:
            yield clean(source.data).text


def _public(catalog: Catalog, path: str) -> Iterable[str]:
    named = (f"include/{included}" for included in catalog.facts(path).includes)
    return (header for header in named if catalog.has(header))
