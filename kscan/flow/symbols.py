"""The table of one function's symbols: each unknown gets a number once, by where it comes from."""

from __future__ import annotations

from kscan.flow.summary import Argument, Symbol, SymbolKind
from kscan.model.code import Call


class Symbols:
    """Hands out numbers for symbols; the same place with the same arguments gives the same number."""

    def __init__(self) -> None:
        self.table: list[Symbol] = []
        self._calls: dict[tuple[int, tuple[Argument, ...]], int] = {}
        self._params: dict[tuple[int, int, int], int] = {}
        self._bits: dict[tuple[int, int], int] = {}
        self._unknown: dict[tuple[int, str], int] = {}
        self._configs: dict[str, int] = {}
        self._negated: dict[int, int] = {}
        self._stale: dict[int, int] = {}
        self.ancient: set[int] = set()
        self._results: dict[int, int] = {}
        self._outs: dict[tuple[int, tuple[Argument, ...]], list[int]] = {}
        self.asked_about: dict[int, list[int]] = {}
        """The calls to which a symbol's value was handed."""

    def __getitem__(self, number: int) -> Symbol:
        return self.table[number]

    def _added(self, symbol: Symbol) -> int:
        self.table.append(symbol)
        return len(self.table) - 1

    def call(self, call: Call, args: tuple[Argument, ...]) -> int:
        key = (call.at, args)
        number = self._calls.get(key)
        if number is None:
            symbol = Symbol("call", call.callee, call.at, call.end, via=call.via, args=args)
            number = self._calls[key] = self._added(symbol)
            for arg in args:
                if arg.symbol >= 0:
                    self.asked_about.setdefault(arg.symbol, []).append(number)
        return number

    def out(self, call: Call, args: tuple[Argument, ...], position: int, before: Argument) -> int:
        """What ``call`` leaves in the variable whose address is its argument ``position``."""
        whole = (*args, before, Argument())
        numbers = self.outs(call, args)
        for number in numbers:
            known = self.table[number]
            if known.index == position and known.args == whole:
                return number
        numbers.append(self._added(Symbol("out", call.callee, call.at, call.end, position, 0, call.via, whole)))
        return numbers[-1]

    def outs(self, call: Call, args: tuple[Argument, ...]) -> list[int]:
        """The numbers given out for what ``call`` leaves in variables."""
        return self._outs.setdefault((call.at, args), [])

    def result(self, number: int) -> int:
        """The symbol that says the function returns call ``number``."""
        found = self._results.get(number)
        if found is None:
            base = self.table[number]
            found = self._results[number] = self._added(_like(base, base.negated, base.stale, "result"))
        return found

    def param(self, index: int, name: str, ones: int = 0, zeros: int = 0) -> int:
        """Parameter ``index``, with bits set and cleared on the way."""
        key = (index, ones, zeros)
        number = self._params.get(key)
        if number is None:
            known = Argument(param=index, ones=ones, zeros=zeros)
            number = self._params[key] = self._added(Symbol("param", name, index=index, args=(known,)))
        return number

    def bits(self, index: int, mask: int, name: str) -> int:
        key = (index, mask)
        number = self._bits.get(key)
        if number is None:
            number = self._bits[key] = self._added(Symbol("bits", name, index=index, mask=mask))
        return number

    def with_arguments(self, numbers: set[int]) -> list[int]:
        """``numbers`` and the symbols that are handed to the calls among them, in order."""
        found, pending = set(numbers), list(numbers)
        while pending:
            for arg in self.table[pending.pop()].args:
                if arg.symbol >= 0 and arg.symbol not in found:
                    found.add(arg.symbol)
                    pending.append(arg.symbol)
        return sorted(found)

    def unknown(self, text: str, at: int, end: int) -> int:
        key = (at, text)
        number = self._unknown.get(key)
        if number is None:
            number = self._unknown[key] = self._added(Symbol("any", text, at, end))
        return number

    def config(self, text: str) -> int:
        number = self._configs.get(text)
        if number is None:
            number = self._configs[text] = self._added(Symbol("config", text))
        return number

    def negated(self, number: int) -> int:
        """The symbol for minus ``number``."""
        found = self._negated.get(number)
        if found is None:
            base = self.table[number]
            found = self._negated[number] = self._added(_like(base, not base.negated, base.stale))
        return found

    def stale(self, number: int) -> int:
        """The same source as ``number``, computed on an earlier turn of a loop. The one of two turns ago is also that
        of all turns before, and ``ancient``."""
        found = self._stale.get(number)
        if found is None:
            if number in self.ancient:
                return number
            base = self.table[number]
            found = self._stale[number] = self._added(_like(base, base.negated, True))
            if base.stale:
                self.ancient.add(found)
        return found


def _like(base: Symbol, negated: bool, stale: bool, kind: SymbolKind | None = None) -> Symbol:
    return Symbol(
        kind or base.kind, base.text, base.at, base.end, base.index, base.mask, base.via, base.args, negated, stale
    )
