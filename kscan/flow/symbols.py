"""The table of one function's symbols: each unknown gets a number once, by where it comes from."""

from __future__ import annotations

from kscan.flow.summary import Argument, Symbol
from kscan.model.code import Call


class Symbols:
    """Hands out numbers for symbols; the same place with the same arguments gives the same number."""

    def __init__(self) -> None:
        self.table: list[Symbol] = []
        self._numbers: dict[object, int] = {}

    def __getitem__(self, number: int) -> Symbol:
        return self.table[number]

    def _number(self, key: object, symbol: Symbol) -> int:
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.table)
            self.table.append(symbol)
        return number

    def call(self, call: Call, args: tuple[Argument, ...]) -> int:
        symbol = Symbol("call", call.callee, call.at, call.end, via=call.via, args=args)
        return self._number(("call", call.at, args), symbol)

    def param(self, index: int, name: str, ones: int = 0, zeros: int = 0) -> int:
        """Parameter ``index``, with bits set and cleared on the way."""
        symbol = Symbol("param", name, index=index, args=(Argument(param=index, ones=ones, zeros=zeros),))
        return self._number(("param", index, ones, zeros), symbol)

    def bits(self, index: int, mask: int, name: str) -> int:
        return self._number(("bits", index, mask), Symbol("bits", name, index=index, mask=mask))

    def unknown(self, text: str, at: int, end: int) -> int:
        return self._number(("any", at, text), Symbol("any", text, at, end))

    def config(self, text: str) -> int:
        return self._number(("config", text), Symbol("config", text))

    def negated(self, number: int) -> int:
        """The symbol for minus ``number``."""
        base = self.table[number]
        flipped = Symbol(
            base.kind, base.text, base.at, base.end, base.index, base.mask, base.via, base.args, not base.negated
        )
        return self._number(("neg", number), flipped)

    def stale(self, number: int) -> int:
        """The same source as ``number``, computed on an earlier turn of a loop."""
        return self._number(("stale", number), self.table[number])
