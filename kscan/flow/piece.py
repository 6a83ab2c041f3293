"""The possibilities of a value."""

from __future__ import annotations

from typing import TypeAlias

from kscan.flow.values import IntSet


class Piece:
    """One possibility for a value: symbol ``symbol`` (or plain numbers when -1) restricted to ``values``. Treated as
    immutable; equal to what has the same fields."""

    __slots__ = ("literal", "symbol", "values")

    def __init__(self, symbol: int, values: IntSet, literal: bool = False) -> None:
        self.symbol = symbol
        self.values = values
        self.literal = literal

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Piece):
            return False
        return self.symbol == other.symbol and self.literal == other.literal and self.values == other.values

    def __hash__(self) -> int:
        return hash((self.symbol, self.values))

    def __repr__(self) -> str:
        return f"Piece({self.symbol}, {self.values}, {self.literal})"


Value: TypeAlias = tuple[Piece, ...]
"""The possibilities of a value, sorted; usually one."""
