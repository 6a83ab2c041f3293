"""Arguments that name a function or the address of an object, read off the text of a call."""

from __future__ import annotations

from kscan.flow.summary import Symbol
from kscan.link.catalog import Catalog
from kscan.link.context import Pointer
from kscan.model.facts import Function
from kscan.model.regex import regex

_NAMED = regex(r"&?\s*[A-Za-z_]\w*")
_OPEN, _CLOSE = "([{", ")]}"
MAX_TEXT = 4_000
"""Characters of a call; the arguments of a longer one are not looked at."""


class Arguments:
    """The pointers that calls hand to their callees; each call is read once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._read: dict[tuple[str, int], tuple[str, ...]] = {}

    def pointer(self, function: Function, symbol: Symbol, index: int) -> Pointer | None:
        """What argument ``index`` of the call points to, when it is a name at file scope; None for any other."""
        if index >= len(symbol.args) or symbol.args[index].param >= 0 or function.via:
            return None
        named = symbol.args[index].function
        if named:
            return Pointer(named, function.file)
        key = (function.file, symbol.at)
        if key not in self._read:
            self._read[key] = self._arguments(function, symbol)
        texts = self._read[key]
        text = texts[index] if index < len(texts) else ""
        if text[:1] != "&" or not _NAMED.fullmatch(text):
            return None
        return Pointer(text[1:].strip(), function.file, object=True)

    def _arguments(self, function: Function, symbol: Symbol) -> tuple[str, ...]:
        source = self._catalog.source(function.file)
        if source is None or not 0 <= symbol.at < symbol.end <= symbol.at + MAX_TEXT:
            return ()
        text = source.data[symbol.at : symbol.end].decode("utf-8", "replace")
        start = text.find("(", len(symbol.text or symbol.via))
        return tuple(_split(text[start + 1 : -1])) if start >= 0 and text.endswith(")") else ()


def _split(text: str) -> list[str]:
    """The arguments in ``text``, stripped."""
    found, depth, begin = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if char == "," and depth == 0:
            found.append(text[begin:at].strip())
            begin = at + 1
    return [*found, text[begin:].strip()]
