"""The arguments of a call, read off its text."""

from __future__ import annotations

from typing import Final

from kscan.flow.summary import Symbol
from kscan.link.catalog import Catalog
from kscan.link.uses import split
from kscan.model.facts import Function

MAX_TEXT: Final = 4_000
"""Characters of a call; the arguments of a longer one are not looked at."""


class Arguments:
    """The texts of what calls hand to their callees; each call is read once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._read: dict[tuple[str, int], tuple[str, ...]] = {}

    def text(self, function: Function, symbol: Symbol, index: int) -> str:
        """Argument ``index`` of the call, as it is written; "" when it is not told."""
        key = (function.file, symbol.at)
        if key not in self._read:
            self._read[key] = self._arguments(function, symbol)
        texts = self._read[key]
        return texts[index] if index < len(texts) else ""

    def _arguments(self, function: Function, symbol: Symbol) -> tuple[str, ...]:
        source = self._catalog.source(function.file)
        if source is None or not 0 <= symbol.at < symbol.end <= symbol.at + MAX_TEXT:
            return ()
        text = source.data[symbol.at : symbol.end].decode("utf-8", "replace")
        start = text.find("(", len(symbol.text or symbol.via))
        return tuple(split(text[start + 1 : -1])) if start >= 0 and text.endswith(")") else ()
