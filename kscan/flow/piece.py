"""The possibilities of a value; not compiled, for the classes of a compiled module cannot be frozen structs."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from kscan.flow.values import IntSet


class Piece(msgspec.Struct, frozen=True, gc=False):
    """One possibility for a value: symbol ``symbol`` (or plain numbers when -1) restricted to ``values``."""

    symbol: int
    values: IntSet
    literal: bool = False


Value: TypeAlias = tuple[Piece, ...]
"""The possibilities of a value, sorted; usually one."""
