"""Where something stands: a half-open byte range in one file of the tree."""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """Bytes ``start`` to ``end`` (half open, 0-based) of ``file``, a path relative to the tree's root."""

    file: str
    start: int
    end: int


def shifted(offset: int, by: int) -> int:
    """Where what stood at byte ``offset`` stands, moved ``by`` so much; what is nowhere (below 0) stays so."""
    return offset if offset < 0 else offset + by
